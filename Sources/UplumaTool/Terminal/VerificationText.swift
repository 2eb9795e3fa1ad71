import Foundation
import Upluma

/// What `upluma verify` prints.
enum VerificationText {
    /// A line for each item that is not simply kept, then the sum.
    static func screen(_ report: VerificationReport) -> String {
        let width = VerifiedItem.allCases.map(\.rawValue.count).max() ?? 0
        let lines = report.items.filter { $0.status != .kept }.map { item in
            item.status.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0) + "  "
                + item.item.rawValue.padding(toLength: width, withPad: " ", startingAt: 0) + "  \(item.message)\n"
        }
        return lines.joined() + report.summary + "\n"
    }

    static func json(_ report: VerificationReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }
}
