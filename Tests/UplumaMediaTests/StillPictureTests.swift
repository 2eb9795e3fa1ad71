import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

/// Reading single pictures, and writing PNG.
@Suite struct StillPictureTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Codes of a small picture of three components: noise, and the corners of the cube.
    private static let codes: [[[Float]]] = {
        var noise = SeededNoise(seed: 8)
        return (0..<3).map { component in
            (0..<5).map { y in
                (0..<7).map { x in
                    y == 0 ? Float(x >> component & 1) * 255 : Float(Int.random(in: 0...255, using: &noise))
                }
            }
        }
    }()

    /// Makes a file out of packed 8-bit RGB.
    private func make(_ name: String, _ more: [String] = []) throws -> String {
        let bytes = (0..<5).flatMap { y in
            (0..<7).flatMap { x in (0..<3).map { UInt8(Self.codes[$0][y][x]) } }
        }
        let path = folder.file(name)
        try FFmpegTool.run(
            "ffmpeg",
            ["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "7x5", "-i", "-"]
                + more + ["-frames:v", "1", path], input: Data(bytes))
        return path
    }

    @Test(
        "colours come as they were stored",
        arguments: [
            ("a.png", "rgb24"), ("a.png", "rgba"), ("a.bmp", "bgr24"), ("a.ppm", "rgb24"), ("a.tiff", "rgb24"),
        ])
    func exact(name: String, format: String) throws {
        let picture = try StillPicture.read(path: try make(name, ["-pix_fmt", format]))
        guard case .rgb(let red, let green, let blue) = picture.content else {
            Issue.record("not RGB")
            return
        }
        #expect([red.codes, green.codes, blue.codes] == Self.codes)
        #expect(picture.width == 7 && picture.height == 5)
    }

    @Test("a palette comes as its colours") func palette() throws {
        let path = folder.file("palette.png")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "color=0x205080:s=8x6", "-vf", "format=pal8", "-frames:v", "1", path])
        let rgb = folder.file("rgb.png")
        try FFmpegTool.ffmpeg(["-i", path, "-pix_fmt", "rgb24", rgb])
        let planes =
            try [path, rgb].map { path in
                guard case .rgb(let red, let green, let blue) = try StillPicture.read(path: path).content else {
                    return []
                }
                return [red.codes, green.codes, blue.codes]
            } as [[[[Float]]]]
        #expect(planes[0] == planes[1] && planes[0].count == 3)
    }

    @Test("grey comes as stored, and PNG that is written here is read here") func gray() throws {
        var noise = SeededNoise(seed: 9)
        let rows = (0..<11).map { _ in (0..<13).map { _ in Float(Int.random(in: 0...255, using: &noise)) } }
        let plane = GuardedPlane(rows: rows, sample: .uint8).plane
        let path = folder.file("gray.png")
        try Data(PNGEncoding.encode(gray: plane)).write(to: URL(fileURLWithPath: path))
        guard case .gray(let found) = try StillPicture.read(path: path).content else {
            Issue.record("not grey")
            return
        }
        #expect(found.codes == rows)
    }

    @Test("RGB that is written is read again", arguments: [(13, 11), (1, 1), (64, 3)])
    func rgb(width: Int, height: Int) throws {
        var noise = SeededNoise(seed: 10)
        let rows = (0..<height).map { _ in (0..<3 * width).map { _ in Float(Int.random(in: 0...255, using: &noise)) } }
        let path = folder.file("rgb.png")
        try Data(PNGEncoding.encode(rgb: GuardedPlane(rows: rows, sample: .uint8).plane)).write(
            to: URL(fileURLWithPath: path))
        guard case .rgb(let red, let green, let blue) = try StillPicture.read(path: path).content else {
            Issue.record("not RGB")
            return
        }
        for (channel, plane) in [red, green, blue].enumerated() {
            #expect(plane.codes == rows.map { row in (0..<width).map { row[3 * $0 + channel] } })
        }
    }

    @Test("JPEG becomes RGB of the full range") func jpeg() throws {
        let path = folder.file("white.jpg")
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "color=white:s=32x32", "-frames:v", "1", path])
        guard case .rgb(let red, let green, let blue) = try StillPicture.read(path: path).content else {
            Issue.record("not RGB")
            return
        }
        // Lossy, but white stays white to a code or two.
        for plane in [red, green, blue] { #expect(plane.codes.joined().allSatisfy { $0 >= 253 }) }
    }

    @Test("what is no whole picture is named", arguments: ["empty", "text", "cut"])
    func broken(kind: String) throws {
        let path = try make("whole.png")
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let contents =
            kind == "empty" ? Data() : kind == "text" ? Data("no picture".utf8) : data.prefix(data.count - 40)
        let broken = folder.file("broken.png")
        try contents.write(to: URL(fileURLWithPath: broken))
        let error = #expect(throws: MediaError.self) { try StillPicture.read(path: broken) }
        #expect(error?.category == .badInput)
        #expect(error?.description.contains("broken.png") == true, "\(error?.description ?? "")")
    }

    @Test("a missing file is no input") func missing() {
        let error = #expect(throws: MediaError.self) { try StillPicture.read(path: folder.file("nowhere.png")) }
        #expect(error?.category == .noInput)
    }
}
