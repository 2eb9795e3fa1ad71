import Foundation

/// Horizontal bars, one a model, as inline SVG.
struct BarPlot {
    struct Bar {
        let label: String
        let value: Double
    }

    /// What the axis shows, with its unit.
    let axis: String
    let bars: [Bar]

    private static let width = 420.0
    private static let rowHeight = 26.0
    private static let left = 118.0
    private static let right = 48.0

    /// Empty without bars.
    var svg: String {
        guard let low = bars.map(\.value).min(), let high = bars.map(\.value).max() else { return "" }
        // Differences of a decibel matter, zero decibels do not: the axis begins below the lowest bar, and says so.
        let start = (low - max(1, 0.25 * (high - low))).rounded(.down)
        let range = start...max(high, start + 1)
        let inner = BarPlot.width - BarPlot.left - BarPlot.right
        let x = { (value: Double) in
            BarPlot.left + inner * (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        }
        let bottom = 6 + BarPlot.rowHeight * Double(bars.count)
        let ticks = AxisTicks(range)
        let point = PageText.point
        var parts = [
            """
            <svg class="plot" viewBox="0 0 \(Int(BarPlot.width)) \(Int(bottom + 44))" role="img" \
            aria-label="\(PageText.escaped(axis)) of each model">
            """
        ]
        for value in ticks.values {
            parts.append(
                """
                <line class="grid" x1="\(point(x(value)))" x2="\(point(x(value)))" y1="4" y2="\(point(bottom))"/>\
                <text class="tick" text-anchor="middle" x="\(point(x(value)))" y="\(point(bottom + 16))">\
                \(ticks.text(value))</text>
                """)
        }
        for (index, bar) in bars.enumerated() {
            let y = 6 + BarPlot.rowHeight * Double(index)
            let isBest = bar.value == high
            parts.append(
                """
                <text class="label" text-anchor="end" x="\(point(BarPlot.left - 8))" y="\(point(y + 16))">\
                \(PageText.escaped(BarPlot.shortened(bar.label)))</text>\
                <rect class="\(isBest ? "bar best" : "bar")" x="\(point(BarPlot.left))" y="\(point(y + 3))" \
                width="\(point(max(1, x(bar.value) - BarPlot.left)))" height="\(point(BarPlot.rowHeight - 8))" rx="2"/>\
                <text class="value" x="\(point(x(bar.value) + 5))" y="\(point(y + 16))">\
                \(PageText.decibels(bar.value))</text>
                """)
        }
        parts.append(
            """
            <text class="axis" text-anchor="middle" x="\(point(BarPlot.left + inner / 2))" y="\(point(bottom + 36))">\
            \(PageText.escaped(axis)) (axis begins at \(Int(start)))</text></svg>
            """)
        return parts.joined(separator: "\n")
    }

    /// A path keeps its end, which tells more than its beginning.
    static func shortened(_ label: String) -> String {
        label.count <= 17 ? label : "…" + label.suffix(16)
    }
}
