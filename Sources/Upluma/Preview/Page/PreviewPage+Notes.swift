extension PreviewPage {
    /// Notes of the report, and the keys, folded away.
    func notes(_ report: PreviewReport) -> String {
        let keys = PreviewPage.keys.map { keys, meaning in
            "<dt>\(keys.map { "<kbd>\($0)</kbd>" }.joined(separator: " "))</dt><dd>\(meaning)</dd>"
        }
        var parts = [
            """
            <section id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title" class="unseen">Keys</h2>
            <details><summary>Keys and gestures</summary>
            <dl>
            \(keys.joined(separator: "\n"))
            </dl>
            <label class="check"><input type="checkbox" id="everywhere" checked> Keys work wherever the focus is, not only \
            beside the pictures</label>
            </details>
            </section>
            """
        ]
        if !report.notes.isEmpty {
            let items = report.notes.map { "<li>\(PageText.escaped($0))</li>" }.joined(separator: "\n")
            parts.append(
                """
                <section aria-labelledby="notes-title">
                <h2 id="notes-title" class="unseen">Notes</h2>
                <details><summary>Notes on the source (\(report.notes.count))</summary>
                <ul>
                \(items)
                </ul>
                </details>
                </section>
                """)
        }
        return parts.joined(separator: "\n")
    }

    /// What `PreviewPage+Keys.swift` and `PreviewPage+Gestures.swift` do.
    private static let keys: [(keys: [String], meaning: String)] = [
        (["←", "→"], "move the divider when it has the focus (with Shift in large steps), or the enlarged pictures"),
        (["Home", "End"], "move the divider to the left or right edge"),
        (["+", "−"], "zoom in, zoom out; the wheel and two fingers do it, too"),
        (["0", "F"], "100 %, or the whole picture; a double click changes between them"),
        (["1", "…", "9"], "choose the right picture, with Shift the left one"),
        (["X"], "swap left and right; held down, only as long as it is held"),
        (["P", "N"], "previous moment, next moment"),
    ]
}
