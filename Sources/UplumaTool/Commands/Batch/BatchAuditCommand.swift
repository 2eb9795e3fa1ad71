import ArgumentParser
import Foundation
import Upluma

/// `upluma batch audit`: whether everything is as it was.
struct BatchAuditCommand: ParsableCommand {
    private static let defaults = BatchAuditOptions(folder: "")

    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check a finished batch again, months or years later.",
        discussion: """
            Every result is read and its bytes are hashed. In an archive the bag is checked too, every frame is decoded \
            with the CRCs of its slices, and held against the checksums that were taken when it was made. Anything that is \
            missing, altered or damaged is named, and makes the exit code 65.

            Example: upluma batch audit ~/tapes-archive
            """)

    @OptionGroup var folder: BatchFolderArgument

    @Flag(inversion: .prefixedNo, help: "Decode the results of an archive; without it, bytes are hashed only.")
    var decode = defaults.decodes

    @Flag(help: "Check sources that are still where they were, too.")
    var sources = defaults.checksSources

    @OptionGroup var processor: ThreadOption

    @Flag(help: "Print JSON: one object.")
    var json = false

    func run() throws {
        var options = BatchAuditOptions(folder: folder.folder)
        (options.decodes, options.checksSources, options.threads) = (decode, sources, processor.threads)
        let audit = BatchAudit(options)
        // A bag stands for itself, without a ledger.
        let batch = try? BatchFolder(folder.folder)
        let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { audit.cancel() }
        let isJSON = json
        let report = try withExtendedLifetime(interrupts) {
            try audit.run(results: batch.map { batch in { each in try batch.results(each) } }) { event in
                if case .item(let item) = event, item.verdict.isFailure, !isJSON {
                    Console.standardOutput.write(item.line + "\n")
                }
            }
        }
        Console.standardOutput.write(try json ? report.json() : report.summary + "\n")
        if !report.passed { throw ExitCode(FailureKind.badInput.exitStatus) }
    }
}
