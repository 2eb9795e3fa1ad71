import Foundation
import Upluma

/// The results of an evaluation as standard output has them.
enum EvaluationText {
    static func json(_ report: EvaluationReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    // MARK: Table

    /// A line on the conditions, then for each set a table with a line for each model.
    static func table(_ report: EvaluationReport) -> String {
        let small = report.roundsSmall ? "rounded" : "in floating point"
        var text =
            "×\(report.scale), protocol \(report.evaluationProtocol.rawValue): small pictures by \(report.downscale), "
            + "\(small); border \(report.border); \(report.threads) threads\n"
        for set in report.sets { text += "\n" + table(set) }
        return text
    }

    private static func table(_ set: EvaluatedSet) -> String {
        let means = set.models.map { set.means(of: $0) }
        let hasChroma = means.contains { $0.u != nil || $0.v != nil }
        var header = ["MODEL", "PSNR-Y", "SSIM-Y"]
        if hasChroma { header += ["PSNR-U", "SSIM-U", "PSNR-V", "SSIM-V"] }
        header.append("MS")
        let rows = zip(set.models, means).map { model, means in
            let planes = hasChroma ? [means.y, means.u, means.v] : [means.y]
            return [model.name]
                + planes.flatMap { scores in
                    [
                        scores.map { String(format: "%.2f", $0.psnr) } ?? "-",
                        scores.map { String(format: "%.4f", $0.ssim) } ?? "-",
                    ]
                } + [String(format: "%.2f", means.medianMilliseconds)]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let unit = set.kind == .clip ? "frame" : "picture"
        var text = "\(set.name): \(set.count) \(unit)\(set.count == 1 ? "" : "s")\n"
        for row in [header] + rows {
            text += "  " + row[0].padding(toLength: widths[0], withPad: " ", startingAt: 0)
            for column in row.indices.dropFirst() {
                text += "  " + String(repeating: " ", count: widths[column] - row[column].count) + row[column]
            }
            text += "\n"
        }
        if !set.leftOut.isEmpty {
            text += "  restored exactly by a model, left out of the means: \(set.leftOut.joined(separator: ", "))\n"
        }
        return text
    }

    // MARK: CSV

    private static let columns = [
        "level", "set", "image", "model", "psnr_y", "ssim_y", "psnr_u", "ssim_u", "psnr_v", "ssim_v", "ms",
    ]

    /// A header, a line of level `image` for each picture and model, and one of level `set` for each set and model;
    /// scores that do not exist, or are infinite, are empty.
    static func csv(_ report: EvaluationReport) -> String {
        var lines = [columns]
        for set in report.sets {
            for model in set.models {
                lines += model.images.map { image in
                    ["image", set.name, image.name, model.name] + cells(image.y, image.u, image.v, image.milliseconds)
                }
                let means = set.means(of: model)
                lines.append(
                    ["set", set.name, "", model.name] + cells(means.y, means.u, means.v, means.medianMilliseconds))
            }
        }
        return lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func cells(
        _ y: PlaneScores?, _ u: PlaneScores?, _ v: PlaneScores?, _ milliseconds: Double
    ) -> [String] {
        [y, u, v].flatMap { scores in
            [
                scores.flatMap { $0.psnr.isFinite ? String(format: "%.4f", $0.psnr) : nil } ?? "",
                scores.map { String(format: "%.6f", $0.ssim) } ?? "",
            ]
        } + [String(format: "%.3f", milliseconds)]
    }

    /// RFC 4180.
    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
