package import UplumaFrames

/// What two planes of one size have between them.
package struct PlaneComparison: Sendable, CustomStringConvertible {
    /// The largest difference of two samples, in codes; infinite when one is NaN and the other is not.
    package private(set) var largest: Float = 0
    /// Samples whose bits differ.
    package private(set) var differing = 0
    /// The first sample, row by row, whose bits differ.
    package private(set) var first: (x: Int, y: Int, left: Float, right: Float)?

    package var isBitEqual: Bool { differing == 0 }

    package init(_ left: Plane, _ right: Plane) { self.init(left.codes, right.codes) }

    package init(_ left: [[Float]], _ right: [[Float]]) {
        precondition(left.map(\.count) == right.map(\.count), "planes of one size are compared")
        for (y, rows) in zip(left, right).enumerated() {
            for (x, pair) in zip(rows.0, rows.1).enumerated() where pair.0.bitPattern != pair.1.bitPattern {
                if first == nil { first = (x, y, pair.0, pair.1) }
                differing += 1
                let difference = abs(pair.0 - pair.1)
                largest = difference.isNaN ? .infinity : max(largest, difference)
            }
        }
    }

    package var description: String {
        guard let first else { return "equal" }
        return "\(differing) samples differ, by \(largest) at most; first (\(first.x), \(first.y)): "
            + "\(first.left) and \(first.right)"
    }
}
