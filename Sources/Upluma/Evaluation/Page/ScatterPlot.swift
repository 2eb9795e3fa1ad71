import Foundation

/// Quality against time, one point a model, as inline SVG; the time axis is logarithmic.
struct ScatterPlot {
    struct Point {
        let label: String
        /// Milliseconds, more than 0.
        let time: Double
        /// Decibels.
        let quality: Double
    }

    /// What the axes show, with their units.
    let timeAxis: String
    let qualityAxis: String
    let points: [Point]

    private static let size = (width: 420.0, height: 300.0)
    private static let margin = (left: 50.0, right: 14.0, top: 10.0, bottom: 46.0)
    private static let lineHeight = 14.0

    /// Empty without points.
    var svg: String {
        let times = points.map { max($0.time, 1e-3) }
        guard let fastest = times.min(), let slowest = times.max(), let low = points.map(\.quality).min(),
            let high = points.map(\.quality).max()
        else { return "" }
        let (size, margin) = (ScatterPlot.size, ScatterPlot.margin)
        // Room for labels beside the outermost points.
        let span = (log10(fastest) - 0.15)...(log10(slowest) + 0.15)
        let reach = max(0.5, 0.1 * (high - low))
        let range = (low - reach)...(high + reach)
        let (right, bottom) = (size.width - margin.right, size.height - margin.bottom)
        let x = { (time: Double) in
            margin.left + (right - margin.left) * (log10(time) - span.lowerBound) / (span.upperBound - span.lowerBound)
        }
        let y = { (quality: Double) in
            bottom - (bottom - margin.top) * (quality - range.lowerBound) / (range.upperBound - range.lowerBound)
        }
        let point = PageText.point
        var parts = [
            """
            <svg class="plot" viewBox="0 0 \(Int(size.width)) \(Int(size.height))" role="img" \
            aria-label="\(PageText.escaped(qualityAxis)) against \(PageText.escaped(timeAxis))">
            """
        ]
        let ticks = AxisTicks(range)
        for value in ticks.values {
            parts.append(
                """
                <line class="grid" x1="\(point(margin.left))" x2="\(point(right))" y1="\(point(y(value)))" \
                y2="\(point(y(value)))"/><text class="tick" text-anchor="end" x="\(point(margin.left - 6))" \
                y="\(point(y(value) + 4))">\(ticks.text(value))</text>
                """)
        }
        for time in ScatterPlot.timeTicks(span) {
            parts.append(
                """
                <line class="grid" x1="\(point(x(time)))" x2="\(point(x(time)))" y1="\(point(margin.top))" \
                y2="\(point(bottom))"/><text class="tick" text-anchor="middle" x="\(point(x(time)))" \
                y="\(point(bottom + 16))">\(String(format: "%g", time))</text>
                """)
        }
        parts += labels(points.map { (x(max($0.time, 1e-3)), y($0.quality), $0.label) }, right: right, bottom: bottom)
        parts.append(
            """
            <text class="axis" text-anchor="middle" x="\(point((margin.left + right) / 2))" \
            y="\(point(size.height - 8))">\(PageText.escaped(timeAxis))</text>\
            <text class="axis" text-anchor="middle" transform="translate(13 \(point((margin.top + bottom) / 2))) \
            rotate(-90)">\(PageText.escaped(qualityAxis))</text></svg>
            """)
        return parts.joined(separator: "\n")
    }

    /// Points with their names beside them, names moved up or down so that none covers another.
    private func labels(_ places: [(x: Double, y: Double, label: String)], right: Double, bottom: Double) -> [String] {
        var taken: [(range: ClosedRange<Double>, y: Double)] = []
        return places.sorted { $0.y < $1.y }.map { place in
            let text = BarPlot.shortened(place.label)
            let length = 6.6 * Double(text.count)
            let isLeft = place.x + 8 + length > right
            let range = isLeft ? place.x - 8 - length...place.x - 8 : place.x + 8...place.x + 8 + length
            var y = place.y + 4
            for other in taken where other.range.overlaps(range) && abs(other.y - y) < ScatterPlot.lineHeight {
                y = other.y + ScatterPlot.lineHeight
            }
            taken.append((range, y))
            let point = PageText.point
            return """
                <circle class="dot" cx="\(point(place.x))" cy="\(point(place.y))" r="4.5"/>\
                <text class="label" text-anchor="\(isLeft ? "end" : "start")" \
                x="\(point(isLeft ? range.upperBound : range.lowerBound))" y="\(point(min(y, bottom - 2)))">\
                \(PageText.escaped(text))</text>
                """
        }
    }

    /// 1, 2 and 5 times powers of ten within `span` (of logarithms); only the powers where that would be too many.
    private static func timeTicks(_ span: ClosedRange<Double>) -> [Double] {
        let decades = Int(span.lowerBound.rounded(.down))...Int(span.upperBound.rounded(.up))
        let steps: [Double] = span.upperBound - span.lowerBound > 2.5 ? [1] : [1, 2, 5]
        return decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
            .filter { span.contains(log10($0)) }
    }
}
