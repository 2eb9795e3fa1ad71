import Foundation
import Upluma

/// What a preview found, as standard output has it.
enum PreviewScreen {
    static func json(_ report: PreviewReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    static func lines(_ report: PreviewReport) -> String {
        var lines: [String] = []
        let count = report.moments.count
        let what = count == 1 ? "a frame" : "\(count) frames"
        let result = "\(report.width)×\(report.height) \(report.format)"
        lines.append(report.output == "-" ? "\(what), \(result)" : "\(report.output): \(what), \(result)")
        for moment in report.moments { lines += self.lines(moment) }
        for job in report.jobs {
            guard let estimate = job.estimate else { continue }
            lines.append("the whole job with \(job.model) and \(job.encoder):")
            lines += PlanText.expected(estimate).map { "  \($0)" }
            if let peak = job.peakBytes { lines.append("  up to \(ProgressText.bytes(Int64(peak))) of memory") }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(_ moment: PreviewReport.Moment) -> [String] {
        let width = moment.pictures.map(\.label.count).max() ?? 0
        let number = moment.frame.map { ", frame \($0)" } ?? ""
        return ["at \(PreviewText.clock(moment.seconds))\(number):"]
            + moment.pictures.map { picture in
                let label = picture.label.padding(toLength: width, withPad: " ", startingAt: 0)
                return "  \(([label] + figures(picture)).joined(separator: "  "))"
            }
    }

    private static func figures(_ picture: PreviewReport.Picture) -> [String] {
        let quality = picture.quality
        var figures = [picture.milliseconds.map { String(format: "%7.1f ms", $0) }].compactMap { $0 }
        func add(_ value: Double?, _ words: String) {
            guard let value else { return }
            figures.append(value.isFinite ? String(format: "%.2f dB %@", value, words) : "exactly \(words)")
        }
        add(quality.selfConsistencyPsnrY, "to its source")
        add(quality.psnrY, "to the reference")
        if let ssim = quality.ssimY { figures.append(String(format: "SSIM %.4f", ssim)) }
        add(quality.encodedPsnrY, "to itself before encoding")
        return figures
    }
}
