/// Why a walk leaves a file out.
package enum LeftOut: CaseIterable, Sendable {
    case noVideo, notIncluded, excluded, hidden, unfinished, ownResult, link, deadLink, special, twice, notText,
        unreadable

    /// What a number of such files are: "3 are excluded".
    package func phrase(_ count: Int) -> String {
        let one = count == 1
        let (is_, has) = one ? ("is", "has") : ("are", "have")
        return switch self {
        case .noVideo: "\(count) \(has) an ending that is no video's"
        case .notIncluded: "\(count) \(is_) not what --include names"
        case .excluded: "\(count) \(is_) what --exclude names"
        case .hidden: "\(count) \(is_) hidden"
        case .unfinished: one ? "1 is an unfinished result" : "\(count) are unfinished results"
        case .ownResult: "\(count) \(is_) made by this batch"
        case .link: one ? "1 is a link (--follow-links)" : "\(count) are links (--follow-links)"
        case .deadLink: one ? "1 is a link that leads nowhere" : "\(count) are links that lead nowhere"
        case .special: one ? "1 is a device or pipe" : "\(count) are devices or pipes"
        case .twice:
            one ? "1 is another name of a file that is taken" : "\(count) are other names of files that are taken"
        case .notText: one ? "1 has a name that is not UTF-8" : "\(count) have names that are not UTF-8"
        case .unreadable: "\(count) cannot be looked at"
        }
    }
}

/// What a walk has seen.
package struct WalkTally: Sendable, Equatable {
    /// Files that are taken.
    package internal(set) var taken = 0
    /// Their bytes.
    package internal(set) var bytes: Int64 = 0
    /// Files that are not, by the reason.
    package internal(set) var leftOut: [LeftOut: Int] = [:]
    /// Folders that were looked into.
    package internal(set) var folders = 0
    /// Folders that the system did not show; each was told.
    package internal(set) var unreadableFolders = 0
    /// Folders that hidden names, excluding patterns or a walk that is not recursive left out.
    package internal(set) var foldersLeftOut = 0

    package init() {}

    package var seen: Int { taken + leftOut.values.reduce(0, +) }

    mutating func leaveOut(_ reason: LeftOut) { leftOut[reason, default: 0] += 1 }

    /// Why files were left out, the most frequent reason first: "3 are excluded, 1 is hidden"; nil when none was.
    package var reasons: String? {
        let ordered = LeftOut.allCases.filter { leftOut[$0, default: 0] > 0 }
            .sorted { leftOut[$0, default: 0] > leftOut[$1, default: 0] }
        guard !ordered.isEmpty else { return nil }
        return ordered.map { $0.phrase(leftOut[$0, default: 0]) }.joined(separator: ", ")
    }

    /// The error of a walk that took nothing.
    package var emptyError: UplumaError {
        let folders = "\(self.folders) folder\(self.folders == 1 ? "" : "s")"
        let skipped = foldersLeftOut > 0 ? " (\(foldersLeftOut) more were left out)" : ""
        guard let reasons else {
            return UplumaError(.noInput, "There is no file in the \(folders) that were looked into\(skipped).")
        }
        return UplumaError(
            .noInput,
            "None of the \(seen) files in \(folders)\(skipped) is taken: \(reasons). Name files themselves, or others "
                + "with --include.")
    }
}
