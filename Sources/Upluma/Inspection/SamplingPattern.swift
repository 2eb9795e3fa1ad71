import UplumaFrames
import UplumaResampling

/// Where one small pixel's taps lie in the source, and what it takes of each source pixel.
///
/// Places are in source pixels from the middle of the source's first pixel.
struct SamplingPattern: Sendable {
    struct Tap: Sendable, Equatable {
        let rest: (x: Double, y: Double)
        let moved: (x: Double, y: Double)
        let weight: Double

        var length: Double {
            let (dx, dy) = (moved.x - rest.x, moved.y - rest.y)
            return (dx * dx + dy * dy).squareRoot()
        }

        static func == (a: Tap, b: Tap) -> Bool {
            a.rest == b.rest && a.moved == b.moved && a.weight == b.weight
        }
    }

    let region: InspectedRegion
    /// Of the small picture.
    let pixel: (x: Int, y: Int)
    /// Source pixels that the small pixel stands for.
    let footprint: Box
    let middle: (x: Double, y: Double)
    /// Rows first.
    let taps: [Tap]
    private let source: PlaneSize

    /// The pattern of the small pixel in the middle of a region.
    ///
    /// - Parameter source: the picture.
    init(_ region: InspectedRegion, of prediction: some TapPrediction, source: Plane) {
        let (factor, target, unit) = (prediction.factor, prediction.targetSize, Double(prediction.unit))
        let box = region.box
        let pixel = (
            x: min((box.x + box.width / 2) / factor, target.width - 1),
            y: min((box.y + box.height / 2) / factor, target.height - 1)
        )
        let size = prediction.kernelSize
        let (weights, horizontal, vertical) = prediction.elements(
            of: source, taps: Array(0..<size * size), rows: pixel.y..<pixel.y + 1)
        let half = Double(factor - 1) / 2
        let middle = (x: Double(factor * pixel.x) + half, y: Double(factor * pixel.y) + half)
        func value(_ plane: Plane) -> Double { Double(plane.floats(row: 0)[pixel.x]) }
        taps = prediction.restPositions.enumerated().map { tap, offset in
            let rest = (x: middle.x + Double(offset.x), y: middle.y + Double(offset.y))
            return Tap(
                rest: rest,
                moved: (rest.x + unit * value(horizontal[tap]), rest.y + unit * value(vertical[tap])),
                weight: value(weights[tap]))
        }
        self.region = region
        self.pixel = pixel
        self.middle = middle
        footprint = Box(x: factor * pixel.x, y: factor * pixel.y, width: factor, height: factor)
        self.source = PlaneSize(source.width, source.height)
    }

    /// How far the farthest tap is from the middle along an axis, at rest or moved.
    var reach: Double {
        taps.reduce(0) { reach, tap in
            [tap.rest.x - middle.x, tap.rest.y - middle.y, tap.moved.x - middle.x, tap.moved.y - middle.y]
                .reduce(reach) { max($0, abs($1)) }
        }
    }

    /// The source pixels around the middle that taps within `reach` can read, some of them perhaps outside of the source.
    func window(reach: Double) -> Box {
        let (left, top) = (Int((middle.x - reach).rounded(.down)), Int((middle.y - reach).rounded(.down)))
        return Box(
            x: left, y: top, width: Int((middle.x + reach).rounded(.up)) - left + 1,
            height: Int((middle.y + reach).rounded(.up)) - top + 1)
    }

    /// What the small pixel takes of each source pixel of a window: the taps' weights shared out as sampling is, bilinearly.
    ///
    /// Beyond the source lie its edge pixels; what is read there counts for those.
    func shares(in window: Box) -> Grid {
        var grid = Grid(
            width: window.width, height: window.height,
            values: Array(repeating: 0, count: window.width * window.height))
        for tap in taps {
            let (left, top) = (tap.moved.x.rounded(.down), tap.moved.y.rounded(.down))
            let (right, below) = (tap.moved.x - left, tap.moved.y - top)
            for (dx, dy, share) in [
                (0, 0, (1 - right) * (1 - below)), (1, 0, right * (1 - below)), (0, 1, (1 - right) * below),
                (1, 1, right * below),
            ] where share > 0 {
                let x = min(max(Int(left) + dx, 0), source.width - 1) - window.x
                let y = min(max(Int(top) + dy, 0), source.height - 1) - window.y
                guard (0..<window.width).contains(x), (0..<window.height).contains(y) else { continue }
                grid.values[y * window.width + x] += Float(share * tap.weight)
            }
        }
        return grid
    }
}

extension SamplingPattern {
    /// Of the taps' displacements.
    var meanLength: Double { taps.reduce(0) { $0 + $1.length } / Double(taps.count) }
    var longest: Double { taps.map(\.length).max() ?? 0 }
}
