import Foundation
import Testing

@testable import Upluma

/// Means, keys and the page, from results made up here.
@Suite struct EvaluationReportTests {
    private static func image(_ name: String, _ psnr: Double, chroma: Double? = nil) -> ImageScores {
        let plane = { (psnr: Double) in PlaneScores(psnr: psnr, ssim: psnr.isFinite ? psnr / 50 : 1) }
        return ImageScores(
            name: name, y: plane(psnr), u: chroma.map(plane), v: chroma.map(plane), milliseconds: 3)
    }

    private static func set(
        _ name: String, kind: EvaluatedSet.Kind = .pictures, _ scores: [(String, [ImageScores])]
    ) -> EvaluatedSet {
        var set = EvaluatedSet(name: name, kind: kind, models: scores.map(\.0))
        for index in scores.indices { set.models[index].images = scores[index].1 }
        return set
    }

    private static func report(_ sets: [EvaluatedSet]) -> EvaluationReport {
        EvaluationReport(
            scale: 2, evaluationProtocol: .imresize, downscale: "bicubic", border: 2, roundsSmall: true,
            roundsResult: true, grayAsStored: false, every: 24, threads: 2, models: sets[0].models.map(\.name),
            sets: sets)
    }

    private static let two = [
        set("one", [("a", [image("x", 30), image("y", 34)]), ("b", [image("x", 32), image("y", 38)])]),
        set("two", [("a", [image("x", 20)]), ("b", [image("x", 22)])]),
    ]

    private static func object(_ report: EvaluationReport) throws -> [String: Any] {
        let data = try JSONEncoder().encode(report)
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func value(_ object: [String: Any], _ keys: String...) -> Any? {
        keys.reduce(object as Any?) { ($0 as? [String: Any])?[$1] }
    }

    private static func number(_ object: [String: Any], _ keys: String...) -> Double? {
        keys.reduce(object as Any?) { ($0 as? [String: Any])?[$1] } as? Double
    }

    @Test("an image that a model restores exactly counts for none") func leftOut() throws {
        let set = Self.set(
            "s",
            [
                ("a", [Self.image("x", 30), Self.image("y", 34), Self.image("z", 10)]),
                ("b", [Self.image("x", 32), Self.image("y", 38), Self.image("z", .infinity)]),
            ])
        #expect(set.leftOut == ["z"])
        #expect(set.means(of: set.models[0]).y?.psnr == 32)
        #expect(set.means(of: set.models[1]).y?.psnr == 35)
        #expect(set.means(of: set.models[0]).u == nil)
        let models = try #require(Self.object(Self.report([set]))["models"] as? [String: [String: Any]])
        let images = try #require(models["b"]?["images"] as? [String: [String: Any]])
        #expect(images["z"]?["psnr_y"] is NSNull)
        #expect(models["b"]?["left_out"] as? [String] == ["z"])
    }

    @Test("nothing but exact images has no mean, and is no error") func allExact() throws {
        let set = Self.set("s", [("a", [Self.image("x", .infinity)])])
        #expect(set.means(of: set.models[0]).y == nil)
        let report = Self.report([set])
        let models = try #require(Self.object(report)["models"] as? [String: [String: Any]])
        #expect(models["a"]?["psnr_y"] is NSNull)
        #expect(try EvaluationPage(report, exhibits: []).html().contains("exact"))
    }

    @Test("the keys of one set are those of the design") func keysOfOneSet() throws {
        let object = try Self.object(Self.report([Self.two[0]]))
        #expect(object["scale"] as? Int == 2 && object["protocol"] as? String == "imresize")
        #expect(object["downscale"] as? String == "bicubic")
        let models = try #require(object["models"] as? [String: [String: Any]])
        #expect(models.keys.sorted() == ["a", "b"])
        #expect(models["a"]?["psnr_y"] as? Double == 32 && models["a"]?["ssim_y"] as? Double == 0.64)
        let images = try #require(models["b"]?["images"] as? [String: [String: Any]])
        #expect(images["y"]?["psnr_y"] as? Double == 38 && images["y"]?["ssim_y"] as? Double == 0.76)
        #expect(images["y"]?.keys.contains("psnr_u") == false, "pictures have luma alone")
    }

    @Test("of several sets, `models` has the means over all and `sets` those of each") func keysOfSeveralSets() throws {
        let object = try Self.object(Self.report(Self.two))
        #expect(Self.number(object, "models", "a", "psnr_y") == 28)
        let images = Self.value(object, "models", "a", "images") as? [String: Any]
        #expect(images?.keys.sorted() == ["one/x", "one/y", "two/x"])
        #expect(Self.number(object, "sets", "one", "pictures") == 2)
        #expect(Self.number(object, "sets", "one", "models", "a", "psnr_y") == 32)
        #expect(Self.value(object, "sets", "one", "models", "a", "images") == nil)
    }

    @Test("chroma of clips") func chroma() throws {
        let set = Self.set(
            "c", kind: .clip, [("a", [Self.image("f", 30, chroma: 40), Self.image("g", 30, chroma: .infinity)])])
        let means = set.means(of: set.models[0])
        #expect(means.y?.psnr == 30 && means.u?.psnr == 40 && means.v?.psnr == 40)
        let models = try #require(Self.object(Self.report([set]))["models"] as? [String: [String: Any]])
        for key in ["psnr_u", "ssim_u", "psnr_v", "ssim_v"] { #expect(models["a"]?[key] is Double) }
    }

    @Test("the page needs nothing else, and names are text") func page() throws {
        var sets = Self.two
        sets[0].name = "<one> & \"only\""
        let html = try EvaluationPage(Self.report(sets), exhibits: []).html()
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("</html>"))
        #expect(html.contains("&lt;one&gt; &amp; &quot;only&quot;") && !html.contains("<one>"))
        for word in ["http:", "https:", "<script", "@import", "url("] { #expect(!html.contains(word), "\(word)") }
        for word in [
            "prefers-color-scheme: dark", "name=\"viewport\"", "PSNR-Y in dB", "median time of a picture in ms",
        ] {
            #expect(html.contains(word), "\(word)")
        }
        // A bar and a scatter plot for each set.
        #expect(html.components(separatedBy: "<svg").count - 1 == 4)
        #expect(html.components(separatedBy: "<circle").count - 1 == 4)
    }

    @Test(
        "axis ticks are round numbers inside the range", arguments: [(0.0, 1.0), (28.3, 36.9), (33.1, 33.9), (0, 1000)])
    func ticks(low: Double, high: Double) {
        let ticks = AxisTicks(low...high)
        #expect((3...11).contains(ticks.values.count), "\(ticks.values)")
        #expect(ticks.values.allSatisfy { $0 >= low - 1e-9 && $0 <= high + 1e-9 })
        for value in ticks.values { #expect(abs((Double(ticks.text(value)) ?? .nan) - value) < 1e-9) }
    }
}
