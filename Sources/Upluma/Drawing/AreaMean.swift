/// Makes pictures smaller: each result is the mean of the area it covers.
enum AreaMean {
    /// - Parameters:
    ///   - samples: rows first, the channels of a pixel beside each other, no padding.
    ///   - width: in pixels, as the others.
    ///   - targetWidth: at most `width`, at least 1.
    ///   - targetHeight: at most `height`, at least 1.
    /// - Returns: codes in the same order, rounded to the nearest; the same ones at the same size. They do not depend on the
    ///   number of threads. Means are of codes, not of light.
    static func reduced(
        _ samples: [UInt16], width: Int, height: Int, channels: Int, toWidth targetWidth: Int, height targetHeight: Int,
        threads: Int
    ) -> [UInt16] {
        precondition(
            (1...width).contains(targetWidth) && (1...height).contains(targetHeight),
            "\(width)×\(height) to \(targetWidth)×\(targetHeight)")
        precondition(samples.count == width * height * channels, "\(samples.count) samples")
        if targetWidth == width && targetHeight == height { return samples }
        let columns = (0..<targetWidth).map { Span($0, of: targetWidth, source: width) }
        let length = width * channels
        return [UInt16](rows: targetHeight, length: targetWidth * channels, threads: threads) { rows, target in
            samples.withUnsafeBufferPointer { source in
                var line = [Float](repeating: 0, count: length)
                line.withUnsafeMutableBufferPointer { line in
                    for (index, row) in rows.enumerated() {
                        sum(Span(row, of: targetHeight, source: height), source, length, into: line)
                        let start = index * targetWidth * channels
                        switch channels {
                        case 3: narrowColors(line, columns, into: .init(rebasing: target[start...]))
                        default: narrow(line, columns, channels, into: .init(rebasing: target[start...]))
                        }
                    }
                }
            }
        }
    }

    /// The samples that a result covers: the first and the last in part.
    private struct Span {
        let first: Int
        let last: Int
        /// Shares of the result; together with those in between they sum to one.
        let firstShare: Float
        let lastShare: Float
        let share: Float

        init(_ result: Int, of targets: Int, source: Int) {
            // In units of 1 / targets, all are whole numbers.
            let (start, end) = (result * source, (result + 1) * source)
            first = start / targets
            last = (end - 1) / targets
            let whole = Float(source)
            share = Float(targets) / whole
            firstShare = first == last ? 1 : Float((first + 1) * targets - start) / whole
            lastShare = first == last ? 0 : Float(end - last * targets) / whole
        }
    }

    /// The mean of some rows.
    private static func sum(
        _ span: Span, _ source: UnsafeBufferPointer<UInt16>, _ length: Int,
        into line: UnsafeMutableBufferPointer<Float>
    ) {
        for row in span.first...span.last {
            let share = row == span.first ? span.firstShare : row == span.last ? span.lastShare : span.share
            let start = row * length
            if row == span.first {
                for index in 0..<length { line[index] = share * Float(source[start &+ index]) }
            } else {
                for index in 0..<length { line[index] += share * Float(source[start &+ index]) }
            }
        }
    }

    private static func narrow(
        _ line: UnsafeMutableBufferPointer<Float>, _ columns: [Span], _ channels: Int,
        into target: UnsafeMutableBufferPointer<UInt16>
    ) {
        for (index, span) in columns.enumerated() {
            for channel in 0..<channels {
                var mean = span.firstShare * line[span.first * channels + channel]
                for column in span.first + 1..<max(span.last, span.first + 1) {
                    mean += span.share * line[column * channels + channel]
                }
                mean += span.lastShare * line[span.last * channels + channel]
                target[index * channels + channel] = UInt16(min(mean + 0.5, 65535))
            }
        }
    }

    /// The same for three channels at once, which is most of the work.
    private static func narrowColors(
        _ line: UnsafeMutableBufferPointer<Float>, _ columns: [Span], into target: UnsafeMutableBufferPointer<UInt16>
    ) {
        func color(_ column: Int) -> SIMD3<Float> {
            SIMD3(line[3 * column], line[3 * column + 1], line[3 * column + 2])
        }
        for (index, span) in columns.enumerated() {
            var mean = span.firstShare * color(span.first)
            for column in span.first + 1..<max(span.last, span.first + 1) { mean += span.share * color(column) }
            mean += span.lastShare * color(span.last)
            for channel in 0..<3 { target[3 * index + channel] = UInt16(min(mean[channel] + 0.5, 65535)) }
        }
    }
}
