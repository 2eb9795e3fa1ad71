import UplumaFrames
import UplumaMedia

/// Which frame of the source is which frame of the result, by their times from the first frame on.
struct FramePairs {
    /// Positions of frames that belong together, increasing.
    private(set) var pairs: [(source: Int, result: Int)] = []
    /// Frames without a partner.
    private(set) var missing: [Int] = []
    private(set) var additional: [Int] = []
    /// How far two times may lie apart, in seconds: each stamp is rounded to the result's clock once.
    let tolerance: Double

    /// - Parameter hasTimes: whether the result's times mean anything; frames are counted otherwise.
    init(_ source: PictureInventory, _ result: PictureInventory, hasTimes: Bool) {
        tolerance = roundingTolerance(from: source.timeBase, to: result.timeBase)
        let (count, resultCount) = (source.times.count, result.times.count)
        guard hasTimes, count != resultCount else {
            let common = min(count, resultCount)
            pairs = (0..<common).map { ($0, $0) }
            missing = Array(common..<count)
            additional = Array(common..<resultCount)
            return
        }
        let (times, resultTimes) = (source.secondsFromFirst, result.secondsFromFirst)
        var (index, other) = (0, 0)
        while index < count || other < resultCount {
            let before = index < count ? times[index] : .infinity
            let after = other < resultCount ? resultTimes[other] : .infinity
            if abs(before - after) <= tolerance {
                pairs.append((index, other))
                index += 1
                other += 1
            } else if before < after {
                missing.append(index)
                index += 1
            } else {
                additional.append(other)
                other += 1
            }
        }
    }
}

extension PictureInventory {
    /// Of each frame, from the first frame on.
    var secondsFromFirst: [Double] {
        guard let first = times.first else { return [] }
        return times.map { Double($0 - first) * timeBase.doubleValue }
    }
}

/// How far two intervals may lie apart, in seconds: nothing on the same clock, one tick of the result's otherwise (each of
/// the two ends is rounded once, by half a tick).
func roundingTolerance(from source: Rational, to result: Rational) -> Double {
    let isSame =
        Int64(source.numerator) * Int64(result.denominator) == Int64(result.numerator) * Int64(source.denominator)
    // A hundredth of a tick is far above what doubles lose on a clock of years.
    return result.doubleValue * (isSame ? 0.01 : 1.01)
}
