import Foundation
import Testing
import UplumaTestSupport

/// Chroma stays on its luma from file to file, for every coding: a spot is coded where the coding places chroma, enlarged
/// by the tool, and looked for in the result where the result says that its chroma sits.
@Suite struct ChromaSitingTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    struct Coding: Sendable, CustomStringConvertible {
        var description: String { "\(name) at \(site)" }
        let name: String
        let file: String
        let arguments: [String]
        let format: String
        let site: String
        var size = (width: 128, height: 96)
        /// Lines of the frame on which rows of Cb and Cr lie, where no site says it.
        var lines: (cb: @Sendable (Int) -> Double, cr: @Sendable (Int) -> Double)?
    }

    static let h265 = ["-c:v", "libx265", "-x265-params", "log-level=error", "-crf", "8"]
    static let codings: [Coding] =
        [
            Coding(
                name: "MPEG-1", file: "a.mpg", arguments: ["-c:v", "mpeg1video", "-q:v", "2"], format: "yuv420p",
                site: "center"),
            Coding(
                name: "MPEG-2", file: "a.vob", arguments: ["-c:v", "mpeg2video", "-q:v", "2"], format: "yuv420p",
                site: "left"),
            Coding(
                name: "MPEG-2 4:2:2", file: "a.mkv", arguments: ["-c:v", "mpeg2video", "-q:v", "2"], format: "yuv422p",
                site: "left"),
            Coding(
                name: "XviD", file: "a.avi", arguments: ["-c:v", "mpeg4", "-q:v", "2"], format: "yuv420p", site: "left"),
            Coding(
                name: "MS-MPEG-4", file: "a.avi", arguments: ["-c:v", "msmpeg4", "-q:v", "2"], format: "yuv420p",
                site: "left"),
            Coding(
                name: "WMV2", file: "a.asf", arguments: ["-c:v", "wmv2", "-q:v", "2"], format: "yuv420p", site: "left"),
            Coding(
                name: "H.263", file: "a.3gp", arguments: ["-c:v", "h263", "-q:v", "2"], format: "yuv420p",
                site: "center"),
            Coding(
                name: "FLV1", file: "a.flv", arguments: ["-c:v", "flv", "-q:v", "2"], format: "yuv420p", site: "center"),
            Coding(
                name: "MJPEG", file: "a.avi", arguments: ["-c:v", "mjpeg", "-q:v", "2"], format: "yuvj420p",
                site: "center"),
            Coding(
                name: "MJPEG 4:2:2", file: "a.mov", arguments: ["-c:v", "mjpeg", "-q:v", "2"], format: "yuvj422p",
                site: "center"),
            Coding(
                name: "Theora", file: "a.ogv", arguments: ["-c:v", "libtheora", "-q:v", "10"], format: "yuv420p",
                site: "center"),
            Coding(
                name: "VP8", file: "a.webm", arguments: ["-c:v", "libvpx", "-b:v", "4M", "-crf", "4"],
                format: "yuv420p", site: "left"),
            Coding(
                name: "VP9", file: "a.webm", arguments: ["-c:v", "libvpx-vp9", "-crf", "8", "-b:v", "0"],
                format: "yuv420p", site: "left"),
            Coding(name: "HEVC", file: "a.mkv", arguments: h265, format: "yuv420p", site: "left"),
            Coding(
                name: "HEVC", file: "a.mkv", arguments: h265 + ["-chroma_sample_location", "topleft"],
                format: "yuv420p",
                site: "topleft"),
            Coding(name: "HuffYUV", file: "a.avi", arguments: ["-c:v", "huffyuv"], format: "yuv422p", site: "left"),
            Coding(name: "raw", file: "a.avi", arguments: ["-c:v", "rawvideo"], format: "yuv420p", site: "left"),
            Coding(name: "FFV1", file: "a.mkv", arguments: ["-c:v", "ffv1"], format: "yuv420p", site: "left"),
            Coding(
                name: "ProRes", file: "a.mov", arguments: ["-c:v", "prores_ks", "-profile:v", "3"], format: "yuv422p",
                site: "left"),
            Coding(
                name: "SVQ1", file: "a.mov", arguments: ["-c:v", "svq1", "-q:v", "1"], format: "yuv410p", site: "center"
            ),
            Coding(
                name: "DV, NTSC", file: "a.avi", arguments: ["-r", "30000/1001", "-c:v", "dvvideo"], format: "yuv411p",
                site: "left", size: (720, 480)),
            Coding(
                name: "DV, PAL", file: "a.avi", arguments: ["-c:v", "dvvideo"], format: "yuv420p", site: "topleft",
                size: (720, 576),
                // Row r is row k of field f, Cr on the field's line 2k and Cb on the next (IEC 61834).
                lines: (
                    cb: { r in Double(2 * (2 * (r / 2) + 1) + r % 2) }, cr: { r in Double(2 * (2 * (r / 2)) + r % 2) }
                )),
        ]
        + ["left", "center", "topleft", "top", "bottomleft", "bottom"].map { site in
            Coding(
                name: "H.264", file: "a.mkv",
                arguments: ["-c:v", "libx264", "-crf", "4", "-chroma_sample_location", site], format: "yuv420p",
                site: site)
        }

    /// Luma samples a chroma sample stands for.
    private func step(_ format: String) -> (x: Int, y: Int) {
        if format.contains("422") { return (2, 1) }
        if format.contains("411") { return (4, 1) }
        return format.contains("410") ? (4, 4) : (2, 2)
    }

    private func offset(_ site: String, _ step: (x: Int, y: Int)) -> (x: Double, y: Double) {
        let (middleX, middleY) = (Double(step.x - 1) / 2, Double(step.y - 1) / 2)
        return switch site {
        case "center": (middleX, middleY)
        case "topleft": (0, 0)
        case "top": (middleX, 0)
        case "bottomleft": (0, Double(step.y - 1))
        case "bottom": (middleX, Double(step.y - 1))
        default: (0, middleY)  // "left", and what silence means in FFV1 and H.264
        }
    }

    private func grids(_ width: Int, _ height: Int, _ format: String, _ site: String) -> [SmoothSpot.Grid] {
        let step = step(format)
        let chroma = SmoothSpot.Grid(
            width: (width + step.x - 1) / step.x, height: (height + step.y - 1) / step.y, step: step,
            offset: offset(site, step))
        return [SmoothSpot.Grid(width: width, height: height, step: (1, 1), offset: (0, 0)), chroma, chroma]
    }

    @Test("chroma lies on its luma, whatever the coding", arguments: codings)
    func coding(_ coding: Coding) throws {
        let (width, height) = (coding.size.width, coding.size.height)
        let spot = SmoothSpot(x: Double(width) * 0.47 + 0.3, y: Double(height) * 0.52 + 0.2, sigma: 12)
        var drawn = grids(width, height, coding.format, coding.site)
        if let lines = coding.lines {
            drawn[1] = SmoothSpot.Grid(width: width / 2, height: height / 2, column: { Double(2 * $0) }, line: lines.cb)
            drawn[2] = SmoothSpot.Grid(width: width / 2, height: height / 2, column: { Double(2 * $0) }, line: lines.cr)
        }
        let drawing = spot.bytes(drawn)
        let input = folder.file(coding.file)
        try FFmpegTool.ffmpeg(
            ["-f", "rawvideo", "-pix_fmt", coding.format, "-s", "\(width)x\(height)", "-r", "25", "-i", "-"]
                + coding.arguments + [input], input: drawing + drawing + drawing)
        // What coding itself moves, the spot's edges being quantised.
        let own = try #require(spot.places(in: try picture(of: input, coding.format, drawn), drawn))
        let output = folder.file("out.mkv")
        let run = try Tool.run(
            ["upscale", input, "-o", output, "--model", "lanczos3", "--encoder", "ffv1", "--progress", "none"])
        try #require(run.status == 0, "\(run.errorText)")
        let video = try #require(Probe(output).video)
        let format = coding.format.replacingOccurrences(of: "yuvj", with: "yuv")
        #expect(video.pixelFormat?.hasPrefix(format) == true)
        let site = video.chromaLocation ?? "unspecified"
        let found = grids(2 * width, 2 * height, coding.format, site)
        let places = try #require(
            spot.places(in: try picture(of: output, coding.format, found), found, scale: 2))
        for plane in 1...2 {
            let coded = (x: own[plane].x - own[0].x, y: own[plane].y - own[0].y)
            let (x, y) = (places[plane].x - places[0].x - 2 * coded.x, places[plane].y - places[0].y - 2 * coded.y)
            // In samples of the result, of which a source chroma sample has four: rounding to 8 bits, on both sides of
            // the spot. Another location would be half a sample away or more.
            #expect(abs(x) < 0.05 && abs(y) < 0.05, "plane \(plane) is off by (\(x), \(y)), said at \(site)")
            // Some codings are coarse, but the spot is where the coding is said to have it.
            #expect(abs(coded.x) < 0.25 && abs(coded.y) < 0.25, "coding moves plane \(plane) by \(coded)")
        }
    }

    /// The planes of the last picture (a deinterlacer makes the first without a past), in a format of the same subsampling,
    /// so that nothing is resampled.
    private func picture(of path: String, _ format: String, _ grids: [SmoothSpot.Grid]) throws -> Data {
        try FFmpegTool.ffmpeg(["-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", format, "-"])
            .suffix(grids.reduce(0) { $0 + $1.width * $1.height })
    }
}
