// What stands before the list of files.
extension BatchPage {
    private func number(_ state: BatchFileState) -> Int { head.files[state.rawValue] ?? 0 }

    /// A figure: its name, its text, and something smaller below it.
    private typealias Figure = (name: String, text: String, small: String?)

    var totals: String {
        let total = head.files.values.reduce(0, +)
        var figures: [Figure] = [
            ("Files done", "\(BatchPageText.count(number(.done))) of \(BatchPageText.count(total))", nil)
        ]
        for state in [BatchFileState.quarantined, .missing, .skipped] where number(state) > 0 {
            figures.append((state.words.capitalizedFirst, BatchPageText.count(number(state)), nil))
        }
        let left = BatchFileState.allCases.filter { !$0.isFinal }.reduce(0) { $0 + number($1) }
        if left > 0 { figures.append(("Still to do", BatchPageText.count(left), nil)) }
        if number(.done) > 0 {
            figures.append(
                (
                    "Video, h:mm:ss", PreviewPageText.duration(sums.videoSeconds),
                    "\(BatchPageText.count(head.frames)) frames"
                ))
            figures.append(
                (
                    "Bytes, before and after",
                    "\(BatchPageText.bytes(head.sourceBytes)) → \(BatchPageText.bytes(head.outputBytes))",
                    BatchPageText.ratio(head.outputBytes, head.sourceBytes).map { "\($0) times as many" }
                ))
        }
        figures.append(("Time, h:mm:ss", PreviewPageText.duration(head.seconds), nil))
        if head.seconds > 0, head.frames > 0 {
            let times =
                sums.videoSeconds > 0
                ? "\(PageText.milliseconds(sums.videoSeconds / head.seconds)) seconds of video a second" : nil
            figures.append(
                ("Frames a second", PreviewPageText.speed(Double(head.frames) / head.seconds), times))
        }
        if sums.verified > 0 {
            figures.append(
                (
                    "Compared with the source", BatchPageText.files(sums.verified),
                    sums.lossy == 0 ? "nothing was lost" : "\(BatchPageText.files(sums.lossy)) lost something"
                ))
        }
        if sums.warned > 0 { figures.append(("With warnings", BatchPageText.files(sums.warned), nil)) }
        let items = figures.map { figure in
            let small = figure.small.map { " <small>\(PageText.escaped($0))</small>" } ?? ""
            let text = PageText.escaped(figure.text) + small
            return "<div><dt>\(PageText.escaped(figure.name))</dt><dd>\(text)</dd></div>"
        }
        return """
            <section aria-labelledby="totals-title">
            <h2 id="totals-title">In all</h2>
            <dl class="totals">
            \(items.joined(separator: "\n"))
            </dl>
            </section>
            """
    }

    /// Files that were put aside or are missing; empty where there are none.
    var troubleSection: String {
        let count = number(.quarantined) + number(.missing)
        guard !troubles.isEmpty else { return "" }
        let more =
            count > troubles.count
            ? "<p class=\"soft\">\(BatchPageText.files(count - troubles.count)) more: see \(PageText.escaped(data)).</p>"
            : ""
        let table = PageTable(
            title: "Files that were not made", first: "File", columns: ["What", "Why", "Attempts"], rows: troubles)
        return """
            <section class="troubles" aria-labelledby="troubles-title">
            <h2 id="troubles-title">What went wrong</h2>
            \(table.html)
            \(more)
            </section>
            """
    }

    /// Why files were left out; empty where none was.
    var leftOut: String {
        guard !reasons.isEmpty else { return "" }
        let items = reasons.sorted { $0.count > $1.count }.map {
            "<li>\(PageText.escaped($0.text)) <span class=\"soft\">\(BatchPageText.files($0.count))</span></li>"
        }
        return """
            <section aria-labelledby="skipped-title">
            <h2 id="skipped-title">Left out, as asked for</h2>
            <ul>
            \(items.joined(separator: "\n"))
            </ul>
            </section>
            """
    }

    /// Options and notes, folded away.
    var particulars: String {
        var parts: [String] = []
        if !head.notes.isEmpty {
            let items = head.notes.map { "<li>\(PageText.escaped($0))</li>" }.joined(separator: "\n")
            parts.append(
                "<details><summary>Notes (\(head.notes.count))</summary>\n<ul>\n\(items)\n</ul>\n</details>")
        }
        if !head.options.isEmpty {
            let items = head.options.map {
                "<dt>\(PageText.escaped($0.name))</dt><dd>\(PageText.escaped($0.value))</dd>"
            }
            parts.append(
                "<details><summary>Options</summary>\n<dl>\n\(items.joined(separator: "\n"))\n</dl>\n</details>")
        }
        guard !parts.isEmpty else { return "" }
        return """
            <section aria-labelledby="particulars-title">
            <h2 id="particulars-title" class="unseen">Options and notes</h2>
            \(parts.joined(separator: "\n"))
            </section>
            """
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
