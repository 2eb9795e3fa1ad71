extension PreviewPage {
    /// A figure of a picture: what its column is called, and how it is worded.
    private struct Figure: Sendable {
        let name: String
        let text: @Sendable (Picture) -> String?
    }

    private static let figureColumns = [
        Figure(name: "Time of a frame, ms") { $0.milliseconds.map(PageText.milliseconds) },
        Figure(name: "Self-consistency, dB") { $0.quality.selfConsistencyPsnrY.map(PageText.decibels) },
        Figure(name: "PSNR-Y to reference, dB") { $0.quality.psnrY.map(PageText.decibels) },
        Figure(name: "SSIM-Y to reference") { $0.quality.ssimY.map(PageText.similarity) },
        Figure(name: "Kept by the encoder, dB") { $0.quality.encodedPsnrY.map(PageText.decibels) },
    ]

    /// What is known of each picture, a table a moment; all but the first are hidden until they are shown.
    var figures: String {
        let all = moments.flatMap(\.pictures)
        let columns = PreviewPage.figureColumns.filter { figure in all.contains { figure.text($0) != nil } }
        guard !columns.isEmpty else { return "" }
        let tables = moments.enumerated().map { index, moment in
            let rows = moment.pictures.map { picture in
                PageTable.Row(
                    name: picture.version.label, mark: versions.firstIndex(of: picture.version),
                    cells: columns.map { PageTable.Cell($0.text(picture) ?? "–") })
            }
            let table = PageTable(
                title: "Figures of the pictures at \(PreviewPageText.clock(moment.seconds))", first: "Picture",
                columns: columns.map(\.name), rows: rows)
            return """
                <div class="figures" id="figures-\(index)"\(index == 0 ? "" : " hidden")>
                <p class="soft">At \(PreviewPageText.place(moment)).</p>
                \(table.html)
                </div>
                """
        }
        return """
            <section aria-labelledby="figures-title">
            <h2 id="figures-title">This frame</h2>
            \(tables.joined(separator: "\n"))
            \(explanations(all))
            </section>
            """
    }

    /// What the figures say and what they do not say; only of those that are there.
    private func explanations(_ pictures: [Picture]) -> String {
        var sentences: [String] = []
        let has = { (figure: KeyPath<PreviewReport.Quality, Double?>) in
            pictures.contains { $0.quality[keyPath: figure] != nil }
        }
        if has(\.selfConsistencyPsnrY) {
            sentences.append(
                "Self-consistency: the picture is reduced to the source's size again and compared with the source. A low "
                    + "figure says that something was changed or made up; a high one does not say that detail was "
                    + "won, plain enlarging has one, too.")
        }
        if has(\.psnrY) || has(\.ssimY) {
            sentences.append(
                "To reference: how near the picture is to the one it was compared with; higher is nearer.")
        }
        if has(\.encodedPsnrY) {
            sentences.append("Kept by the encoder: the picture after encoding beside the same before; higher is more.")
        }
        return sentences.map { "<p class=\"soft\">\($0)</p>" }.joined(separator: "\n")
    }
}
