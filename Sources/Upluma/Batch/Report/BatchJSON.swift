import Foundation

/// How a batch writes JSON, in reports, in `batch status --json` and in lines of `--progress json`: keys in snake_case,
/// sorted; times in UTC (ISO 8601); one line a value.
///
/// Keys are those of the values' properties, stable: added to, never renamed.
package enum BatchJSON {
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// A file as reports and lines have it: the keys of `BatchFileReport`, but that of a comparison only what is not simply
/// kept is told item by item.
package struct BatchFileRow: Encodable, Sendable {
    private struct Verification: Encodable {
        let passed: Bool
        /// How many items are as in the source.
        let kept: Int
        /// The others.
        let items: [ItemVerdict]

        init(_ report: VerificationReport) {
            passed = report.passed
            items = report.items.filter { $0.status != .kept }
            kept = report.items.count - items.count
        }
    }

    private enum CodingKeys: String, CodingKey { case verification }

    private let file: BatchFileReport
    private let verification: Verification?

    package init(_ file: BatchFileReport) {
        verification = file.verification.map(Verification.init)
        self.file = {
            var file = file
            file.verification = nil
            return file
        }()
    }

    package func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(verification, forKey: .verification)
    }
}
