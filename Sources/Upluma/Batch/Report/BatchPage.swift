import Foundation

/// What became of a batch as one HTML page that needs nothing else: no network, no other file.
///
/// It shows the first few thousand files, pictures of the first few hundred, and says so; a batch may have more than any
/// browser would like.
struct BatchPage {
    /// Files in the list.
    static let mostRows = 5000
    /// Files with pictures, three each: 25 to 65 kB, a third more in the page.
    static let mostPictured = 300
    /// Files in the list of what went wrong.
    static let mostTroubles = 500
    /// Different reasons to leave files out; the rest is counted together.
    static let mostReasons = 50

    let head: BatchReportHead
    let name: String
    /// Name of the JSON file beside the page.
    let data: String

    var sums = Sums()
    /// The list's items as they stand in the page.
    var rows: [String] = []
    var pictured = 0
    /// Put aside or missing.
    var troubles: [PageTable.Row] = []
    /// Why files were left out, in the order in which reasons came, with how many files.
    var reasons: [(text: String, count: Int)] = []
    private var reasonIndex: [String: Int] = [:]

    /// What is added up over all files.
    struct Sums {
        var files = 0
        var states: [BatchFileState: Int] = [:]
        /// Of files that are done.
        var videoSeconds = 0.0
        var workSeconds = 0.0
        var warned = 0
        /// With a picture that could have been shown.
        var withPictures = 0
        var verified = 0
        var lossy = 0
    }

    init(_ head: BatchReportHead, layout: BatchLayout) {
        self.head = head
        name = URL(fileURLWithPath: layout.root).lastPathComponent
        data = URL(fileURLWithPath: layout.reportJSON).lastPathComponent
    }

    mutating func add(_ file: BatchFileReport) {
        sums.files += 1
        sums.states[file.state, default: 0] += 1
        if file.state == .done {
            sums.videoSeconds += file.videoSeconds ?? 0
            sums.workSeconds += file.workSeconds ?? 0
        }
        if !file.warnings.isEmpty { sums.warned += 1 }
        if let verification = file.verification {
            sums.verified += 1
            if !verification.passed { sums.lossy += 1 }
        }
        if [.quarantined, .missing].contains(file.state), troubles.count < Self.mostTroubles {
            let attempts = file.attempts > 0 ? String(file.attempts) : "–"
            troubles.append(
                PageTable.Row(
                    name: file.source, mark: nil,
                    cells: [
                        .init(file.state.words), .init(file.reason ?? "–"), .init(attempts),
                    ]))
        }
        if file.state == .skipped { count(reason: file.reason ?? "No reason was kept.") }
        let hasPictures = [file.lookWhole, file.lookBefore, file.lookAfter].contains { $0 != nil }
        if hasPictures { sums.withPictures += 1 }
        guard rows.count < Self.mostRows else { return }
        let pictures = hasPictures && pictured < Self.mostPictured ? self.pictures(file) : ""
        if !pictures.isEmpty { pictured += 1 }
        rows.append(row(file, pictures: pictures))
    }

    private mutating func count(reason: String) {
        let text = reasonIndex[reason] != nil || reasons.count < Self.mostReasons ? reason : "Other reasons."
        if let index = reasonIndex[text] {
            reasons[index].count += 1
        } else {
            reasonIndex[text] = reasons.count
            reasons.append((text, 1))
        }
    }

    /// The page.
    func html() -> String {
        let title = PageText.escaped(name)
        let times = "\(BatchPageText.moment(head.started)) to \(BatchPageText.moment(head.ended))"
        let parts = [
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(BatchPage.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title): batch report</title>
            <style>
            \(PreviewPage.style)
            \(BatchPage.style)
            </style>
            <script>document.documentElement.className = 'scripted';</script>
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            <p class="lead">Batch report, \(times).</p>
            </header>
            <main>
            """, totals, troubleSection, leftOut, files, particulars,
            """
            </main>
            <footer>Made by upluma \(PageText.escaped(head.version)). This page needs no network and no other file; \
            <a href="\(PageText.escaped(data))">\(PageText.escaped(data))</a> beside it has every file.</footer>
            <script>
            \(BatchPage.script)
            </script>
            </body>
            </html>

            """,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Nothing is loaded from anywhere; pictures are in the page.
    private static let policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
        + "form-action 'none'"
}
