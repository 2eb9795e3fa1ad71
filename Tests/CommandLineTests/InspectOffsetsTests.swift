import Foundation
import Testing
import UplumaTestSupport

/// `upluma inspect offsets` as a user runs it, with a small network of seeded weights.
@Suite struct InspectOffsetsTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=66x50", "-frames:v", "1", "-vf", "gblur=1,format=rgb24,pad=67:50"]
                + [folder.file("in.png")])
    }

    /// Writes a downscaler's file.
    private func model(factor: Int = 2, size: Int = 6, movement: Float = 0.5) throws {
        try SeededDownscaler.bytes(factor: factor, size: size, movement: movement)
            .write(to: URL(fileURLWithPath: folder.file("down.safetensors")))
    }

    private func inspect(_ arguments: [String]) throws -> ProcessResult {
        try Tool.run(["inspect", "offsets"] + arguments, in: folder.path)
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let result = try inspect(arguments + ["--model", "down.safetensors", "--json"])
        try #require(result.status == 0, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    @Test("a picture's weights and displacements, for odd and even kernels", arguments: [(2, 6), (2, 7), (4, 13)])
    func picture(factor: Int, size: Int) throws {
        try model(factor: factor, size: size)
        let report = try json(["in.png"])
        let picture = try #require(report["picture"] as? [String: Int])
        let pixels = try FFmpegTool.ffmpeg([
            "-i", folder.file("in-offsets.png"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
        ])
        #expect(pixels.count == 3 * (picture["width"] ?? 0) * (picture["height"] ?? 0) && Set(pixels).count > 100)
        #expect(report["source"] as? [String: Int] == ["width": 67, "height": 50])
        // Rounded up.
        #expect(
            report["result"] as? [String: Int]
                == ["width": (67 + factor - 1) / factor, "height": (50 + factor - 1) / factor])
        #expect(report["factor"] as? Int == factor && report["kernel_size"] as? Int == size)
        #expect(report["farthest"] as? Double == Double(factor))

        let weights = try #require(report["weights"] as? [String: Double])
        // Sums of up to 169 floats of order 0.01, which the network predicts.
        for key in ["lowest_sum", "mean_sum", "highest_sum"] { #expect(abs((weights[key] ?? 0) - 1) < 1e-3, "\(key)") }
        let elements = try #require(report["elements"] as? [[String: Double]])
        #expect(elements.count == size * size)
        #expect(elements.compactMap { $0["lowest"] }.min() == weights["lowest"])
        #expect(elements.compactMap { $0["highest"] }.max() == weights["highest"])
        let movement = try #require(report["movement"] as? [String: Double])
        let mean = elements.compactMap { $0["mean_length"] }.reduce(0, +) / Double(size * size)
        #expect(abs((movement["mean_length"] ?? 0) - mean) < 1e-6, "the same numbers in another order")
        #expect(mean > 0.01 && movement["far_share"] ?? 0 > 0 && movement["far_share"] ?? 1 < 1)
        let areas = try #require(report["areas"] as? [String: Any])
        #expect(areas.keys.sorted() == ["edge", "smooth", "texture"])
        let shares = areas.values.compactMap { ($0 as? [String: Double])?["share"] }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9, "shares of one whole")

        let regions = try #require(report["regions"] as? [[String: Any]])
        #expect(regions.compactMap { $0["name"] as? String } == ["smooth", "edge", "texture"])
        for region in regions {
            let kernel = try #require(region["weights"] as? [[Double]])
            #expect(kernel.count == size && abs(kernel.joined().reduce(0, +) - 1) < 1e-3, "as above")
            let moves = try #require(region["displacements"] as? [[[Double]]])
            #expect(moves.joined().allSatisfy { $0.count == 2 && $0.allSatisfy { abs($0) <= Double(factor) } })
            let lengths = moves.joined().map { ($0[0] * $0[0] + $0[1] * $0[1]).squareRoot() }
            #expect(abs((lengths.max() ?? 9) - (region["longest"] as? Double ?? -9)) < 1e-9, "doubles")
        }
    }

    @Test("taps that are not moved stay, and are said to") func still() throws {
        try model(movement: 0)
        let report = try json(["in.png"])
        let movement = try #require(report["movement"] as? [String: Double])
        #expect(movement["mean_length"] == 0 && movement["far_share"] == 0 && movement["weighted_mean_length"] == 0)
    }

    @Test("the same picture on any number of threads; regions and elements of the user's choice")
    func choices() throws {
        try model()
        for count in ["1", "3"] {
            let report = try json([
                "in.png", "--threads", count, "--region", "66,49", "--elements", "2", "-o", "\(count).png",
            ])
            let regions = try #require(report["regions"] as? [[String: Any]])
            #expect(regions.compactMap { $0["name"] as? String } == ["region 1"])
            #expect(regions.first?["x"] as? Int == 63 && regions.first?["y"] as? Int == 46, "moved into the picture")
        }
        let one = try Data(contentsOf: URL(fileURLWithPath: folder.file("1.png")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("3.png"))) == one)
    }

    @Test("people get lines, of the frame that was asked for") func lines() throws {
        try model()
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p", size: "66x50")
        let result = try inspect(["in.mkv", "--at", "0.12", "--model", "down.safetensors"])
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(result.status == 0, "\(result.errorText)")
        for word in ["in-offsets.png", "frame 3", "smooth at", "edge at", "texture at", "half a pixel"] {
            #expect(text.contains(word), "\(text)")
        }
        let again = try inspect(["in.mkv", "--model", "down.safetensors"])
        #expect(again.status == 73 && again.errorText.contains("--overwrite"), "\(again.errorText)")
    }

    /// What is asked, the exit code and words of the sentence.
    static let mistakes: [(arguments: [String], status: Int32, words: [String])] = [
        (["in.png", "--model", "lanczos3-2x"], 64, ["\"lanczos3-2x\" is a filter", ".safetensors"]),
        (["in.png", "--model", "sp-vdsr"], 64, ["\"sp-vdsr\"", ".safetensors"]),
        (["in.png", "--model", "none.safetensors"], 66, ["none.safetensors"]),
        (["in.png", "--elements", "3"], 64, ["6×6", "even", "from 2 to 6"]),
        (["in.png", "--elements", "8"], 64, ["6×6", "from 2 to 6"]),
        (["in.png", "--region", "67,2"], 64, ["67,2", "67×50", "--region"]),
        (["in.png", "--threads", "0"], 64, ["--threads"]),
        (["in.png", "--output", "-"], 64, ["--output"]),
        (["in.png", "-o", "no/such/out.png"], 73, ["Create the folder"]),
        (["nowhere.png"], 66, ["nowhere.png"]),
    ]

    @Test("mistakes get a sentence and leave nothing behind", arguments: mistakes.indices)
    func refusals(index: Int) throws {
        let (arguments, status, words) = Self.mistakes[index]
        try model()
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let result = try inspect(arguments + (arguments.contains("--model") ? [] : ["--model", "down.safetensors"]))
        #expect(result.status == status && result.output.isEmpty, "\(result.errorText)")
        for word in words { #expect(result.errorText.contains(word), "\(result.errorText)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
}
