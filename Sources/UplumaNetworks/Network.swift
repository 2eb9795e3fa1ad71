package import UplumaKernels

/// What the weights file of a model describes: any of the networks that enlarge. (Those that make pictures smaller are
/// `ResamplerNetwork`s.)
package enum Network: Sendable, Hashable {
    case chain(ConvolutionChain)
    case adaptive(AdaptiveNetwork)

    /// The network a weights file describes by its metadata (`NetworkArchitecture`).
    ///
    /// - Throws: `WeightsError`, see `ConvolutionChain.init(file:)` and `AdaptiveNetwork.init(file:)`.
    package init(file: WeightsFile) throws {
        let architecture = try NetworkArchitecture(of: file)
        switch architecture.form {
        case .adaptive: self = .adaptive(try AdaptiveNetwork(architecture, file: file))
        case .subpixels, .transposed, .enlarged, .enlargedResidual:
            self = .chain(try ConvolutionChain(architecture, file: file))
        }
    }

    /// Enlargement in both directions.
    package var factor: Int {
        switch self {
        case .chain(let chain): chain.factor
        case .adaptive(let network): network.factor
        }
    }

    /// For each source pixel, a multiply-add counted as 2; enlargements by filters are left out.
    package var operationsPerInputPixel: Int {
        switch self {
        case .chain(let chain): chain.operationsPerInputPixel
        case .adaptive(let network): network.operationsPerInputPixel
        }
    }

    /// The network where it is convolutions one after the other, and nothing else.
    package var chain: ConvolutionChain? {
        if case .chain(let chain) = self { chain } else { nil }
    }

    /// The network where it predicts kernels.
    package var adaptive: AdaptiveNetwork? {
        if case .adaptive(let network) = self { network } else { nil }
    }

    /// Whether the fused executor can run it in a precision at all.
    package func supports(_ precision: Precision) -> Bool {
        switch self {
        case .chain(let chain): StreamingExecutor.supports(precision, chain.layers)
        case .adaptive(let network): network.stages.allSatisfy { StreamingExecutor.supports(precision, $0.layers) }
        }
    }

    /// Whether it is in 8 bits.
    package var isQuantized: Bool { chain?.isQuantized ?? false }

    /// The network in floating point alone: itself unless it `isQuantized`.
    package var dequantized: Network {
        if case .chain(let chain) = self { .chain(chain.dequantized) } else { self }
    }
}
