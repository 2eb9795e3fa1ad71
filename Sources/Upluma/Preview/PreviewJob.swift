import Foundation
import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaNetworks

/// Makes single frames of a job, as the whole job would make them, and shows them: what `upluma preview` runs.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class PreviewJob: Sendable {
    private let options: PreviewOptions
    private let isCancelled = Atomic(false)

    public init(_ options: PreviewOptions) { self.options = options }

    /// Stops as soon as the frame in hand allows; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Makes the preview.
    ///
    /// - Parameters:
    ///   - report: receives notes and progress, one call at a time.
    ///   - standardOutput: receives the bytes of the picture when the output is `-`.
    /// - Throws: `UplumaError`, whatever went wrong.
    public func run(
        _ report: @escaping @Sendable (JobEvent) -> Void, standardOutput: ([UInt8]) throws -> Void = { _ in }
    ) throws -> PreviewReport {
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        do {
            try options.check()
            let work = try PreviewWork(options, report: report, isCancelled: isCancelled)
            return try work.run(standardOutput: standardOutput)
        } catch {
            throw UplumaError(any: error)
        }
    }
}

extension PreviewOptions {
    enum Medium {
        case sheet, page, terminal
    }

    /// What the output is, by its name.
    var medium: Medium {
        get throws {
            if output == OutputFile.standardStream { return .terminal }
            switch (output as NSString).pathExtension.lowercased() {
            case "png": return .sheet
            case "html", "htm": return .page
            default:
                throw UplumaError(
                    .usage,
                    "\"\(output)\" is neither a picture nor a page. End the name given with -o in .png or .html.")
            }
        }
    }

    /// What can be told before anything is opened.
    ///
    /// - Throws: `UplumaError` of kind `usage`.
    fileprivate func check() throws {
        let medium = try medium
        guard !models.isEmpty else { throw UplumaError(.usage, "No model is named. Give one with --model.") }
        if let depth, depth != 8, depth != 16 {
            throw UplumaError(.usage, "PNG files have samples of 8 or 16 bits, not \(depth).")
        }
        if medium == .page, views != nil {
            throw UplumaError(.usage, "A page shows everything: views are for pictures. Leave out --view.")
        }
        if medium == .terminal, screen == nil {
            throw UplumaError(.usage, "Standard output shows no pictures. Name a file with -o.")
        }
        guard let views, views.contains(.single) else { return }
        guard views.count == 1 else {
            throw UplumaError(.usage, "The view single is the picture alone. Give it without other views.")
        }
        guard models.count == 1, moments.isOne else {
            throw UplumaError(.usage, "The view single shows one model at one time. Give one of each.")
        }
    }
}

extension PreviewMoments {
    /// Whether it is a single frame.
    fileprivate var isOne: Bool {
        switch self {
        case .times(let times): times.count == 1
        case .frames(let numbers): numbers.count == 1
        case .scenes(let count): count == 1
        case .every: false
        }
    }
}
