import UplumaFrames

/// What the taps predicted for a whole picture are like: weights, how far they are moved, and maps of both.
///
/// Taps are predicted in strips of rows and only sums and maps kept. The strips follow from the picture's size alone:
/// results do not depend on the number of threads.
struct OffsetSurvey: Sendable {
    /// One tap over all small pixels.
    struct Element: Sendable, Equatable {
        /// Where it rests: source pixels from the middle of the small pixel, to the right and downwards.
        let x: Double
        let y: Double
        /// Of its weight.
        let mean: Double
        let deviation: Double
        let lowest: Double
        let highest: Double
        /// Source pixels.
        let meanLength: Double
        let longest: Double
    }

    /// How far the taps of some small pixels are moved.
    struct Movement: Sendable, Equatable {
        /// Share of all small pixels.
        let share: Double
        /// Source pixels; every tap counts alike.
        let mean: Double
        /// Source pixels; a tap counts by the magnitude of its weight.
        let weightedMean: Double
        /// Share of taps that are moved by more than half a source pixel.
        let farShare: Double
    }

    let size: Int
    /// size², rows first.
    let elements: [Element]
    /// Lowest, mean and highest of what a kernel's weights sum to.
    let sums: (lowest: Double, mean: Double, highest: Double)
    /// Weights of each tap, means over blocks of small pixels.
    let weights: [Grid]
    /// Displacements of each tap in source pixels, means over blocks.
    let horizontal: [Grid]
    let vertical: [Grid]
    /// Mean displacement of all taps of a small pixel in source pixels, means over blocks.
    let length: Grid
    /// Small pixels in both directions of a block.
    let block: Int
    let whole: Movement
    /// Of the small pixels whose surroundings are smooth, an edge or a texture (`RegionChoice.kind`); nil where there are
    /// none.
    let areas: [(kind: InspectedRegion.Kind, movement: Movement?)]

    /// Bytes of predicted planes that one thread holds.
    private static let stripBytes = 64 << 20

    /// - Parameters:
    ///   - source: the picture.
    ///   - most: largest width and height of a map, which blocks are chosen for.
    ///   - threads: strips at a time.
    ///   - kind: what is around a small pixel: a place in `OffsetTally.kinds`.
    ///   - checkpoint: called now and then; what it throws ends the survey.
    init(
        of prediction: some TapPrediction, source: Plane, mostMap most: (width: Int, height: Int), threads: Int,
        kind: @escaping @Sendable (_ x: Int, _ y: Int) -> Int, checkpoint: () throws -> Void
    ) rethrows {
        let (size, unit) = (prediction.kernelSize, prediction.unit)
        let (width, height) = (prediction.targetSize.width, prediction.targetSize.height)
        let block = max((width - 1) / max(1, most.width), (height - 1) / max(1, most.height)) + 1
        let shape = KernelTally.Shape(size: size, factor: 1, width: width, block: block, levels: 1)
        let taps = Array(0..<size * size)
        let rowBytes = 3 * taps.count * width * MemoryLayout<Float>.stride
        let stripRows = max(1, min(Self.stripBytes / rowBytes, (height + 3) / 4) / block) * block
        let strips = stride(from: 0, to: height, by: stripRows).map { $0..<min(height, $0 + stripRows) }

        // Weights, displacements to the right and downwards.
        var totals = Array(repeating: KernelTally(shape), count: 3)
        var moves = OffsetTally(taps: taps.count)
        for start in stride(from: 0, to: strips.count, by: max(1, threads)) {
            try checkpoint()
            let batch = Array(strips[start..<min(strips.count, start + max(1, threads))])
            for (tallies, moved) in concurrently(
                batch.count,
                { index in
                    let rows = batch[index]
                    let (weights, horizontal, vertical) = prediction.elements(of: source, taps: taps, rows: rows)
                    let moved = OffsetTally(
                        weights: weights, horizontal: horizontal, vertical: vertical, unit: unit
                    ) { kind($0, rows.lowerBound + $1) }
                    return ([weights, horizontal, vertical].map { KernelTally(shape, $0) }, moved)
                })
            {
                for (index, tally) in tallies.enumerated() { totals[index].add(tally) }
                moves.add(moved)
            }
        }

        func inSource(_ map: Grid) -> Grid {
            Grid(width: map.width, height: map.height, values: map.values.map { unit * $0 })
        }
        self.size = size
        self.block = block
        let rest = prediction.restPositions
        elements = taps.map { tap in
            let weight = totals[0].element(tap)
            return Element(
                x: Double(rest[tap].x), y: Double(rest[tap].y), mean: weight.mean, deviation: weight.deviation,
                lowest: weight.lowest, highest: weight.highest,
                meanLength: moves.lengths[tap] / Double(width * height), longest: Double(moves.longest[tap]))
        }
        sums = totals[0].sums
        weights = totals[0].maps
        horizontal = totals[1].maps.map(inSource)
        vertical = totals[2].maps.map(inSource)
        length = Grid(width: width, height: height, values: moves.means).means(overBlocksOf: block)
        whole = Movement(moves.areas.reduce(OffsetTally.Area(), +), of: width * height)
        areas = zip(OffsetTally.kinds, moves.areas).map { kind, area in
            (kind, area.results > 0 ? Movement(area, of: width * height) : nil)
        }
    }
}

extension OffsetSurvey.Movement {
    fileprivate init(_ area: OffsetTally.Area, of results: Int) {
        share = Double(area.results) / Double(results)
        mean = area.length / Double(area.taps)
        weightedMean = area.weight > 0 ? area.weighted / area.weight : 0
        farShare = Double(area.far) / Double(area.taps)
    }
}
