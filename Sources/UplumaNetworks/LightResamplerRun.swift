import UplumaFrames
import UplumaKernels
import UplumaResampling

/// A `LightResampler` ready for pictures of one size; shared by all threads.
struct LightResamplerRun: Sendable {
    let network: LightResampler
    let sourceSize: PlaneSize
    /// The source's divided by the factor and rounded up: the layers' grid.
    let targetSize: PlaneSize
    fileprivate let mapping: SampleMapping
    fileprivate let executor: StreamingExecutor
    fileprivate let convolutions: ConvolutionKernels
    fileprivate let samples: SampleKernels

    init(
        _ network: LightResampler, sourceSize: PlaneSize, source: SampleMapping, precision: Precision, level: CPULevel
    ) {
        self.network = network
        self.sourceSize = sourceSize
        targetSize = sourceSize.reduced(by: network.factor)
        mapping = source
        executor = StreamingExecutor(layers: network.layers, size: targetSize, precision: precision, level: level)
        convolutions = ConvolutionKernels(level: level)
        samples = SampleKernels(level: level)
    }

    /// Bytes of memory that one cursor needs, a multiple of 64.
    var scratchByteCount: Int {
        executor.scratchByteCount + (network.factor * targetSize.width + 15) / 16 * 16 * MemoryLayout<Float>.stride
    }

    /// Starts a strip.
    ///
    /// - Parameters:
    ///   - rows: of the small picture, not empty.
    ///   - source: a plane of `sourceSize`.
    ///   - scratch: `scratchByteCount` bytes, 64-byte aligned, which belong to the cursor until it is dropped.
    func begin(rows: Range<Int>, of source: Plane, scratch: UnsafeMutableRawPointer) -> LightResamplerCursor {
        LightResamplerCursor(
            self, source: source, layers: executor.begin(rows: rows, scratch: scratch),
            row: (scratch + executor.scratchByteCount).bindMemory(
                to: Float.self, capacity: network.factor * targetSize.width))
    }
}

/// A place in a `LightResamplerRun`. Not sendable: it points into scratch memory of one thread.
final class LightResamplerCursor {
    private let run: LightResamplerRun
    private let source: Plane
    private var layers: StreamingCursor
    /// A row of the source, its last pixel repeated up to a multiple of the factor.
    private let row: UnsafeMutablePointer<Float>

    fileprivate init(
        _ run: LightResamplerRun, source: Plane, layers: StreamingCursor, row: UnsafeMutablePointer<Float>
    ) {
        (self.run, self.source, self.layers, self.row) = (run, source, layers, row)
    }

    /// The next row of the small picture: for size² taps their weights, then their horizontal and their vertical
    /// displacements in -1...1; valid until the next call.
    func nextRow() -> FeatureRow {
        let made = layers.nextRow(loadChannels: { [self] y, features in load(y, into: features) })
        let taps = run.network.kernelSize * run.network.kernelSize
        for channel in taps..<3 * taps {
            run.convolutions.tanh(made.channel(channel), count: made.layout.paddedWidth)
        }
        return made
    }

    /// Row `y` of the layers' grid: the source's pixels sorted into channels.
    private func load(_ y: Int, into features: FeatureRow) {
        let (factor, width) = (run.network.factor, run.targetSize.width)
        for dy in 0..<factor {
            run.samples.load(
                row: min(factor * y + dy, run.sourceSize.height - 1), of: source, mapping: run.mapping, into: row)
            let missing = factor * width - run.sourceSize.width
            (row + run.sourceSize.width).update(repeating: row[run.sourceSize.width - 1], count: missing)
            for dx in 0..<factor {
                let channel = features.channel(factor * dy + dx)
                for x in 0..<width { channel[x] = row[factor * x + dx] }
            }
        }
    }
}

extension PlaneSize {
    /// Divided by a factor and rounded up.
    func reduced(by factor: Int) -> PlaneSize {
        PlaneSize((width + factor - 1) / factor, (height + factor - 1) / factor)
    }
}
