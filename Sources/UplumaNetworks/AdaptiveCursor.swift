import UplumaFrames
import UplumaKernels
import UplumaResampling

/// A place in one run of a stage: asks the run before it (or the source plane) for the rows that it reads, as they are
/// needed. Not sendable: it points into scratch memory of one thread.
final class AdaptiveCursor {
    private let run: AdaptiveRun
    private let source: Plane
    private let mapping: SampleMapping
    /// The run that makes the picture; nil where it is the source.
    private let upstream: AdaptiveCursor?
    private var layers: StreamingCursor
    private let picture: PictureRing
    /// The row of the picture that is made next.
    private var next: Int
    /// The row of the picture whose results are made next.
    private var row: Int
    /// One row of the source, and which.
    private let sourceRow: UnsafeMutablePointer<Float>
    private var loaded = -1

    private init(
        _ run: AdaptiveRun, upstream: AdaptiveCursor?, row: Int, next: Int, source: Plane, mapping: SampleMapping,
        scratch: UnsafeMutableRawPointer
    ) {
        self.run = run
        self.upstream = upstream
        self.row = row
        self.next = next
        self.source = source
        self.mapping = mapping
        layers = run.executor.begin(rows: row..<run.size.height, scratch: scratch + run.offsets.executor)
        picture = PictureRing(run.picture, at: scratch + run.offsets.picture)
        sourceRow = (scratch + run.offsets.sourceRow).assumingMemoryBound(to: Float.self)
    }

    /// Cursors for all runs, from the one on that makes row `atResultRow` of the result.
    ///
    /// - Parameters:
    ///   - runs: `AdaptiveRun.all`.
    ///   - atResultRow: row of the last run's result, a multiple of the factor of all.
    ///   - source: the plane that the first run reads.
    ///   - mapping: how its samples map to values.
    ///   - scratch: the runs' `scratchByteCount`, one after the other, 64-byte aligned; they belong to the cursor until it
    ///     is dropped.
    /// - Returns: the cursor of the last run.
    static func begin(
        _ runs: [AdaptiveRun], atResultRow: Int, source: Plane, mapping: SampleMapping,
        scratch: UnsafeMutableRawPointer
    ) -> AdaptiveCursor {
        // Which row each run begins with follows from the run after it.
        var starts: [(row: Int, next: Int)] = []
        var wanted = atResultRow
        for run in runs.reversed() {
            let row = wanted / run.stage.factor
            wanted = run.firstRow(of: row)
            starts.append((row, wanted))
        }
        var cursor: AdaptiveCursor?
        var memory = scratch
        for (index, run) in runs.enumerated() {
            let (row, first) = starts[runs.count - 1 - index]
            // A run before it makes whole groups of rows.
            let group = index == 0 ? 1 : runs[index - 1].stage.factor
            cursor = AdaptiveCursor(
                run, upstream: cursor, row: row, next: first / group * group, source: source, mapping: mapping,
                scratch: memory)
            memory += run.scratchByteCount
        }
        guard let cursor else { preconditionFailure("a network has a stage") }
        return cursor
    }

    /// The kernels for the next row, as `AdaptiveStage` has their channels; valid until the next call.
    func nextKernels() -> FeatureRow {
        let kernels = layers.nextRow(loadChannels: { [self] y, features in
            ensure(y)
            features.channel(0).update(from: picture.row(y), count: run.size.width)
            if run.stage.readsSource { enlargeSource(row: y, into: features.channel(1)) }
        })
        row += 1
        return kernels
    }

    /// Makes the results of the next row of the picture.
    ///
    /// - Parameter target: for each of the `factor` rows, room for `factor` times the picture's width rounded up to 16.
    func advance(into target: (Int) -> UnsafeMutablePointer<Float>) {
        let y = row
        let kernels = nextKernels()
        ensure(min(y + run.stage.lattice.reach, run.size.height - 1))
        run.kernels.resample(
            run.stage.lattice, weights: kernels, limit: run.isLast, row: { UnsafePointer(picture.row(y + $0)) },
            into: target)
    }

    /// Makes rows of the picture up to `row`.
    private func ensure(_ row: Int) {
        while next <= row {
            if let upstream {
                let (first, count) = (next, upstream.run.stage.factor)
                upstream.advance { picture.row(first + $0) }
                for y in first..<first + count { picture.extend(y) }
                next += count
            } else {
                run.samples.load(row: next, of: source, mapping: mapping, into: picture.row(next))
                picture.extend(next)
                next += 1
            }
        }
    }

    /// Row `y` of the source enlarged by nearest neighbour to the size of the picture.
    private func enlargeSource(row y: Int, into target: UnsafeMutablePointer<Float>) {
        let times = run.times
        if loaded != y / times {
            loaded = y / times
            run.samples.load(row: loaded, of: source, mapping: mapping, into: sourceRow)
        }
        for x in 0..<run.size.width / times {
            for repeated in 0..<times { target[x * times + repeated] = sourceRow[x] }
        }
    }
}
