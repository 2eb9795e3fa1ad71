import Foundation
import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaQuality
import UplumaResampling

/// Measures how near models come to originals: pictures and frames of clips are reduced, enlarged again and compared,
/// plane by plane.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class Evaluation: Sendable {
    private let options: EvaluationOptions
    private let isCancelled = Mutex(false)

    public init(_ options: EvaluationOptions) {
        self.options = options
    }

    /// Stops after the picture in hand; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.withLock { $0 = true } }

    /// Does the work, and writes the page when one is asked for.
    ///
    /// - Parameter report: receives notes and progress, on the calling thread and the decoder's.
    /// - Throws: `UplumaError`, whatever went wrong; no page is left behind then.
    public func run(_ report: @escaping @Sendable (JobEvent) -> Void) throws -> EvaluationReport {
        do {
            let run = try EvaluationRun(options, report: report) { [self] in isCancelled.withLock { $0 } }
            let output = try options.page.map { try page($0, besides: run.files) }
            let result: EvaluationReport
            do {
                output?.notes.forEach { report(.note($0)) }
                result = try run.measure()
                if let output { try output.write(Array(EvaluationPage(result, exhibits: run.exhibits).html().utf8)) }
            } catch {
                output?.discard(isBegun: true)
                // What was being read when the signal came may have failed in words of its own.
                throw isCancelled.withLock { $0 } ? UplumaError(.interrupted, "Interrupted.") : error
            }
            try output?.commit()
            return result
        } catch {
            throw UplumaError(any: error)
        }
    }

    /// The page's file, which must be none of those that are measured.
    private func page(_ path: String, besides files: [String]) throws -> OutputFile {
        if let existing = FileStatus(path: path),
            files.contains(where: { FileStatus(path: $0)?.isSameFile(as: existing) == true })
        {
            throw UplumaError(
                .usage, "The page \"\(path)\" is one of the files to be scored. Choose another name with --report.")
        }
        return try OutputFile(path: path, input: "", overwrite: options.overwrite, option: "--report")
    }
}
