import Foundation
import Upluma

/// What an inspection found, as standard output has it.
enum InspectionText {
    static func json(_ report: some Encodable) throws -> String {
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

    static func lines(_ report: OffsetReport) -> String {
        let frame = report.frame.map { ", frame \($0)" } ?? ""
        let regions = report.regions.map { "\($0.name) at \($0.x),\($0.y)" }.joined(separator: ", ")
        func words(_ movement: OffsetReport.Movement) -> String {
            String(
                format: "%.3f source pixels in the mean, %.1f%% of taps beyond half a pixel", movement.meanLength,
                100 * movement.farShare)
        }
        let moved = OffsetReport.areaNames.compactMap { name in
            (report.areas[name] ?? nil).map { "\(name) places: \(words($0))" }
        }
        return """
            \(report.output): \(report.picture.width)×\(report.picture.height)
            weights and displacements of \(report.model) at \(report.time) s\(frame)
            taps move by \(words(report.movement))
            \((moved + ["regions: \(regions)"]).joined(separator: "\n"))

            """
    }
}
