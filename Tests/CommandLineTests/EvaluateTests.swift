import Foundation
import Testing
import UplumaTestSupport

/// `upluma evaluate` as a user runs it, on pictures and clips made here.
@Suite(.timeLimit(.minutes(20))) struct EvaluateTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Pictures of FFmpeg's test pattern; returns their folder.
    private func pictures(_ name: String = "set", count: Int = 2, size: String = "66x50") throws -> String {
        let path = folder.file(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=\(count):d=1", "-vf", "gblur=1", "\(path)/p%d.png"])
        return path
    }

    private func evaluate(_ arguments: [String]) throws -> ProcessResult {
        try Tool.run(["evaluate", "--progress", "none"] + arguments)
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let result = try evaluate(arguments + ["--json"])
        try #require(result.status == 0, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    private static func models(_ object: [String: Any]) throws -> [String: [String: Any]] {
        try #require(object["models"] as? [String: [String: Any]])
    }

    @Test("JSON has the agreed keys, at every scale", arguments: [2, 3, 4, 8])
    func asJSON(scale: Int) throws {
        let set = try pictures()
        let names = ["catmullrom", "lanczos3", "sp-vdsr"]
        let object = try json([set, "--scale", "\(scale)", "--models", names.joined(separator: ",")])
        #expect(object["scale"] as? Int == scale && object["protocol"] as? String == "imresize")
        #expect(object["downscale"] as? String == "bicubic" && object["border"] as? Int == scale)
        let models = try Self.models(object)
        #expect(Set(models.keys) == Set(names))
        for (name, model) in models {
            for key in ["psnr_y", "ssim_y", "ms_median"] { #expect(model[key] is Double, "\(name) \(key)") }
            let images = try #require(model["images"] as? [String: [String: Any]])
            #expect(images.keys.sorted() == ["p1.png", "p2.png"])
            for image in images.values { #expect(image["psnr_y"] is Double && image["ssim_y"] is Double) }
            let mean = images.values.compactMap { $0["psnr_y"] as? Double }.reduce(0, +) / 2
            // Each is rounded to 0.0001 dB.
            #expect(abs((model["psnr_y"] as? Double ?? 0) - mean) < 2e-4)
        }
    }

    @Test("a table, a line for each model, and each model once") func asTable() throws {
        let result = try evaluate([try pictures(), "--models", "lanczos3,nearest,lanczos3"])
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(result.status == 0 && result.errorText.isEmpty, "\(result.errorText)")
        #expect(lines[0].contains("×2") && lines[0].contains("imresize") && lines[1] == "set: 2 pictures")
        #expect(lines[2].split(separator: " ") == ["MODEL", "PSNR-Y", "SSIM-Y", "MS"])
        #expect(lines.dropFirst(3).compactMap { $0.split(separator: " ").first } == ["lanczos3", "nearest"])
    }

    @Test("CSV, several sets, a name with a comma") func asCSV() throws {
        let first = try pictures("a, b", count: 1)
        let result = try evaluate([first, try pictures("c"), "--models", "nearest,bilinear", "--csv"])
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        #expect(lines[0] == "level,set,image,model,psnr_y,ssim_y,psnr_u,ssim_u,psnr_v,ssim_v,ms")
        // Three pictures and two sets, for two models.
        #expect(lines.count == 1 + 3 * 2 + 2 * 2)
        #expect(lines[1].hasPrefix("image,\"a, b\",p1.png,nearest,"))
        #expect(lines.filter { $0.hasPrefix("set,c,,") }.count == 2)
    }

    @Test("clips: every n-th frame, all planes") func clip() throws {
        let path = folder.file("clip.mkv")
        try Clips.makeLossless(path, pixelFormat: "yuv420p", size: "96x80")
        let object = try json([path, "--models", "lanczos3,nearest", "--every", "2"])
        let models = try Self.models(object)
        let images = try #require(models["nearest"]?["images"] as? [String: [String: Any]])
        #expect(images.keys.sorted() == ["frame 0", "frame 2", "frame 4"])
        for key in ["psnr_y", "ssim_y", "psnr_u", "ssim_u", "psnr_v", "ssim_v"] {
            #expect(images["frame 2"]?[key] is Double, "\(key)")
        }
        #expect(models["nearest"]?["psnr_u"] as? Double == models["lanczos3"]?["psnr_u"] as? Double)
    }

    @Test("a folder of pictures and clips is several sets") func mixedFolder() throws {
        let set = try pictures("mixed", count: 1)
        try Clips.makeLossless(set + "/film.mkv", pixelFormat: "gray", size: "64x64")
        try Data("notes".utf8).write(to: URL(fileURLWithPath: set + "/readme.txt"))
        let sets = try #require(try json([set, "--models", "nearest"])["sets"] as? [String: [String: Any]])
        #expect(sets.keys.sorted() == ["film.mkv", "mixed"])
    }

    @Test("a folder of folders stands for the sets in it") func nested() throws {
        _ = try pictures("all/a", count: 1)
        _ = try pictures("all/b", count: 1)
        try FileManager.default.createDirectory(atPath: folder.file("all/empty"), withIntermediateDirectories: true)
        let sets = try #require(
            try json([folder.file("all"), "--models", "nearest"])["sets"] as? [String: [String: Any]])
        #expect(sets.keys.sorted() == ["a", "b"])
    }

    @Test("a flat picture is restored exactly: left out, and said") func exact() throws {
        let set = try pictures(count: 1)
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "color=gray:s=64x64", "-frames:v", "1", set + "/flat.png"])
        let models = try Self.models(try json([set, "--models", "nearest"]))
        let images = try #require(models["nearest"]?["images"] as? [String: [String: Any]])
        #expect(images["flat.png"]?["psnr_y"] is NSNull && images["flat.png"]?["ssim_y"] as? Double == 1)
        #expect(models["nearest"]?["psnr_y"] as? Double == images["p1.png"]?["psnr_y"] as? Double)
        let table = String(decoding: try evaluate([set, "--models", "nearest"]).output, as: UTF8.self)
        #expect(table.contains("flat.png"))
    }

    @Test("the protocols and their switches change what they say") func conditions() throws {
        let set = try pictures(count: 1)
        let plain = try json([set, "--models", "lanczos3"])
        let article = try json([set, "--models", "lanczos3", "--protocol", "article"])
        #expect(article["border"] as? Int == 0 && article["downscale"] as? String == "catmullrom")
        let other = try json(
            [set, "--models", "lanczos3", "--downscale", "mitchell", "--float-small", "--float-result"])
        #expect(other["downscale"] as? String == "mitchell" && other["small_pictures"] as? String == "float")
        let scores = try [plain, article, other].map { try Self.models($0)["lanczos3"]?["psnr_y"] as? Double ?? 0 }
        #expect(Set(scores).count == 3 && scores.allSatisfy { $0 > 15 }, "\(scores)")
        // MATLAB's bicubic is the Catmull-Rom cubic; rounding the small picture alone makes the difference.
        let same = try json([set, "--models", "lanczos3", "--downscale", "catmullrom"])
        #expect(try Self.models(same)["lanczos3"]?["psnr_y"] as? Double == scores[0])
    }

    @Test("a downscaler of the catalog makes the small picture, for pictures and clips", arguments: [2, 4])
    func downscaler(scale: Int) throws {
        let set = try pictures()
        try Clips.makeLossless(set + "/film.mkv", pixelFormat: "yuv420p", size: "98x80")
        func scores(_ downscale: String) throws -> [String: Double] {
            let object = try json(
                [set, "--scale", "\(scale)", "--models", "bicubic,sp-vdsr", "--every", "4", "--downscale", downscale])
            #expect(object["downscale"] as? String == downscale)
            let sets = try #require(object["sets"] as? [String: [String: Any]])
            #expect(sets.keys.sorted() == ["film.mkv", "set"])
            var scores: [String: Double] = [:]
            for (name, set) in sets {
                for (model, means) in set["models"] as? [String: [String: Any]] ?? [:] {
                    for plane in ["y", "u", "v"] {
                        scores["\(name) \(model) \(plane)"] = means["psnr_\(plane)"] as? Double
                    }
                }
            }
            return scores
        }
        let (filter, downscaler) = (try scores("lanczos3"), try scores("lanczos3-\(scale)x"))
        let usual = try scores("bicubic")
        #expect(filter.count == 8 && Set(downscaler.keys) == Set(filter.keys))
        for (key, score) in filter where key.hasSuffix("y") {
            // dB: a few samples of the small picture are rounded the other way, since the evaluation's own filters work
            // in double precision. Another filter is further off.
            #expect(abs((downscaler[key] ?? 0) - score) < 0.02, "\(key)")
            #expect(abs((usual[key] ?? 0) - score) > 0.05, "\(key)")
        }
        for (key, score) in usual where !key.hasSuffix("y") { #expect(downscaler[key] == score, "\(key)") }
    }

    @Test("a learned downscaler makes the small picture") func learned() throws {
        let (set, path) = (try pictures(), folder.file("down.safetensors"))
        try SeededDownscaler.bytes().write(to: URL(fileURLWithPath: path))
        let object = try json([set, "--models", "bicubic,sp-vdsr", "--downscale", path])
        #expect(object["downscale"] as? String == path)
        let models = try Self.models(object)
        for name in ["bicubic", "sp-vdsr"] {
            // dB: kernels about a Gaussian, some taps of which are moved at random, make no good picture, but a picture.
            #expect(models[name]?["psnr_y"] as? Double ?? 0 > 15, "\(name)")
        }
        let other = try Self.models(try json([set, "--models", "bicubic", "--downscale", path, "--float-small"]))
        #expect(other["bicubic"]?["psnr_y"] as? Double != models["bicubic"]?["psnr_y"] as? Double)
        try expectFailure(
            [set, "--scale", "4", "--downscale", path], status: 64, says: "down.safetensors", "2 times", "--scale 4")
        try expectFailure(
            [set, "--downscale", folder.file("none.safetensors")], status: 66, says: "none.safetensors")
    }

    @Test("the number of threads does not change a score") func threads() throws {
        let set = try pictures()
        let scores = try ["1", "3"].map { threads in
            try Self.models(try json([set, "--models", "sp-vdsr", "--threads", threads]))["sp-vdsr"]?["psnr_y"]
                as? Double
        }
        #expect(scores[0] == scores[1] && scores[0] != nil)
    }

    @Test("the page: pictures and plots inside, never over an existing file") func page() throws {
        let (set, page) = (try pictures(), folder.file("out.html"))
        let first = try evaluate([set, "--models", "nearest,lanczos3,sp-vdsr", "--report", page])
        #expect(first.status == 0, "\(first.errorText)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        // Two parts (one a picture), each the original and, for every model, result and error.
        #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count - 1 == 2 * (1 + 3 * 2))
        #expect(html.components(separatedBy: "src=").count == html.components(separatedBy: "src=\"data:").count)
        #expect(html.contains("<svg") && html.contains("p1.png") && !html.contains("http"))
        #expect(!FileManager.default.fileExists(atPath: page + ".partial"))

        let second = try evaluate([set, "--models", "nearest", "--report", page])
        #expect(second.status == 73 && second.errorText.contains("--overwrite"), "\(second.errorText)")
        #expect(second.errorText.contains("--report") && second.output.isEmpty)
        #expect(try String(contentsOfFile: page, encoding: .utf8) == html)
        #expect(try evaluate([set, "--models", "nearest", "--report", page, "--overwrite"]).status == 0)
        #expect(try String(contentsOfFile: page, encoding: .utf8) != html)
    }

    @Test("a failure leaves no page behind") func noPage() throws {
        let set = try pictures()
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: set + "/q.png"))
        let result = try evaluate([set, "--models", "nearest", "--report", folder.file("out.html")])
        #expect(result.status == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["set"])
    }

    @Test("progress on standard error, results on standard output") func progress() throws {
        let set = try pictures()
        let result = try Tool.run(["evaluate", set, "--models", "nearest", "--json", "--progress", "json"])
        let events = try result.errorText.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let progress = events.filter { $0["event"] as? String == "progress" }
        #expect(progress.last?["frames"] as? Int == 2)
        #expect((try? JSONSerialization.jsonObject(with: result.output)) != nil)
    }

    @Test("a signal ends it with 130 and leaves nothing") func interrupted() throws {
        let (set, page) = (try pictures(count: 60, size: "1280x960"), folder.file("out.html"))
        let result = try ProcessResult.running(
            Tool.url.path, ["evaluate", set, "--models", "sp-vdsr,lanczos4", "--report", page, "--progress", "json"]
        ) { process in
            DispatchQueue.global().async {
                let deadline = Date(timeIntervalSinceNow: 60)
                while Date() < deadline, !FileManager.default.fileExists(atPath: page + ".partial") { usleep(20_000) }
                kill(process, SIGINT)
            }
        }
        #expect(result.status == 130, "\(result.errorText)")
        #expect(result.output.isEmpty && result.errorText.contains("Interrupted"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["set"])
    }

    // MARK: Mistakes

    private func expectFailure(
        _ arguments: [String], status: Int32, says words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try evaluate(arguments)
        #expect(result.status == status, "\(result.errorText)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        let lines = result.errorText.split(separator: "\n")
        #expect(lines.count == 1 || status == 64, "\(result.errorText)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errorText.contains(word), "\(result.errorText)", sourceLocation: sourceLocation)
        }
    }

    @Test func nothingToMeasure() throws {
        let empty = folder.file("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        try expectFailure([empty], status: 66, says: "empty", "picture")
        try expectFailure([folder.file("nowhere")], status: 66, says: "nowhere")
        try expectFailure([], status: 64)
    }

    @Test func unreadable() throws {
        let path = folder.file("cut.png")
        try Data("\u{89}PNG".utf8).write(to: URL(fileURLWithPath: path))
        try expectFailure([path], status: 65, says: "cut.png", "picture")
        let film = folder.file("film.mp4")
        try Data("no film".utf8).write(to: URL(fileURLWithPath: film))
        try expectFailure([film], status: 65, says: "film.mp4")
    }

    @Test("a picture too small for the window and its borders") func tooSmall() throws {
        let set = try pictures(size: "26x40")
        try expectFailure([set, "--scale", "8", "--models", "nearest"], status: 65, says: "p1.png", "32×32", "--scale")
        // 26 is cut to 24 at ×3: 11 for the window and 3 on each side are there.
        #expect(try evaluate([set, "--scale", "3", "--models", "nearest"]).status == 0)
    }

    @Test func usage() throws {
        let set = try pictures(count: 1)
        try expectFailure([set, "--models", "nonsense"], status: 64, says: "nonsense", "sp-vdsr")
        try expectFailure([set, "--models", "nowhere.safetensors"], status: 66, says: "nowhere.safetensors")
        try expectFailure([set, "--models", ","], status: 64, says: "--models")
        try expectFailure([set, "--downscale", "nonsense"], status: 64, says: "nonsense", "mitchell", "mitchell-2x")
        try expectFailure([set, "--downscale", "bicubic-4x"], status: 64, says: "bicubic-4x", "4 times", "--scale 2")
        try expectFailure([set, "--scale", "5"], status: 64, says: "--scale")
        try expectFailure([set, "--every", "0"], status: 64, says: "--every")
        try expectFailure([set, "--json", "--csv"], status: 64, says: "--csv")
        try expectFailure([set, "--threads", "0"], status: 64, says: "--threads")
        try expectFailure([set, "--report", "-"], status: 64, says: "--report")
        try expectFailure([set, "--report", folder.path], status: 73, says: "folder")
        try expectFailure([set, "--report", set + "/p1.png", "--overwrite"], status: 64, says: "p1.png", "--report")
    }
}
