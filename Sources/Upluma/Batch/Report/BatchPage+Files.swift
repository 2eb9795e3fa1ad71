import Foundation

// The list of files.
extension BatchPage {
    /// Bytes of a picture that the page takes; what is larger is none of ours.
    private static let mostPictureBytes = 200_000

    var files: String {
        guard !rows.isEmpty else { return "" }
        var remarks: [String] = []
        if sums.files > rows.count {
            remarks.append(
                "The first \(BatchPageText.count(rows.count)) of \(BatchPageText.files(sums.files)) are listed; "
                    + "\(data) has all.")
        }
        if sums.withPictures > pictured {
            remarks.append(
                pictured > 0
                    ? "Pictures are shown of the first \(BatchPageText.files(pictured)) that have some."
                    : "The pictures cannot be read.")
        }
        if pictured > 0 {
            remarks.append(
                "Pictures: a whole frame of the result, then the part of it with the most detail, pixel by pixel: as the "
                    + "source has it, enlarged by Lanczos, and as it was made.")
        }
        let options = BatchFileState.allCases.filter { sums.states[$0, default: 0] > 0 }.map {
            "<option value=\"\($0.rawValue)\">\($0.words) (\(BatchPageText.count(sums.states[$0, default: 0])))</option>"
        }
        return """
            <section aria-labelledby="files-title">
            <h2 id="files-title">Files</h2>
            \(remarks.isEmpty ? "" : "<p class=\"soft\">\(PageText.escaped(remarks.joined(separator: " ")))</p>")
            <div class="filters">
            <label>Search <input type="search" id="search" autocomplete="off"></label>
            <label>Show <select id="state"><option value="">all</option>\(options.joined())\
            <option value="!">with warnings or losses</option></select></label>
            <label>Order <select id="order"><option value="">as listed</option><option value="name">by name</option>\
            <option value="size">largest result first</option><option value="work">longest work first</option>\
            </select></label>
            <span id="shown" role="status"></span>
            </div>
            <ol id="files">
            \(rows.joined(separator: "\n"))
            </ol>
            </section>
            """
    }

    /// One file of the list.
    func row(_ file: BatchFileReport, pictures: String) -> String {
        let isLossy = file.verification.map { !$0.passed } ?? false
        let flags = file.warnings.isEmpty && !isLossy ? "" : " data-warned"
        let reason = file.reason.map { "\n<p class=\"reason\">\(PageText.escaped($0))</p>" } ?? ""
        return """
            <li class="\(file.state.rawValue)" data-state="\(file.state.rawValue)" data-size="\(file.outputBytes ?? 0)" \
            data-work="\(Int(file.workSeconds ?? 0))"\(flags)>
            <h3><span class="name">\(PageText.escaped(file.state == .done ? file.output : file.source))</span> \
            <span class="state">\(file.state.words)</span></h3>\(reason)
            \(pictures)\(facts(file))\(remarks(file))
            </li>
            """
    }

    // MARK: Pictures

    /// Empty where none can be read.
    func pictures(_ file: BatchFileReport) -> String {
        let looks = [
            (file.lookWhole, "whole", "The result"), (file.lookBefore, "part", "Before"),
            (file.lookAfter, "part", "After"),
        ]
        let figures = looks.compactMap { path, kind, caption -> String? in
            guard let path, let bytes = jpeg(path) else { return nil }
            return """
                <figure class="\(kind)"><img alt="\(caption)" src="data:image/jpeg;base64,\(PreviewPage.base64(bytes))">\
                <figcaption>\(caption)</figcaption></figure>
                """
        }
        return figures.isEmpty ? "" : "<div class=\"looks\">\(figures.joined())</div>\n"
    }

    /// The bytes of a file that begins as a JPEG file does and is no larger than a small one.
    private func jpeg(_ path: String) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: Self.mostPictureBytes + 1), data.count <= Self.mostPictureBytes,
            data.starts(with: [0xFF, 0xD8, 0xFF])
        else { return nil }
        return Array(data)
    }

    // MARK: Facts

    private func facts(_ file: BatchFileReport) -> String {
        var facts: [(name: String, text: String)] = []
        if let picture = picture(file) { facts.append(("Picture", picture)) }
        if let video = video(file) { facts.append(("Video", video)) }
        if let after = file.outputBytes {
            let times = BatchPageText.ratio(after, file.sourceBytes).map { " (\($0) times)" } ?? ""
            facts.append(
                ("Bytes", "\(BatchPageText.bytes(file.sourceBytes)) → \(BatchPageText.bytes(after))\(times)"))
        } else if file.sourceBytes > 0 {
            facts.append(("Bytes", BatchPageText.bytes(file.sourceBytes)))
        }
        if let work = file.workSeconds, work > 0 {
            let speed = file.frames.map { ", \(PreviewPageText.speed(Double($0) / work)) frames a second" } ?? ""
            facts.append(("Work", PreviewPageText.duration(work) + speed))
        }
        if let verification = file.verification { facts.append(("Compared", verification.summary)) }
        guard !facts.isEmpty else { return "" }
        let items = facts.map { "<div><dt>\($0.name)</dt><dd>\(PageText.escaped($0.text))</dd></div>" }
        return "<dl class=\"facts\">\(items.joined())</dl>"
    }

    private func picture(_ file: BatchFileReport) -> String? {
        guard let width = file.width, let height = file.height else { return nil }
        var text = BatchPageText.size(width, height)
        if let width = file.resultWidth, let height = file.resultHeight {
            text += " → " + BatchPageText.size(width, height)
        }
        return text
    }

    private func video(_ file: BatchFileReport) -> String? {
        var parts: [String] = []
        if let codec = file.codec { parts.append(codec) }
        if let seconds = file.videoSeconds { parts.append(PreviewPageText.duration(seconds)) }
        if let frames = file.frames { parts.append("\(BatchPageText.count(frames)) frames") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// What is long, folded away: warnings, what was not kept, assumptions, names and hash.
    private func remarks(_ file: BatchFileReport) -> String {
        let changes = file.verification?.items.filter { $0.status != .kept } ?? []
        var words: [String] = []
        func counted(_ count: Int, _ word: String) {
            if count > 0 { words.append("\(count) \(word)\(count == 1 ? "" : "s")") }
        }
        counted(file.warnings.count, "warning")
        counted(file.assumptions.count, "assumption")
        if file.state == .done { words.append("hash") }
        guard !words.isEmpty || !changes.isEmpty else { return "" }
        var items = file.warnings.map { ("Warning", $0) }
        items += changes.map { ($0.status.rawValue.capitalized, $0.message) }
        items += file.assumptions.map { ("Assumed", $0) }
        if file.state == .done { items.append(("Source", file.source)) }
        if let finished = file.finished { items.append(("Finished", BatchPageText.moment(finished))) }
        if file.attempts > 0 { items.append(("Failures on the way", String(file.attempts))) }
        if let hash = file.sha256 { items.append(("SHA-256", hash)) }
        let list = items.map { "<dt>\($0.0)</dt><dd>\(PageText.escaped($0.1))</dd>" }
        return """

            <details><summary>\(words.isEmpty ? "changes" : words.joined(separator: ", "))</summary>\
            <dl class="remarks">\(list.joined())</dl></details>
            """
    }
}
