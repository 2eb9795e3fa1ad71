import Foundation

/// What a run leaves for people: reports of everything so far, and the bag of an archive.
enum BatchReporting {
    /// Writes them, and tells what they say in short.
    ///
    /// - Throws: `UplumaError`.
    static func summary(_ layout: BatchLayout, _ ledger: BatchLedger) throws -> BatchSummary {
        let head = try write(layout, ledger)
        let (troubles, count) = try troubles(layout, ledger)
        return BatchSummary(
            head: head, troubles: troubles, troubleCount: count, reportJSON: layout.reportJSON,
            reportPage: layout.reportPage)
    }

    /// Files that were put aside or are missing: the first, and how many there are.
    static func troubles(
        _ layout: BatchLayout, _ ledger: BatchLedger
    ) throws -> (first: [BatchFileReport], count: Int) {
        let totals = try ledger.totals()
        var first: [BatchFileReport] = []
        var count = 0
        for state in [BatchFileState.quarantined, .missing] {
            count += totals.files[state] ?? 0
            do {
                try ledger.forEachReport(state: state, layout: layout) { file in
                    guard first.count < BatchSummary.mostTroubles else { throw CancellationError() }
                    first.append(file)
                }
            } catch is CancellationError {
                // Enough of them.
            }
        }
        return (first, count)
    }

    /// - Returns: the report's head.
    /// - Throws: `UplumaError`.
    @discardableResult static func write(_ layout: BatchLayout, _ ledger: BatchLedger) throws -> BatchReportHead {
        // Runs that end together write one after the other, each with what is known then.
        let lock = try lock(layout)
        defer { withExtendedLifetime(lock) {} }
        let head = try head(ledger)
        let writer = try BatchReportWriter(head, layout: layout)
        try ledger.forEachReport(layout: layout) { try writer.add($0) }
        try writer.finish()
        if layout.isArchive { try writeBag(layout, ledger) }
        return head
    }

    /// Waits for others that write reports.
    private static func lock(_ layout: BatchLayout) throws -> WorkerLock {
        for _ in 0..<patience {
            do {
                return try WorkerLock(path: layout.workerLock("report"))
            } catch let error as UplumaError where error.kind == .tryAgain {
                continue
            }
        }
        return try WorkerLock(path: layout.workerLock("report"))
    }

    /// Attempts of a second each.
    private static let patience = 120

    private static func head(_ ledger: BatchLedger) throws -> BatchReportHead {
        let runs = try ledger.runs()
        let now = Date()
        let started = try ledger.setting(.started, as: Date.self) ?? runs.first?.start ?? now
        var head = BatchReportHead(version: UplumaVersion.current, started: started, ended: runs.last?.end ?? now)
        let totals = try ledger.totals()
        head.seconds = try ledger.secondsOfRuns()
        head.files = Dictionary(
            uniqueKeysWithValues: totals.files.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) })
        (head.frames, head.sourceBytes, head.outputBytes) = (totals.frames, totals.doneSourceBytes, totals.outputBytes)
        if let job = try ledger.setting(.options, as: UpscaleOptions.self) { head.options = job.words }
        return head
    }

    private static func writeBag(_ layout: BatchLayout, _ ledger: BatchLedger) throws {
        var hashes: [String: String] = [:]
        try ledger.forEachFile(state: .done) { file in
            hashes[file.output] = file.result?.hash
        }
        let scale = try ledger.setting(.options, as: UpscaleOptions.self)?.scale ?? 1
        try Bag(layout).write(
            description:
                "Video enlarged \(scale) times by Upluma \(UplumaVersion.current), as FFV1 in Matroska. Derived: the "
                + "enlargement cannot be undone, and is no replacement for the sources.",
            knownHash: { hashes[$0] })
    }

    /// What is still to be written.
    static func need(_ ledger: BatchLedger, jobs: Int) throws -> DiskNeed {
        let job = try ledger.setting(.options, as: UpscaleOptions.self) ?? UpscaleOptions(input: "", output: "")
        var expected = ExpectedBytes(job.encoder, scale: job.scale)
        // Enough to know what these films cost.
        var learnt = 0
        do {
            try ledger.forEachFile(state: .done) { file in
                expected.learn(from: file)
                learnt += 1
                if learnt >= 1000 { throw CancellationError() }
            }
        } catch is CancellationError {
            // Enough of them.
        }
        var need = DiskNeed(jobs: jobs)
        for state in BatchFileState.allCases where !state.isFinal {
            try ledger.forEachFile(state: state) { need.add(expected.bytes(of: $0)) }
        }
        return need
    }
}

extension UpscaleOptions {
    /// Option and value, in the words of the command line.
    var words: [BatchReportHead.Option] {
        var words = [
            ("scale", "\(scale)"), ("model", model), ("chroma", chromaFilter), ("backend", backend),
            ("precision", precision), ("encoder", encoder.name),
        ]
        if let downscaler { words.append(("downscale", downscaler)) }
        if let crf = encoder.crf { words.append(("crf", "\(crf)")) }
        if let preset = encoder.preset { words.append(("encoder-preset", preset)) }
        for (key, value) in encoder.options.sorted(by: { $0.key < $1.key }) {
            words.append(("encoder-option", "\(key)=\(value)"))
        }
        words.append(("pixel-format", pixelFormat ?? "same"))
        words.append(("deinterlace", deinterlacing.rawValue))
        words.append(("on-incompatible", incompatibleStreams.rawValue))
        words.append(("verify", verifies ? "yes" : "no"))
        return words.map { BatchReportHead.Option(name: $0.0, value: $0.1) }
    }
}
