import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Small pictures of a file before and after, and JPEG files.
@Suite struct BatchLooksTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    // MARK: JPEG

    private func decoded(_ jpeg: [UInt8]) throws -> [UInt8] {
        let path = folder.file("\(UUID().uuidString).jpg")
        try Data(jpeg).write(to: URL(fileURLWithPath: path))
        return [UInt8](
            try FFmpegTool.ffmpeg([
                "-i", path, "-vf", "scale=flags=accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", "rgb24",
                "-",
            ]))
    }

    @Test("colours come back: JFIF's matrix and range") func colors() throws {
        // Patches of 16×16: the corners of the cube, and tones between.
        let tones: [[UInt16]] =
            (0..<8).map { corner in (0..<3).map { corner >> $0 & 1 == 1 ? 255 : 0 } }
            + [[128, 128, 128], [16, 16, 16], [235, 235, 235], [200, 120, 90], [40, 90, 160], [90, 140, 60]]
        let (width, height) = (16 * tones.count, 16)
        var samples: [UInt16] = []
        for _ in 0..<height { for x in 0..<width { samples += tones[x / 16] } }
        let jpeg = try JPEGEncoding.encode(rgb: samples, width: width, height: height, quantiser: 1)
        #expect(jpeg.prefix(3) == [0xFF, 0xD8, 0xFF] && jpeg.suffix(2) == [0xFF, 0xD9])
        #expect(Data(jpeg).range(of: Data("JFIF".utf8)) != nil && Data(jpeg).range(of: Data("Lavc".utf8)) == nil)
        let found = try decoded(jpeg)
        try #require(found.count == samples.count)
        let worst = zip(found, samples).map { abs(Int($0) - Int($1)) }.max() ?? 255
        // Each of Y'CbCr is rounded twice, to a code and to a step of the finest quantiser, and weighs up to 1.8.
        #expect(worst <= 4)
    }

    @Test("any size; a coarser quantiser takes fewer bytes and is further off") func quality() throws {
        for (width, height) in [(1, 1), (37, 23), (320, 240)] {
            var samples: [UInt16] = []
            for y in 0..<height {
                for x in 0..<width {
                    let wave = 50 * sin(Double(x) / 9) * cos(Double(y) / 7)
                    samples += [128 + wave, 128 - wave, Double(x * 255 / width)].map { UInt16($0.rounded()) }
                }
            }
            let results = try [2, 8, 31].map { quantiser in
                let jpeg = try JPEGEncoding.encode(rgb: samples, width: width, height: height, quantiser: quantiser)
                let found = try decoded(jpeg)
                try #require(found.count == samples.count)
                let error = zip(found, samples).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                return (bytes: jpeg.count, error: Double(error) / Double(samples.count))
            }
            // A mean of two codes is below what an eye tells.
            #expect(results[0].error < 2, "\(width)×\(height): \(results)")
            guard width > 100 else { continue }
            #expect(results[0].bytes > results[1].bytes && results[1].bytes > results[2].bytes)
            #expect(results[0].error < results[1].error && results[1].error < results[2].error)
        }
    }

    // MARK: Pictures of a frame

    private static let weights = LumaWeights(ColorMatrix(5, sourceHeight: 480))

    /// Waves that are level at all borders, so that mirrored edges go on with them.
    private static func waves(_ width: Int, _ height: Int, aspect: Rational? = nil) -> RGBPicture {
        var samples: [UInt16] = []
        for y in 0..<height {
            for x in 0..<width {
                let across = cos(.pi * 6 * (Double(x) + 0.5) / Double(width))
                let down = cos(.pi * 4 * (Double(y) + 0.5) / Double(height))
                samples += [128 + 80 * across, 128 + 80 * down, 128 + 80 * across * down].map { UInt16($0.rounded()) }
            }
        }
        return RGBPicture(width: width, height: height, depth: 8, samples: samples, pixelAspect: aspect)
    }

    struct Shape: Sendable {
        let source: (width: Int, height: Int)
        let result: (width: Int, height: Int)
        let aspect: Rational?
        let part: (width: Int, height: Int)
        let whole: (width: Int, height: Int)
    }

    static let shapes = [
        Shape(source: (352, 288), result: (704, 576), aspect: nil, part: (320, 240), whole: (293, 240)),
        Shape(source: (352, 288), result: (1056, 864), aspect: Rational(12, 11), part: (320, 240), whole: (320, 240)),
        Shape(source: (720, 576), result: (1440, 1152), aspect: Rational(16, 11), part: (320, 240), whole: (436, 240)),
        Shape(source: (720, 480), result: (1440, 960), aspect: Rational(8, 9), part: (320, 240), whole: (320, 240)),
        Shape(source: (96, 64), result: (192, 128), aspect: nil, part: (192, 128), whole: (192, 128)),
        Shape(source: (288, 352), result: (576, 704), aspect: nil, part: (320, 240), whole: (196, 240)),
        Shape(source: (640, 480), result: (320, 240), aspect: nil, part: (320, 240), whole: (320, 240)),
    ]

    @Test("before and after are the same place in the same shape", arguments: shapes.indices)
    func place(index: Int) {
        let shape = Self.shapes[index]
        let looks = LookPictures(
            source: Self.waves(shape.source.width, shape.source.height, aspect: shape.aspect),
            result: Self.waves(shape.result.width, shape.result.height, aspect: shape.aspect), weights: Self.weights,
            threads: 2)
        #expect(looks.whole.width == shape.whole.width && looks.whole.height == shape.whole.height)
        for picture in [looks.before, looks.after] {
            #expect(abs(picture.width - shape.part.width) <= 1 && abs(picture.height - shape.part.height) <= 1)
            #expect(picture.pixelAspect == nil && picture.depth == 8)
        }
        let worst = zip(looks.before.samples, looks.after.samples).map { abs(Int($0) - Int($1)) }.max() ?? 255
        // Waves of a hundred samples are passed by Lanczos to half a code; both are rounded, and so were their sources. A
        // displacement of one pixel of the result would be 6 codes and more.
        #expect(worst <= 3)
    }

    @Test("with square pixels the part after is the result's own samples, where it has detail") func detail() {
        var result = Self.waves(800, 600)
        var noise = SeededNoise(seed: 3)
        for y in 330..<420 {
            for x in 520..<680 {
                for channel in 0..<3 {
                    result.samples[3 * (y * 800 + x) + channel] = UInt16.random(in: 0...255, using: &noise)
                }
            }
        }
        let looks = LookPictures(source: Self.waves(400, 300), result: result, weights: Self.weights, threads: 1)
        let place = looks.place
        #expect(place.x <= 520 && place.maxX >= 680 && place.y <= 330 && place.maxY >= 420, "\(place)")
        #expect(looks.after.samples == result.part(place).samples)
    }

    // MARK: Files

    private static let scaled = ["-vf", "scale=iw*2:ih*2:flags=lanczos", "-c:v", "libx264", "-qp", "4"]
    private static let black = "color=black:s=160x120:r=25:d=2"
    private static let moving = "testsrc2=s=160x120:r=25:d=2"

    /// Makes source and result, and their looks: what is said, and the whole and the parts before and after.
    ///
    /// - Parameter prepare: what is done to both files.
    private func looks(
        _ source: [String], ending: String = "mkv", prepare: (String) throws -> Void = { _ in },
        deinterlacing: Deinterlacing = .auto
    ) throws -> (note: String?, pictures: [(width: Int, height: Int, bytes: [UInt8])]) {
        let (before, after) = (folder.file("in.\(ending)"), folder.file("out.\(ending == "mp4" ? "mp4" : "mkv")"))
        try FFmpegTool.ffmpeg(source + [before])
        try FFmpegTool.ffmpeg(["-i", before] + Self.scaled + [after])
        for path in [before, after] { try prepare(path) }
        let layout = BatchLayout(root: folder.path, isArchive: false)
        let note = BatchLooks(layout: layout, file: 7).make(
            source: before, result: after, deinterlacing: deinterlacing, threads: 1)
        let paths = [
            layout.wholeLook(file: 7), layout.look(file: 7, isAfter: false), layout.look(file: 7, isAfter: true),
        ]
        let pictures = try paths.filter { FileManager.default.fileExists(atPath: $0) }.map { path in
            let size = try FFmpegTool.ffprobe([
                "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", path,
            ])
            let numbers = (size.first ?? "").split(separator: ",").compactMap { Int($0) }
            try #require(numbers.count == 2)
            return (numbers[0], numbers[1], try decoded([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))))
        }
        let left = (try? FileManager.default.contentsOfDirectory(atPath: layout.looks)) ?? []
        #expect(!left.contains { $0.hasSuffix(".partial") })
        return (note, pictures)
    }

    private func difference(_ a: [UInt8], _ b: [UInt8]) -> Double {
        Double(zip(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(max(1, a.count))
    }

    @Test(
        "a moment that is not black, the same in both",
        arguments: [
            // One key frame, a black one; and key frames everywhere.
            (["-c:v", "libx264", "-g", "500", "-qp", "4"], "mkv"),
            (["-c:v", "mpeg2video", "-g", "12", "-q:v", "2"], "mpg"),
            (["-c:v", "mpeg4", "-q:v", "2"], "avi"),
            // No clock to search by.
            (["-c:v", "libx264", "-g", "25", "-qp", "4"], "h264"),
        ])
    func moment(coding: [String], ending: String) throws {
        let source =
            ["-f", "lavfi", "-i", Self.black, "-f", "lavfi", "-i", Self.moving]
            + ["-filter_complex", "[0:v][1:v]concat=n=2", "-pix_fmt", "yuv420p"] + coding
        let (note, pictures) = try looks(source, ending: ending)
        #expect(note == nil)
        try #require(pictures.count == 3)
        for picture in pictures { #expect(picture.width == 320 && picture.height == 240) }
        let mean = Double(pictures[0].bytes.reduce(0) { $0 + Int($1) }) / Double(pictures[0].bytes.count)
        #expect(mean > 60, "the picture of the test is bright")
        // Both are the source enlarged by Lanczos; what differs is coded twice. Another frame of the moving picture differs
        // by 10 codes in the mean.
        #expect(difference(pictures[1].bytes, pictures[2].bytes) < 5)
        #expect(difference(pictures[0].bytes, pictures[2].bytes) < 5, "the whole fits")
    }

    @Test("upright, and in the shape that its pixels give it") func shape() throws {
        let matrix = try #require(DisplayMatrix.all.first { $0.name == "90" }).matrix
        let turned = try looks(
            ["-f", "lavfi", "-i", Self.moving, "-c:v", "libx264", "-pix_fmt", "yuv420p"], ending: "mp4",
            prepare: { try DisplayMatrix.write(matrix, into: $0) })
        try #require(turned.note == nil && turned.pictures.count == 3)
        // 240×320 when it stands up, less than that in the page.
        let sizes = turned.pictures.map { [$0.width, $0.height] }
        #expect(sizes == [[180, 240], [240, 240], [240, 240]])
        #expect(difference(turned.pictures[1].bytes, turned.pictures[2].bytes) < 5)
        let wide = try looks(
            ["-f", "lavfi", "-i", Self.moving, "-vf", "setsar=16/11", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
        try #require(wide.note == nil && wide.pictures.count == 3)
        // 320 × 16/11 wide is 465; reduced to 240 lines it stays so.
        #expect(abs(wide.pictures[0].width * 165 - wide.pictures[0].height * 320) < 320)
        #expect(difference(wide.pictures[1].bytes, wide.pictures[2].bytes) < 5)
    }

    @Test("fields are put together as the batch does it") func fields() throws {
        let source = [
            "-f", "lavfi", "-i", "testsrc2=s=160x120:r=50:d=3", "-vf", "tinterlace=interleave_top", "-c:v",
            "mpeg2video", "-flags", "+ildct+ilme", "-top", "1", "-q:v", "2",
        ]
        let kept = try looks(source, ending: "mpg", deinterlacing: .off)
        let filtered = try looks(source, ending: "mpg", deinterlacing: .auto)
        try #require(kept.note == nil && filtered.note == nil)
        #expect(difference(kept.pictures[1].bytes, filtered.pictures[1].bytes) > 0.5)
    }

    @Test("what cannot be looked at costs a sentence, no more") func failure() throws {
        let (source, layout) = (folder.file("no film.avi"), BatchLayout(root: folder.path, isArchive: false))
        try Data("not a film".utf8).write(to: URL(fileURLWithPath: source))
        let looks = BatchLooks(layout: layout, file: 1)
        let note = try #require(looks.make(source: source, result: source, deinterlacing: .auto, threads: 1))
        #expect(note.contains("no film.avi") && note.hasPrefix("The report has no pictures of"))
        #expect(!FileManager.default.fileExists(atPath: layout.looks))
        // Who stops knows that.
        #expect(
            looks.make(source: source, result: source, deinterlacing: .auto, threads: 1, isCancelled: { true }) == nil)
    }
}
