/// The files of one result in an archive: the one place that knows their names.
///
///     FILE.mkv                  the result
///     FILE.mkv.json             what is to be said of it: `ArchiveRecord`
///     FILE.source.framemd5      checksums of the source's frames
///     FILE.result.framemd5      those of its own
package struct ArchiveNames: Sendable, Equatable {
    /// As it was given: absolute or relative.
    package let result: String

    package init(result: String) { self.result = result }

    package var record: String { result + Self.recordEnding }
    package var sourceChecksums: String { stem + ".source.framemd5" }
    package var resultChecksums: String { stem + ".result.framemd5" }
    /// All but the result.
    package var beside: [String] { [sourceChecksums, resultChecksums, record] }

    static let recordEnding = ".json"
    private static let resultEnding = "." + ArchiveSettings.container

    /// Whether a path is that of a result.
    static func isResult(_ path: String) -> Bool { path.hasSuffix(resultEnding) }

    private var stem: String {
        Self.isResult(result) ? String(result.dropLast(Self.resultEnding.count)) : result
    }

    /// The last part of a path.
    static func base(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
