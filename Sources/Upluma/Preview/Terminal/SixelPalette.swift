/// At most 256 colours for a picture. Sixels give colours in percent, so there are 101 steps a channel.
struct SixelPalette {
    static let capacity = 256

    /// Red, green and blue, 0...100.
    let percent: [SIMD3<Int32>]

    /// What terminals make of the percentages, in codes 0...255.
    private var codes: [SIMD3<Float>] {
        percent.map { SIMD3(Float($0.x), Float($0.y), Float($0.z)) * (255 / 100) }
    }

    private init(colors: [SIMD3<Float>]) {
        percent = colors.map { color in
            let scaled = (color * (100 / 255)).rounded(.toNearestOrAwayFromZero)
            return SIMD3(Int32(scaled.x), Int32(scaled.y), Int32(scaled.z))
        }
    }

    /// The colours of a picture that has no more than a palette holds, and the colour of each of its pixels; nil for others.
    static func exact(_ picture: RGBPicture) -> (palette: SixelPalette, indices: [UInt8])? {
        var known: [UInt32: UInt8] = [:]
        var colors: [SIMD3<Float>] = []
        var indices: [UInt8] = []
        indices.reserveCapacity(picture.width * picture.height)
        var last: (key: UInt32, index: UInt8)?
        for start in stride(from: 0, to: picture.samples.count, by: 3) {
            let (r, g, b) = (picture.samples[start], picture.samples[start + 1], picture.samples[start + 2])
            let key = UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b)
            if let last, last.key == key {
                indices.append(last.index)
                continue
            }
            if known[key] == nil {
                guard colors.count < capacity else { return nil }
                known[key] = UInt8(colors.count)
                colors.append(SIMD3(Float(r), Float(g), Float(b)))
            }
            let index = known[key] ?? 0
            indices.append(index)
            last = (key, index)
        }
        return (SixelPalette(colors: colors), indices)
    }

    /// Median cut (Heckbert, "Color Image Quantization for Frame Buffer Display", 1982): the box whose pixels are farthest
    /// from their mean is cut along its longest side, so that both halves hold as many pixels. Distances are those of code
    /// values, which are nearly even to the eye.
    init(medianCutOf picture: RGBPicture) {
        var boxes = [ColorBox(HistogramCell.histogram(picture)[...])]
        while boxes.count < Self.capacity {
            guard let widest = boxes.indices.max(by: { boxes[$0].deviation < boxes[$1].deviation }),
                let (low, high) = boxes[widest].halves()
            else { break }
            boxes[widest] = low
            boxes.append(high)
        }
        self.init(colors: boxes.map(\.mean))
    }

    /// The colour of each pixel, the error of each handed on to its neighbours (Floyd and Steinberg, 1976), every other row
    /// from right to left.
    func dithered(_ picture: RGBPicture) -> [UInt8] {
        let (width, colors) = (picture.width, codes)
        var nearest = NearestColor(colors)
        var indices = [UInt8](repeating: 0, count: width * picture.height)
        // Errors of this row and the next, with a column to spare on each side.
        var errors = [SIMD3<Float>](repeating: .zero, count: width + 2)
        var next = errors
        for y in 0..<picture.height {
            let step = y.isMultiple(of: 2) ? 1 : -1
            var x = step > 0 ? 0 : width - 1
            for _ in 0..<width {
                let start = 3 * (y * width + x)
                let code = SIMD3(
                    Float(picture.samples[start]), Float(picture.samples[start + 1]), Float(picture.samples[start + 2]))
                let wanted = (code + errors[x + 1]).clamped(
                    lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 255))
                let index = nearest[wanted]
                indices[y * width + x] = UInt8(index)
                let error = (wanted - colors[index]) * (1 / 16)
                errors[x + 1 + step] += error * 7
                next[x + 1 - step] += error * 3
                next[x + 1] += error * 5
                next[x + 1 + step] += error
                x += step
            }
            swap(&errors, &next)
            for index in next.indices { next[index] = .zero }
        }
        return indices
    }
}

/// Pixels of nearly one colour: those that agree in the upper five bits of each channel.
private struct HistogramCell {
    private(set) var count = 0
    private(set) var sum = SIMD3<Int>()

    var mean: SIMD3<Float> { SIMD3<Float>(sum) / Float(count) }

    /// Cells that have pixels.
    static func histogram(_ picture: RGBPicture) -> [HistogramCell] {
        var cells = [HistogramCell](repeating: HistogramCell(), count: 1 << 15)
        for start in stride(from: 0, to: picture.samples.count, by: 3) {
            let (r, g, b) = (picture.samples[start], picture.samples[start + 1], picture.samples[start + 2])
            let index = Int(r >> 3) << 10 | Int(g >> 3) << 5 | Int(b >> 3)
            cells[index].count += 1
            cells[index].sum &+= SIMD3(Int(r), Int(g), Int(b))
        }
        return cells.filter { $0.count > 0 }
    }
}

/// Cells that get one colour of the palette.
private struct ColorBox {
    private let cells: ArraySlice<HistogramCell>
    let mean: SIMD3<Float>
    /// Sum of squared distances from the mean, a channel each.
    private let spread: SIMD3<Float>

    init(_ cells: ArraySlice<HistogramCell>) {
        self.cells = cells
        let count = cells.reduce(0) { $0 + $1.count }
        let mean = SIMD3<Float>(cells.reduce(SIMD3<Int>()) { $0 &+ $1.sum }) / Float(max(count, 1))
        self.mean = mean
        spread = cells.reduce(SIMD3<Float>()) { sum, cell in
            let distance = cell.mean - mean
            return sum + Float(cell.count) * distance * distance
        }
    }

    var deviation: Float { spread.sum() }

    /// Both parts hold about as many pixels; nil for a single cell.
    func halves() -> (ColorBox, ColorBox)? {
        guard cells.count > 1 else { return nil }
        let longest = spread.x >= max(spread.y, spread.z) ? 0 : spread.y >= spread.z ? 1 : 2
        let sorted = cells.sorted { $0.mean[longest] < $1.mean[longest] }
        let half = cells.reduce(0) { $0 + $1.count } / 2
        var (split, below) = (0, 0)
        while split < sorted.count - 1, split == 0 || below + sorted[split].count / 2 < half {
            below += sorted[split].count
            split += 1
        }
        return (ColorBox(sorted[..<split]), ColorBox(sorted[split...]))
    }
}

/// The nearest colour of a palette, looked up once for each cell of 64 × 64 × 64.
private struct NearestColor {
    private let colors: [SIMD3<Float>]
    private var known = [Int16](repeating: -1, count: 1 << 18)

    init(_ colors: [SIMD3<Float>]) { self.colors = colors }

    /// - Parameter color: codes 0...255.
    subscript(_ color: SIMD3<Float>) -> Int {
        mutating get {
            let cell = SIMD3<Int32>(Int32(color.x) >> 2, Int32(color.y) >> 2, Int32(color.z) >> 2)
            let key = Int(cell.x << 12 | cell.y << 6 | cell.z)
            if known[key] >= 0 { return Int(known[key]) }
            let center = SIMD3(Float(cell.x), Float(cell.y), Float(cell.z)) * 4 + 1.5
            var best = (index: 0, distance: Float.infinity)
            for (index, candidate) in colors.enumerated() {
                let difference = candidate - center
                let distance = (difference * difference).sum()
                if distance < best.distance { best = (index, distance) }
            }
            known[key] = Int16(best.index)
            return best.index
        }
    }
}
