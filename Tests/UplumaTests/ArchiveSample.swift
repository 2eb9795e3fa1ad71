import Foundation
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// A small archive: sources made by FFmpeg, their results by jobs with the settings of an archive, and what is made beside
/// them.
struct ArchiveSample {
    let folder: TemporaryDirectory
    let layout: BatchLayout

    init() throws {
        folder = try TemporaryDirectory()
        layout = BatchLayout(root: folder.file("out"), isArchive: true)
        try FileManager.default.createDirectory(atPath: layout.state, withIntermediateDirectories: true)
    }

    /// Adds `name`.avi to the sources, and its result.
    ///
    /// - Parameter rename: whether the result gets its name, as the last step.
    @discardableResult
    func add(_ name: String, size: String = "48x32", isNamed: Bool = true) throws -> ArchiveWork {
        let source = folder.file("sources/\(name).avi")
        try makeFolder(of: source)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=0.4", "-c:v", "mpeg4", "-q:v", "3", "file:" + source])
        let work = try work(on: source, output: name + ".mkv")
        _ = try work.finish()
        if isNamed { try FileManager.default.moveItem(atPath: work.joined, toPath: layout.result(of: work.file)) }
        return work
    }

    /// The work on a source whose result a job has made, under its partial name.
    func work(on source: String, output: String, change: (inout UpscaleOptions) -> Void = { _ in }) throws
        -> ArchiveWork
    {
        guard let stamp = FileStamp(source) else { throw FFmpegTool.Failure(description: "no \(source)") }
        var file = BatchFile(
            id: 1, source: source, output: output, sourceBytes: stamp.bytes, sourceChanged: stamp.changed,
            state: .ready,
            fingerprint: "")
        let result = layout.result(of: file)
        try makeFolder(of: result)
        var options = UpscaleOptions(input: source, output: folder.file("joined.mkv"))
        options.model = "lanczos3"
        options.overwrite = true
        options.verifies = true
        change(&options)
        try ArchiveSettings.apply(to: &options)
        let summary = try UpscaleJob(options).run { _ in }
        let joined = OutputFile.partialPath(for: result)
        try? FileManager.default.removeItem(atPath: joined)
        try FileManager.default.moveItem(atPath: options.output, toPath: joined)
        file.survey = BatchSurvey(
            codec: "mpeg4", width: 48, height: 32, targetWidth: 96, targetHeight: 64, seconds: 0.4, frames: 10,
            memoryBytes: 0, isSequential: false, execution: ["lanczos3 in f32"], assumptions: ["Nothing is known."])
        return ArchiveWork(
            file: file, options: options, layout: layout, joined: joined,
            outcome: BatchOutcome(
                frames: summary.frames, outputBytes: summary.outputBytes, hash: try ContentHash.ofFile(joined),
                seconds: 1, warnings: ["A remark."],
                verification: VerificationReport(source: source, result: joined, items: [])),
            model: try ArchiveRecord.Maker(model: "lanczos3"))
    }

    func makeFolder(of path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    }

    @discardableResult
    func writeBag(_ known: (String) -> String? = { _ in nil }) throws -> Bag.Summary {
        try Bag(layout).write(description: "Two films of a test", knownHash: known)
    }

    func path(_ name: String) -> String { layout.root + "/" + name }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Every file of the archive, from its folder, but the ledger's.
    var files: [String] {
        get throws {
            try FileManager.default.subpathsOfDirectory(atPath: layout.root).filter {
                !$0.hasPrefix(BatchLayout.stateFolder) && FileStamp(path($0))?.isRegular == true
            }.sorted()
        }
    }

    /// Changes one bit of a file and leaves its time as it was, as a failing disk does.
    func flip(_ name: String, at share: Double = 0.5) throws {
        let url = URL(fileURLWithPath: path(name))
        let date = try FileManager.default.attributesOfItem(atPath: url.path)[.modificationDate]
        var bytes = try Data(contentsOf: url)
        bytes[Int(Double(bytes.count) * share)] ^= 0x10
        try bytes.write(to: url)
        if let date { try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: url.path) }
    }

    func audit(_ change: (inout BatchAuditOptions) -> Void = { _ in }) throws -> BatchAuditReport {
        var options = BatchAuditOptions(folder: layout.root)
        change(&options)
        return try BatchAudit(options).run { _ in }
    }
}
