package import UplumaKernels
package import UplumaResampling

/// Runs the layers of a network together, row by row: each layer makes a row as soon as the one before has made the rows
/// below it, and keeps as many rows of its input as its kernel has. Memory grows with the width alone and, for narrow
/// networks, mostly stays in the cache.
///
///     var cursor = executor.begin(rows: rows, scratch: memory)
///     for y in rows { let result = cursor.nextRow { y, row in …fill row with input row y… } }
///
/// Rows beyond the top and bottom are zeros for every layer; rows beyond a strip are computed, so a row's values do not
/// depend on where strips begin, nor on the instruction set. An executor is a value fixed at creation, used by many
/// threads at once, each with scratch memory of its own.
package struct StreamingExecutor: Sendable {
    /// Size of the layers' grid: of what the first one reads and of all features.
    package let size: PlaneSize
    /// Bytes of scratch memory one cursor needs, a multiple of 64.
    package let scratchByteCount: Int

    fileprivate let layers: [PackedConvolution]
    fileprivate let kernels: ConvolutionKernels
    /// Rows of input that must be there below a row for layer l to make it: the sum of the reaches up to l.
    fileprivate let delays: [Int]
    /// Rows that layer l reads (index l); the last entry is the row the last layer writes.
    fileprivate let layouts: [FeatureLayout]
    /// Bytes from the start of the scratch memory to the rows of each entry of `layouts`.
    fileprivate let offsets: [Int]

    /// - Parameters:
    ///   - chain: the network.
    ///   - size: size of the layers' grid.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(chain: ConvolutionChain, size: PlaneSize, level: CPULevel = .current) {
        self.size = size
        kernels = ConvolutionKernels(level: level)
        layers = chain.layers.map(\.packed)
        var delay = 0
        delays = chain.layers.map {
            delay += $0.reach
            return delay
        }
        let channels = [1] + layers.map(\.writtenChannels)
        layouts = channels.map { FeatureLayout(channels: $0, width: size.width) }
        // A row of zeros, wide enough for every layer, comes first.
        var end = layouts.map(\.byteCount).max() ?? 0
        var offsets: [Int] = []
        for (index, layout) in layouts.enumerated() {
            offsets.append(end)
            end += layout.byteCount * (index < layers.count ? layers[index].kernel : 1)
        }
        self.offsets = offsets
        scratchByteCount = end
    }

    /// Rows above and below a row that it depends on.
    fileprivate var halo: Int { delays[delays.count - 1] }

    /// The first row that a cursor for `rows` reads.
    package func firstInputRow(of rows: Range<Int>) -> Int { max(0, rows.lowerBound - halo) }

    /// Starts a strip.
    ///
    /// - Parameters:
    ///   - rows: rows of the layers' grid, not empty.
    ///   - scratch: `scratchByteCount` bytes, 64-byte aligned, which belong to the cursor until it is dropped; content
    ///     undefined before and after. Valid as long as the cursor is used: both live in one `ScratchMemory.withBytes`.
    /// - Returns: a cursor whose first row is `rows.lowerBound`, its last the one before `rows.upperBound`.
    package func begin(rows: Range<Int>, scratch: UnsafeMutableRawPointer) -> StreamingCursor {
        StreamingCursor(executor: self, rows: rows, scratch: scratch)
    }
}

/// A place in a `StreamingExecutor`. Not sendable: it points into scratch memory of one thread.
package struct StreamingCursor {
    private let executor: StreamingExecutor
    private let rows: Range<Int>
    private let scratch: UnsafeMutableRawPointer
    /// The row `nextRow` returns next.
    private var row: Int
    /// The input row that is read next; when it is there, layer l can make row `step - delays[l]`.
    private var step: Int

    fileprivate init(executor: StreamingExecutor, rows: Range<Int>, scratch: UnsafeMutableRawPointer) {
        precondition(!rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= executor.size.height)
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        self.executor = executor
        self.rows = rows
        self.scratch = scratch
        row = rows.lowerBound
        step = executor.firstInputRow(of: rows)
        // The row of zeros and every margin.
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: executor.scratchByteCount)
    }

    /// Computes the next row.
    ///
    /// - Parameter load: called for each input row that is needed, in order from `firstInputRow` on, with its number and
    ///   room for the width's floats, all of which it fills; it may write zeros up to the width rounded up to 16.
    /// - Returns: the last layer's features, valid until the next call.
    package mutating func nextRow(load: (Int, UnsafeMutablePointer<Float>) -> Void) -> FeatureRow {
        precondition(row < rows.upperBound, "the last row has been made")
        while step <= row + executor.halo {
            // Beyond the bottom, and beyond what the strip's last row depends on, nothing is read.
            if step < min(executor.size.height, rows.upperBound + executor.halo) {
                load(step, feature(0, step).channel(0))
            }
            for layer in executor.layers.indices { make(layer, row: step - executor.delays[layer]) }
            step += 1
        }
        row += 1
        return feature(executor.layers.count, 0)
    }

    /// Makes a layer's row, unless it lies outside the picture or what the strip depends on.
    private func make(_ index: Int, row y: Int) {
        let reach = executor.halo - executor.delays[index]
        let needed = max(0, rows.lowerBound - reach)..<min(executor.size.height, rows.upperBound + reach)
        guard needed.contains(y) else { return }
        let layer = executor.layers[index]
        let target = index + 1 < executor.layers.count ? feature(index + 1, y) : feature(index + 1, 0)
        executor.kernels.convolve(layer, into: target) { feature(index, y + $0 - layer.kernel / 2) }
    }

    /// Row `y` of what layer `index` reads, zeros outside the picture.
    private func feature(_ index: Int, _ y: Int) -> FeatureRow {
        let layout = executor.layouts[index]
        guard y >= 0 && y < executor.size.height else { return FeatureRow(at: scratch, layout: layout) }
        let slot = index < executor.layers.count ? y % executor.layers[index].kernel : 0
        return FeatureRow(at: scratch + executor.offsets[index] + slot * layout.byteCount, layout: layout)
    }
}
