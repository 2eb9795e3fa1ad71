import Foundation
import Upluma

/// What an inspection found, as standard output has it.
enum InspectionText {
    static func json(_ report: KernelReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    static func lines(_ report: KernelReport) -> String {
        let frame = report.frame.map { ", frame \($0)" } ?? ""
        let regions = report.regions.map { "\($0.name) at \($0.x),\($0.y)" }.joined(separator: ", ")
        return """
            \(report.output): \(report.picture.width)×\(report.picture.height)
            kernels of \(report.model) ×\(report.scale) at \(report.time) s\(frame)
            regions: \(regions)

            """
    }
}
