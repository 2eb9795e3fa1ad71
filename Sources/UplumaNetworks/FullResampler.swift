package import UplumaKernels
package import UplumaTensors

/// The paper's network of CAR, ResamplerNet, with the widths of its weights file (`FullResampler.init(file:)`).
///
/// A 5×5 convolution, three times sub-pixels into channels (channel 4 · c + 2 · dy + dx) with a 1×1 convolution after
/// each, residual blocks before the last of them, so that a pixel stands for 8 × 8 of the source; from there two trunks,
/// for kernels and displacements, each back to the size of the small picture, and three heads. Every 3×3 and 5×5
/// convolution mirrors the features at their edge.
///
/// **Sizes.** The network needs sides that are multiples of 8, and at least 16: the picture's right and bottom edge is
/// repeated up to the next one, the method is carried out on that, and what belongs to the size divided by the factor and
/// rounded up is kept.
///
/// **Luma.** Weights of three channels read luma as grey (R = G = B = Y): `graph(planes: 1)` adds the three channels of
/// the first convolution up, the mean that is subtracted before it folded into its bias. That is exact up to rounding.
package struct FullResampler: Sendable {
    /// A convolution, a ReLU, … from the coarse features to those at the size of the small picture.
    struct Trunk: Sendable {
        var coarse: [Convolution]
        /// To channels that are sub-pixels.
        var enlarging: Convolution
        var fine: Convolution
    }

    /// From a trunk to a number for each tap.
    struct Head: Sendable {
        var inner: Convolution
        var last: Convolution
    }

    /// Source over result, in both directions: 2, 4 or 8.
    package let factor: Int
    /// 1 (luma) or 3 (R, G, B).
    package let inputChannels: Int
    /// What is subtracted first, as a 1×1 convolution; nil for nothing.
    let mean: Convolution?
    let entry: Convolution
    /// 1×1, to a half, a quarter and an eighth of the source's size.
    let reductions: [Convolution]
    let blocks: [(first: Convolution, second: Convolution)]
    let kernelTrunk: Trunk
    let displacementTrunk: Trunk
    let kernelHead: Head
    let horizontalHead: Head
    let verticalHead: Head

    /// Sides are extended to a multiple of this.
    static let multiple = 8
    /// And to this at least: features at an eighth of the size can be mirrored only from 2 pixels on.
    static let leastSide = 16

    /// Rows and columns of a kernel.
    package var kernelSize: Int { Self.kernelSize(factor: factor) }
    static func kernelSize(factor: Int) -> Int { 3 * factor + 1 }

    /// In coordinates of the extended picture with `kernelSize / 2` pixels mirrored around it.
    package var taps: DisplacedTaps { .reducing(by: factor) }

    /// A side of a picture as the network gets it.
    package static func extended(_ side: Int) -> Int {
        max(leastSide, (side + multiple - 1) / multiple * multiple)
    }

    /// See `ResamplerNetwork.operationsPerInputPixel`.
    package var operationsPerInputPixel: Int {
        let side = 8 * Self.multiple
        let graph = graph(planes: 1)
        guard let shapes = try? graph.shapes(inputs: [TensorShape(channels: 1, height: side, width: side)]) else {
            preconditionFailure("the network fits a multiple of 8")
        }
        let small = side / factor
        let products = graph.products(shapes) + small * small * ResamplerNetwork.products(kernelSize: kernelSize)
        return ResamplerNetwork.operations(productsOfSource: Double(products) / Double(side * side))
    }

    /// The network as a graph. Its outputs, `kernelSize`² channels each: kernels, limited to 1e-6...1 but not yet divided
    /// by their sums; horizontal displacements, -1...1; vertical ones.
    ///
    /// - Parameters:
    ///   - planes: channels of the picture: `inputChannels`, or 1 for luma.
    ///   - showsFeatures: whether the features that both trunks read are a fourth output.
    package func graph(planes: Int, showsFeatures: Bool = false) -> NetworkGraph {
        precondition(planes == 1 || planes == inputChannels, "a picture of 1 or \(inputChannels) planes, not \(planes)")
        var graph = NetworkGraph()
        func mirrored(
            _ value: NetworkGraph.Value, _ convolution: Convolution, _ activation: Activation = .none
        ) -> NetworkGraph.Value {
            graph.convolution(
                value, convolution, padding: Padding(.reflection, Insets(convolution.kernel.rows / 2)),
                activation: activation)
        }
        var value = graph.input(channels: planes)
        if planes == inputChannels {
            if let mean { value = graph.convolution(value, mean) }
            value = mirrored(value, entry, .leaky(0.2))
        } else {
            value = mirrored(value, greyEntry, .leaky(0.2))
        }
        for (index, reduction) in reductions.enumerated() {
            if index == reductions.count - 1 {
                let quarter = value
                for block in blocks {
                    let inner = mirrored(value, block.first, .leaky(0.2))
                    value = graph.add(mirrored(inner, block.second), value)
                }
                if !blocks.isEmpty { value = graph.add(value, quarter) }
            }
            value = graph.convolution(graph.pixelUnshuffle(value, by: 2), reduction)
        }
        let features = value
        func trunk(_ trunk: Trunk) -> NetworkGraph.Value {
            let coarse = trunk.coarse.reduce(features) { mirrored($0, $1, .leaky(0)) }
            let large = graph.pixelShuffle(graph.convolution(coarse, trunk.enlarging), by: Self.multiple / factor)
            return mirrored(large, trunk.fine, .leaky(0))
        }
        func head(_ head: Head, of value: NetworkGraph.Value, _ activation: Activation = .none) -> NetworkGraph.Value {
            mirrored(mirrored(value, head.inner, .leaky(0)), head.last, activation)
        }
        let kernels = graph.clamp(head(kernelHead, of: trunk(kernelTrunk)), to: 1e-6...1)
        let displaced = trunk(displacementTrunk)
        let (horizontal, vertical) = (
            head(horizontalHead, of: displaced, .tanh), head(verticalHead, of: displaced, .tanh)
        )
        for output in [kernels, horizontal, vertical] + (showsFeatures ? [features] : []) { graph.output(output) }
        return graph
    }

    /// The first convolution for a picture whose channels are all the same, the mean subtracted by its bias. (Mirrored
    /// edges have no zeros, so the mean is the same everywhere.)
    private var greyEntry: Convolution {
        let channels = inputChannels
        let taps = entry.kernel.rows * entry.kernel.columns
        var gains = [Double](repeating: 1, count: channels)
        var shifts = [Double](repeating: 0, count: channels)
        if let mean {
            for channel in 0..<channels {
                gains[channel] = (0..<channels).reduce(0) { $0 + Double(mean.weights[channel * channels + $1]) }
                shifts[channel] = Double(mean.bias[channel])
            }
        }
        var weights: [Float] = []
        var bias: [Float] = []
        for output in 0..<entry.outputChannels {
            let first = output * channels * taps
            weights += (0..<taps).map { tap in
                Float((0..<channels).reduce(0) { $0 + gains[$1] * Double(entry.weights[first + $1 * taps + tap]) })
            }
            bias.append(
                Float(
                    (0..<channels * taps).reduce(Double(entry.bias[output])) {
                        $0 + shifts[$1 / taps] * Double(entry.weights[first + $1])
                    }))
        }
        return Convolution(
            inputChannels: 1, outputChannels: entry.outputChannels, kernel: entry.kernel, weights: weights, bias: bias)
    }
}
