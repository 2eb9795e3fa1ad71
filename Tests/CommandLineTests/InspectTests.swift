import Foundation
import Testing
import UplumaTestSupport

/// `upluma inspect kernels` as a user runs it, with a small network of seeded weights.
@Suite struct InspectTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("UplumaNetworksTests/Goldens")

    /// Weights of one of the networks that PyTorch's golden files are made with.
    private static func weights(_ name: String = "dair") -> String {
        goldens.appendingPathComponent("\(name)-seeded.weights.safetensors").path
    }

    private func inspect(_ arguments: [String], model: String = weights()) throws -> ProcessResult {
        try Tool.run(["inspect", "kernels"] + arguments + ["--model", model], in: folder.path)
    }

    private func json(_ arguments: [String], model: String = weights()) throws -> [String: Any] {
        let result = try inspect(arguments + ["--json"], model: model)
        try #require(result.status == 0, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    private func makePicture(_ name: String = "in.png", size: String = "66x50") throws {
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(size)", "-frames:v", "1", "-vf", "gblur=1", folder.file(name)])
    }

    private func size(_ name: String) throws -> [Int] {
        let lines = try FFmpegTool.ffprobe([
            "-select_streams", "v", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0",
            folder.file(name),
        ])
        let cells = lines.first?.split(separator: ",") ?? []
        #expect(cells.first == "png")
        return cells.dropFirst().compactMap { Int($0) }
    }

    @Test(
        "a picture's kernels, for every form of network",
        arguments: ["dair", "dair-x3", "dair-light", "dair-asp2", "dair-size3", "dair-size7", "dair-prog-recur2-x4"])
    func picture(network: String) throws {
        try makePicture()
        let report = try json(["in.png"], model: Self.weights(network))
        let picture = try #require(report["picture"] as? [String: Int])
        #expect(try size("in-kernels.png") == [picture["width"] ?? 0, picture["height"] ?? 0])
        // Not one colour: the pixels decode, and differ.
        let pixels = try FFmpegTool.ffmpeg([
            "-i", folder.file("in-kernels.png"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
        ])
        #expect(pixels.count == 3 * (picture["width"] ?? 0) * (picture["height"] ?? 0) && Set(pixels).count > 100)
        let (size, scale) = try (#require(report["kernel_size"] as? Int), #require(report["scale"] as? Int))
        #expect(report["source"] as? [String: Int] == ["width": 66, "height": 50])
        #expect(report["result"] as? [String: Int] == ["width": 66 * scale, "height": 50 * scale])
        #expect(report["frame"] == nil && report["time"] as? Double == 0)
        let elements = try #require(report["elements"] as? [[String: Double]])
        #expect(elements.count == size * size)
        let sums = try #require(report["sums"] as? [String: Double])
        let levels = Double((report["intervals"] as? [Int])?.count ?? 0)
        let mean = levels * elements.compactMap { $0["mean"] }.reduce(0, +)
        // Sums of the same numbers in another order, of order one.
        #expect(abs((sums["mean"] ?? 0) - mean) < 1e-6)
        #expect(sums["lowest"] ?? 9 <= mean && mean <= sums["highest"] ?? 0)
        for element in elements {
            let (lowest, highest) = (element["lowest"] ?? 9, element["highest"] ?? -9)
            #expect(lowest <= element["mean"] ?? 9 && element["mean"] ?? -9 <= highest)
            #expect(element["deviation"] ?? 9 <= highest - lowest)
        }
        let regions = try #require(report["regions"] as? [[String: Any]])
        #expect(regions.compactMap { $0["name"] as? String } == ["smooth", "edge", "texture"])
        for region in regions {
            let kernel = try #require(region["mean_kernel"] as? [[Double]])
            #expect(kernel.count == size && kernel.allSatisfy { $0.count == size })
        }
        let phases = try #require(report["phases"] as? [[[Double]]])
        #expect(phases.count == (report["factor"] as? Int ?? 0) * (report["factor"] as? Int ?? 0))
    }

    @Test(
        "the frame of a clip is the one on the screen, to the millisecond",
        arguments: [("0.1", 2), ("0:00.0795", 2), ("0.079", 1)])
    func clip(time: String, number: Int) throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p", size: "66x50")
        try FFmpegTool.ffmpeg(
            ["-i", folder.file("in.mkv"), "-vf", "select=eq(n\\,\(number))", "-frames:v", "1", "-c:v", "ffv1"]
                + [folder.file("one.mkv")])
        let report = try json(["in.mkv", "--at", time, "-o", "a.png"])
        #expect(report["frame"] as? Int == number)
        #expect(abs((report["time"] as? Double ?? 0) - Double(number) * 0.04) < 1e-3, "Matroska's milliseconds")
        let alone = try json(["one.mkv", "-o", "b.png"])
        #expect(report["elements"] as? [[String: Double]] == alone["elements"] as? [[String: Double]])
    }

    @Test("past the end the last valid time is named, and is valid") func pastTheEnd() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        for time in ["0.2", "90", "300000"] {
            let result = try inspect(["in.mkv", "--at", time])
            #expect(
                result.status == 65 && result.errorText.contains("\(time) s lies past the end"), "\(result.errorText)")
            #expect(result.errorText.contains("at 0.16 s."), "\(result.errorText)")
        }
        #expect(try json(["in.mkv", "--at", "0.16"])["frame"] as? Int == 4)
    }

    @Test("interlaced frames are deinterlaced first, and that is said", arguments: ["interlaced.mpg", "woven.mkv"])
    func interlaced(name: String) throws {
        let file = try GeneratedFile.named(name)
        let path = try file.make(in: folder)
        let result = try inspect([path, "-o", "out.png"])
        #expect(result.status == 0 && result.errorText.contains("einterlac"), "\(result.errorText)")
    }

    @Test("regions and elements of the user's choice") func choices() throws {
        try makePicture()
        let report = try json(["in.png", "--region", "3,4", "--region", "65,49", "--elements", "5", "-o", "a.png"])
        let regions = try #require(report["regions"] as? [[String: Any]])
        #expect(regions.compactMap { $0["name"] as? String } == ["region 1", "region 2"])
        #expect(regions.compactMap { $0["x"] as? Int } == [3, 62], "moved into the picture")
        #expect(regions.compactMap { $0["y"] as? Int } == [4, 46])
        let least = try json(["in.png", "--region", "3,4", "--elements", "1", "-o", "b.png"])
        #expect((least["regions"] as? [Any])?.count == 1)
        #expect(least["elements"] as? [[String: Double]] == report["elements"] as? [[String: Double]])
    }

    @Test("people get lines") func lines() throws {
        // The sound begins before the picture; the number is that of the picture all the same.
        try Clips.make(folder.file("in.mkv"))
        let result = try inspect(["in.mkv", "--at", "0.2"])
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(result.status == 0, "\(result.errorText)")
        for word in ["in-kernels.png", "frame 4", "smooth at", "edge at", "texture at"] {
            #expect(text.contains(word), "\(text)")
        }
    }

    @Test("the same picture on any number of threads, and from a pipe") func threads() throws {
        try Clips.make(folder.file("in.mkv"))
        for count in ["1", "3"] {
            #expect(try inspect(["in.mkv", "--threads", count, "-o", "\(count).png"]).status == 0)
        }
        let one = try Data(contentsOf: URL(fileURLWithPath: folder.file("1.png")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("3.png"))) == one)
        let piped = try Tool.run(
            ["inspect", "kernels", "-", "--model", Self.weights()],
            input: try Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv"))), in: folder.path)
        #expect(piped.status == 0, "\(piped.errorText)")
        #expect(try size("standard-input-kernels.png").count == 2)
    }

    @Test("an existing picture stays, unless told otherwise") func existing() throws {
        try makePicture()
        let path = folder.file("out.png")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let refused = try inspect(["in.png", "-o", "out.png"])
        #expect(refused.status == 73 && refused.errorText.contains("--overwrite"), "\(refused.errorText)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        #expect(try inspect(["in.png", "-o", "out.png", "--overwrite"]).status == 0)
        #expect(try size("out.png").count == 2)
        let itself = try inspect(["in.png", "-o", "in.png", "--overwrite"])
        #expect(itself.status == 64 && itself.errorText.contains("is the input itself"))
    }

    /// What is asked, the exit code and words of the sentence.
    static let mistakes: [(arguments: [String], status: Int32, words: [String])] = [
        (["in.png", "--model", "lanczos3"], 64, ["\"lanczos3\" predicts no kernels", ".safetensors"]),
        (["in.png", "--model", "sp-vdsr"], 64, ["\"sp-vdsr\" predicts no kernels", ".safetensors"]),
        (["in.png", "--model", "esrgan"], 64, ["esrgan", "sp-vdsr"]),
        (["in.png", "--model", "none.safetensors"], 66, ["none.safetensors"]),
        (["in.png", "--scale", "4"], 64, ["scale 4", "Give 2."]),
        (["in.png", "--scale", "5"], 64, ["--scale"]),
        (["in.png", "--elements", "7"], 64, ["5×5", "from 1 to 5"]),
        (["in.png", "--elements", "2"], 64, ["--elements 2"]),
        (["in.png", "--region", "66,2"], 64, ["66,2", "66×50", "--region"]),
        (["in.png", "--region", "left"], 64, ["--region"]),
        (["in.png", "--at", "later"], 64, ["--at"]),
        (["in.png", "--output", "-"], 64, ["--output"]),
        (["in.png", "-o", "no/such/out.png"], 73, ["Create the folder"]),
        (["song.m4a"], 65, ["song.m4a", "video"]),
        (["nowhere.png"], 66, ["nowhere.png"]),
    ]

    @Test("mistakes get a sentence and leave nothing behind", arguments: mistakes.indices)
    func refusals(index: Int) throws {
        let (arguments, status, words) = Self.mistakes[index]
        try makePicture()
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "sine=d=0.2", folder.file("song.m4a")])
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let model = arguments.contains("--model") ? [] : ["--model", Self.weights()]
        let result = try Tool.run(["inspect", "kernels"] + arguments + model, in: folder.path)
        #expect(result.status == status && result.output.isEmpty, "\(result.errorText)")
        for word in words { #expect(result.errorText.contains(word), "\(result.errorText)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }

    @Test("without a model, the catalog's first that predicts kernels, or a sentence") func defaultModel() throws {
        try makePicture()
        let known = try ModelListing.objects().first { $0["family"] as? String == "dair" }?["name"] as? String
        let result = try Tool.run(["inspect", "kernels", "in.png", "--json"], in: folder.path)
        if let known {
            let report = try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
            #expect(report["model"] as? String == known)
        } else {
            #expect(result.status == 64 && result.errorText.contains("no model that predicts kernels"))
        }
    }
}
