import Foundation
import UplumaMedia
import UplumaQuality

/// The results of an evaluation as one HTML page that needs nothing else: no network, no other file.
struct EvaluationPage {
    let report: EvaluationReport
    let exhibits: [Exhibit]

    init(_ report: EvaluationReport, exhibits: [Exhibit]) {
        self.report = report
        self.exhibits = exhibits
    }

    /// - Throws: `MediaError` when pictures cannot be encoded.
    func html() throws -> String {
        let title =
            "Upscaling ×\(report.scale): quality of \(report.models.count) model\(report.models.count == 1 ? "" : "s")"
        let sections = report.sets.map { section($0) }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>
            \(EvaluationPage.style)
            </style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            <p class="lead">\(PageText.escaped(conditions))</p>
            \(sections.joined(separator: "\n"))
            \(try gallery())
            <footer>Made by upluma \(UplumaVersion.current).</footer>
            </main>
            </body>
            </html>

            """
    }

    /// How the figures came about, in sentences.
    private var conditions: String {
        let small = report.roundsSmall ? "rounded to the depth of the source" : "kept in floating point"
        let edge =
            report.border == 0 ? "whole pictures are compared" : "\(report.border) pixels on each side are left out"
        var text =
            "Protocol \(report.evaluationProtocol.rawValue): originals are reduced by \(report.scale) with "
            + "\(report.downscale), \(small), enlarged by each model and compared with the original; \(edge). "
            + "Pictures are scored in luma (BT.601)"
        text += report.grayAsStored ? ", grey ones as they are stored. " : ". "
        if !report.roundsResult { text += "Results are neither rounded nor limited. " }
        if report.sets.contains(where: { $0.kind == .clip }) {
            text += "Of clips every \(report.every)th frame is taken, each plane scored by itself. "
        }
        return text + "Times are those of enlarging luma, on \(report.threads) thread\(report.threads == 1 ? "" : "s")."
    }

    // MARK: Sets

    private func section(_ set: EvaluatedSet) -> String {
        let rows = set.models.map { (name: $0.name, means: set.means(of: $0)) }
        let scored = rows.compactMap { row in row.means.y.map { (row.name, $0.psnr, row.means.medianMilliseconds) } }
        let bars = BarPlot(axis: "PSNR-Y in dB", bars: scored.map { BarPlot.Bar(label: $0.0, value: $0.1) })
        let scatter = ScatterPlot(
            timeAxis: "median time of a picture in ms", qualityAxis: "PSNR-Y in dB",
            points: scored.map { ScatterPlot.Point(label: $0.0, time: $0.2, quality: $0.1) })
        let unit = set.kind == .clip ? "frame" : "picture"
        return """
            <section>
            <h2>\(PageText.escaped(set.name)) <small>\(set.count) \(unit)\(set.count == 1 ? "" : "s")</small></h2>
            \(summary(rows))
            \(leftOut(set))
            <div class="plots"><figure>\(bars.svg)</figure><figure>\(scatter.svg)</figure></div>
            \(details(set, unit: unit))
            </section>
            """
    }

    private func summary(_ rows: [(name: String, means: MeanScores)]) -> String {
        let planes: [(name: String, scores: (MeanScores) -> PlaneScores?)] = [
            ("Y", { $0.y }), ("U", { $0.u }), ("V", { $0.v }),
        ].filter { plane in rows.contains { plane.scores($0.means) != nil } || plane.name == "Y" }
        let best = rows.compactMap { $0.means.y?.psnr }.max()
        let head = planes.map { "<th>PSNR-\($0.name), dB</th><th>SSIM-\($0.name)</th>" }.joined()
        let body = rows.map { row in
            let cells = planes.map { plane in
                let scores = plane.scores(row.means)
                return "<td>\(PageText.decibels(scores?.psnr))</td><td>\(PageText.similarity(scores?.ssim))</td>"
            }.joined()
            let isBest = row.means.y?.psnr == best && best != nil
            return "<tr\(isBest ? " class=\"best\"" : "")><th scope=\"row\">\(PageText.escaped(row.name))</th>\(cells)"
                + "<td>\(PageText.milliseconds(row.means.medianMilliseconds))</td></tr>"
        }
        return """
            <div class="wide"><table><thead><tr><th>model</th>\(head)<th>ms</th></tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func leftOut(_ set: EvaluatedSet) -> String {
        let names = set.leftOut
        guard !names.isEmpty else { return "" }
        return
            "<p>Restored exactly by a model and left out of the means: \(PageText.escaped(names.joined(separator: ", "))).</p>"
    }

    /// Every image, folded away.
    private func details(_ set: EvaluatedSet, unit: String) -> String {
        let head = set.models.map { "<th>\(PageText.escaped($0.name))</th>" }.joined()
        let body = (0..<set.count).map { index in
            let cells = set.models.map { model in
                let scores = model.images[index].y
                return "<td>\(PageText.decibels(scores?.psnr)) <small>\(PageText.similarity(scores?.ssim))</small></td>"
            }.joined()
            return "<tr><th scope=\"row\">\(PageText.escaped(set.models[0].images[index].name))</th>\(cells)</tr>"
        }
        return """
            <details><summary>Each \(unit): PSNR-Y in dB, SSIM-Y</summary>
            <div class="wide"><table><thead><tr><th>\(unit)</th>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div></details>
            """
    }
}
