import Foundation
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// A page of pictures whose every pixel says which picture it is of, and where in it it lies.
enum PreviewPageSample {
    static let (width, height) = (480, 320)
    static let versions = [
        PreviewVersion(kind: .baseline, name: "lanczos3", label: "lanczos3"),
        PreviewVersion(kind: .model, name: "sp-vdsr", label: "sp-vdsr"),
        PreviewVersion(kind: .encoded, name: "sp-vdsr", label: "sp-vdsr, libx264 crf 16"),
    ]
    static let seconds = [12.345, 62, 3723.04]

    /// What a pixel says: version, moment, and its place to a pixel or two.
    struct Seen: Equatable {
        let version: Int
        let moment: Int
        let x: Int
        let y: Int

        init(_ color: WebScreenshot.Color) {
            (version, moment) = ((color.red - 30) / 50, (color.red - 30) % 50 / 8)
            (x, y) = (2 * color.green, 2 * color.blue)
        }
    }

    static func picture(version: Int, moment: Int, pixelAspect: Rational? = nil) -> RGBPicture {
        var samples: [UInt16] = []
        samples.reserveCapacity(3 * width * height)
        let red = UInt16(30 + 50 * version + 8 * moment)
        for y in 0..<height {
            for x in 0..<width { samples += [red, UInt16(x / 2), UInt16(y / 2)] }
        }
        return RGBPicture(width: width, height: height, depth: 8, samples: samples, pixelAspect: pixelAspect)
    }

    static func quality(_ kind: PreviewVersion.Kind) -> PreviewReport.Quality {
        var quality = PreviewReport.Quality()
        quality.selfConsistencyPsnrY = kind == .baseline ? 48.125 : 44.5
        quality.encodedPsnrY = kind == .encoded ? 41.75 : nil
        return quality
    }

    static func moment(
        _ index: Int, versions: [PreviewVersion] = versions, pixelAspect: Rational? = nil
    ) throws -> PreviewedMoment {
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let frame = Frame(
            format: format, width: 2, height: 2, planes: [Plane(width: 2, height: 2, sample: format.sample)])
        let pictures = versions.enumerated().map { place, version in
            PreviewedPicture(
                version: version, frame: frame,
                picture: picture(version: place, moment: index % 3, pixelAspect: pixelAspect),
                milliseconds: version.kind == .encoded ? nil : Double(place) * 41.5 + 3.2,
                quality: quality(version.kind))
        }
        return PreviewedMoment(seconds: seconds[index % 3], frameNumber: index * 100, pictures: pictures)
    }

    static func report(input: String = "/films/An old film.avi", notes: [String] = ["Taken for BT.601."])
        -> PreviewReport
    {
        var estimate = JobPlan.Estimate(measuredFrames: 48, slowestFps: 9.5, fastestFps: 12.25)
        (estimate.seconds, estimate.leastSeconds, estimate.mostSeconds) = (7200, 6543, 8001)
        estimate.outputBytes = 1_234_000_000
        let jobs = ["sp-vdsr", "vdsr"].map { model in
            PreviewReport.Job(
                model: model, encoder: "libx264", frames: 72_000, picturesBytes: 99_000_000,
                peakBytes: model == "vdsr" ? nil : 412_000_000, estimate: model == "vdsr" ? nil : estimate)
        }
        return PreviewReport(
            input: input, output: "out.mkv", scale: 2, width: width, height: height, format: "4:2:0, 8 bits",
            moments: [], jobs: jobs, notes: notes)
    }

    static func png(_ picture: RGBPicture) throws -> [UInt8] {
        let data = try FFmpegTool.ffmpeg(
            [
                "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "\(picture.width)x\(picture.height)", "-i", "pipe:0",
                "-f", "image2pipe", "-c:v", "png", "pipe:1",
            ], input: Data(picture.samples.map { UInt8($0) }))
        return [UInt8](data)
    }

    static func html(moments: Int = 3, pixelAspect: Rational? = nil, report: PreviewReport = report()) throws -> String
    {
        var page = PreviewPage()
        for index in 0..<moments { try page.add(moment(index, pixelAspect: pixelAspect), png: png) }
        return try page.html(report)
    }
}
