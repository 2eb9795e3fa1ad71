import Foundation
import Upluma

/// The tables `benchmark` prints for people.
enum BenchmarkText {
    static func tables(_ report: BenchmarkReport) -> String {
        let peaks = report.peakGigaflops.sorted { $0.value < $1.value }
            .map { String(format: " %.0f GFLOP/s %@", $0.value, $0.key) }.joined(separator: ",")
        var parts = ["\(report.cpu), \(report.threads) threads, peak\(peaks)\n"]
        if !report.results.isEmpty { parts.append(networks(report.results)) }
        if !report.kernels.isEmpty { parts.append(kernels(report.kernels)) }
        if !report.stages.isEmpty { parts.append(stages(report.stages)) }
        return parts.joined(separator: "\n")
    }

    private static func networks(_ results: [BenchmarkResult]) -> String {
        table(
            ["NETWORK", "PRECISION", "BACKEND", "SIZE", "MEDIAN ms", "MIN ms", "GFLOP/s", "OF PEAK", "MEMORY MB"],
            left: 3,
            results.map {
                [
                    $0.network, $0.precision, $0.backend, "\($0.width)x\($0.height)", number($0.millisecondsMedian, 2),
                    number($0.millisecondsMinimum, 2), number($0.gigaflops, 1), number(100 * $0.shareOfPeak, 1) + "%",
                    megabytes($0.peakResidentBytes),
                ]
            })
    }

    private static func kernels(_ results: [KernelResult]) -> String {
        table(
            ["KERNEL", "VARIANT", "LEVEL", "SAMPLES", "MEDIAN ns", "MIN ns", "ns/SAMPLE", "GB/s", "GFLOP/s"], left: 3,
            results.map {
                [
                    $0.kernel, $0.variant, $0.level, String($0.samples), number($0.nanosecondsMedian, 0),
                    number($0.nanosecondsMinimum, 0), number($0.nanosecondsMedian / Double($0.samples), 3),
                    number($0.gigabytesPerSecond, 1), $0.gigaflops.map { number($0, 1) } ?? "",
                ]
            })
    }

    private static func stages(_ results: [StageResult]) -> String {
        table(
            ["STAGE", "NETWORK", "THREADS", "SIZE", "MEDIAN ms", "MIN ms", "FRAMES/s", "MEMORY MB"], left: 2,
            results.map {
                [
                    $0.stage, $0.network, String($0.threads), "\($0.width)x\($0.height)",
                    number($0.millisecondsMedian, 2),
                    number($0.millisecondsMinimum, 2), number($0.framesPerSecond, 1), megabytes($0.peakResidentBytes),
                ]
            })
    }

    private static func number(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    private static func megabytes(_ bytes: Int) -> String { number(Double(bytes) / 1e6, 0) }

    /// Columns two spaces apart, the first `left` of them aligned to the left.
    private static func table(_ header: [String], left: Int, _ rows: [[String]]) -> String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < left ? cell + space : space + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
