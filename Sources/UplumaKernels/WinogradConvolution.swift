import CUplumaKernels

/// The weights of a 3×3 convolution for Winograd's F(4×4, 3×3) (`upluma_winograd.h`): G g Gᵀ of each kernel g, worked out
/// in double precision and rounded once.
///
/// Immutable; owns its memory.
package final class WinogradConvolution: @unchecked Sendable {  // the memory is written in `init` only
    package let inputChannels: Int
    package let outputChannels: Int
    package let activation: Activation
    /// Bytes of scratch memory the kernels take, a multiple of 64.
    package let scratchByteCount: Int
    /// The layer as C sees it, its arrays owned by `memory`.
    let layer: UnsafeMutablePointer<upluma_winograd_layer>
    private let memory: UnsafeMutablePointer<Float>

    /// Rows that are made at a time.
    package static let tile = Int(UPLUMA_WINOGRAD_TILE)
    /// Rows (and columns) they are made from.
    package static let patch = Int(UPLUMA_WINOGRAD_PATCH)

    /// G: a kernel of three weights at the points 0, 1, -1, 2, -2 and infinity.
    private static let points: [[Double]] = [
        [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
    ]

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - weights: [outputChannels][inputChannels][3][3], rows of the kernel first (OIHW).
    ///   - bias: [outputChannels]
    ///   - activation: as many slopes as output channels where each has its own.
    package init(inputChannels: Int, outputChannels: Int, weights: [Float], bias: [Float], activation: Activation) {
        precondition(weights.count == outputChannels * inputChannels * 9 && bias.count == outputChannels)
        let slopes = activation.slopes(channels: outputChannels)
        precondition(slopes.count == outputChannels, "a slope for each channel")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.activation = activation
        let inputs = ChannelsLastLayout(channels: inputChannels, width: 1).channels
        let outputs = ChannelsLastLayout(channels: outputChannels, width: 1).channels
        scratchByteCount =
            upluma_winograd_scratch(Int32(inputs), Int32(outputs)) * MemoryLayout<Float>.stride

        let products = Int(UPLUMA_WINOGRAD_PRODUCTS)
        let count = products * inputs * outputs
        let bytes = (count + 2 * outputs) * MemoryLayout<Float>.stride
        memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: count + 2 * outputs)
        memory.update(repeating: 0, count: count + 2 * outputs)
        for output in 0..<outputChannels {
            for input in 0..<inputChannels {
                let first = (output * inputChannels + input) * 9
                let transformed = Self.transformed(weights[first..<first + 9].map(Double.init))
                for (index, value) in transformed.enumerated() {
                    memory[(index * inputs + input) * outputs + output] = Float(value)
                }
            }
            memory[count + output] = bias[output]
            memory[count + outputs + output] = slopes[output]
        }
        layer = .allocate(capacity: 1)
        layer.initialize(
            to: upluma_winograd_layer(
                cin: Int32(inputs), cout: Int32(outputs), weights: memory, bias: memory + count,
                slopes: memory + count + outputs))
    }

    deinit {
        layer.deallocate()
        memory.deallocate()
    }

    /// G g Gᵀ, [6][6].
    private static func transformed(_ kernel: [Double]) -> [Double] {
        let columns = points.map { point in
            (0..<3).map { x in (0..<3).reduce(0) { $0 + point[$1] * kernel[3 * $1 + x] } }
        }
        return columns.flatMap { row in points.map { point in (0..<3).reduce(0) { $0 + point[$1] * row[$1] } } }
    }
}
