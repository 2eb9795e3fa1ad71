package import UplumaKernels
package import UplumaResampling

/// Runs the layers of a network together, row by row: each layer makes a row as soon as the one before has made the row
/// below it, and keeps three rows of its input. Memory grows with the width alone and mostly stays in the cache.
///
///     var cursor = executor.begin(rows: rows, scratch: memory)
///     for y in rows { let residual = cursor.nextRow { y, row in …fill row with source row y… } }
///
/// Rows beyond the top and bottom are zeros for every layer; rows beyond a strip are computed, so a row's values do not
/// depend on where strips begin, nor on the instruction set. An executor is a value fixed at creation, used by many
/// threads at once, each with scratch memory of its own.
package struct StreamingExecutor: Sendable {
    /// Size of the source, and of the features.
    package let size: PlaneSize
    /// Bytes of scratch memory one cursor needs, a multiple of 64.
    package let scratchByteCount: Int

    fileprivate let layers: [PackedConvolution]
    fileprivate let kernels: ConvolutionKernels
    /// Rows that layer l reads (index l); the last entry is the row the last layer writes.
    fileprivate let layouts: [FeatureLayout]
    /// Bytes from the start of the scratch memory to the rows of each entry of `layouts`.
    fileprivate let offsets: [Int]

    /// - Parameters:
    ///   - chain: the network.
    ///   - size: size of the sources.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(chain: ConvolutionChain, size: PlaneSize, level: CPULevel = .current) {
        self.size = size
        kernels = ConvolutionKernels(level: level)
        layers = chain.layers.map {
            PackedConvolution(
                inputChannels: $0.inputChannels, outputChannels: $0.outputChannels, weights: $0.weights, bias: $0.bias,
                slope: $0.slope)
        }
        let channels = [1] + layers.map(\.writtenChannels)
        layouts = channels.map { FeatureLayout(channels: $0, width: size.width) }
        // A row of zeros, wide enough for every layer, comes first.
        var end = layouts.map(\.byteCount).max() ?? 0
        var offsets: [Int] = []
        for (index, layout) in layouts.enumerated() {
            offsets.append(end)
            end += layout.byteCount * (index < layers.count ? 3 : 1)
        }
        self.offsets = offsets
        scratchByteCount = end
    }

    /// Starts a strip.
    ///
    /// - Parameters:
    ///   - rows: source rows, not empty.
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
    /// The source row that is read next; when it is there, layer l can make row `step - 1 - l`.
    private var step: Int

    fileprivate init(executor: StreamingExecutor, rows: Range<Int>, scratch: UnsafeMutableRawPointer) {
        precondition(!rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= executor.size.height)
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        self.executor = executor
        self.rows = rows
        self.scratch = scratch
        row = rows.lowerBound
        step = max(0, rows.lowerBound - executor.layers.count)
        // The row of zeros and every margin.
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: executor.scratchByteCount)
    }

    /// Computes the next row.
    ///
    /// - Parameter load: called for each source row that is needed, in order, with its number and room for the source
    ///   width's floats, all of which it fills.
    /// - Returns: the last layer's features, valid until the next call.
    package mutating func nextRow(load: (Int, UnsafeMutablePointer<Float>) -> Void) -> FeatureRow {
        precondition(row < rows.upperBound, "the last row has been made")
        let depth = executor.layers.count
        while step <= row + depth {
            // Beyond the bottom, and beyond what the strip's last row depends on, nothing is read.
            if step < min(executor.size.height, rows.upperBound + depth) {
                load(step, feature(0, step).channel(0))
            }
            for layer in 0..<depth { make(layer, row: step - 1 - layer) }
            step += 1
        }
        row += 1
        return feature(depth, 0)
    }

    /// Makes a layer's row, unless it lies outside the picture or what the strip depends on.
    private func make(_ layer: Int, row y: Int) {
        let reach = executor.layers.count - 1 - layer
        let needed = max(0, rows.lowerBound - reach)..<min(executor.size.height, rows.upperBound + reach)
        guard needed.contains(y) else { return }
        let target = layer + 1 < executor.layers.count ? feature(layer + 1, y) : feature(layer + 1, 0)
        executor.kernels.convolve(
            executor.layers[layer], above: feature(layer, y - 1), here: feature(layer, y), below: feature(layer, y + 1),
            into: target)
    }

    /// Row `y` of what layer `index` reads, zeros outside the picture.
    private func feature(_ index: Int, _ y: Int) -> FeatureRow {
        let layout = executor.layouts[index]
        guard y >= 0 && y < executor.size.height else { return FeatureRow(at: scratch, layout: layout) }
        let slot = index < executor.layers.count ? y % 3 : 0
        return FeatureRow(at: scratch + executor.offsets[index] + slot * layout.byteCount, layout: layout)
    }
}
