/// A network that predicts how a picture is made smaller: for every pixel of the small picture the weights of a kernel's
/// taps, and how far each of them is displaced (content-adaptive resampling, CAR; Sun and Chen, "Learned Image Downscaling
/// for Upscaling Using Content Adaptive Resampler", 2020).
package enum ResamplerNetwork: Sendable {
    /// The paper's.
    case full(FullResampler)
    /// A short chain of convolutions at the size of the small picture.
    case light(LightResampler)

    /// Source over result, in both directions.
    package var factor: Int {
        switch self {
        case .full(let network): network.factor
        case .light(let network): network.factor
        }
    }

    /// Rows and columns of a kernel.
    package var kernelSize: Int {
        switch self {
        case .full(let network): network.kernelSize
        case .light(let network): network.kernelSize
        }
    }

    package var architecture: ResamplerArchitecture {
        switch self {
        case .full: .full
        case .light: .light
        }
    }

    /// For each pixel of a source of one plane, a multiply-add counted as 2: the layers, and for each tap three
    /// interpolations and the weighing.
    package var operationsPerInputPixel: Int {
        switch self {
        case .full(let network): network.operationsPerInputPixel
        case .light(let network): network.operationsPerInputPixel
        }
    }

    /// Multiply-adds for each pixel of the small picture that sampling takes.
    static func products(kernelSize: Int) -> Int { 4 * kernelSize * kernelSize }

    /// Rounded to a whole number, from 1 on.
    static func operations(productsOfSource products: Double) -> Int { max(1, Int((2 * products).rounded())) }
}

/// The architectures of networks that make pictures smaller, as the metadata `architecture` of a weights file names them.
package enum ResamplerArchitecture: String, Sendable, Hashable, CaseIterable {
    case full = "car"
    case light = "car-light"
}

extension ResamplerNetwork {
    /// The network a weights file describes by its metadata.
    ///
    /// - Throws: `WeightsError`, see `FullResampler.init(file:)` and `LightResampler.init(file:)`; `unknownArchitecture`
    ///   where the file holds none of these networks.
    package init(file: WeightsFile) throws {
        let named = file.metadata["architecture"]
        switch named.flatMap(ResamplerArchitecture.init) {
        case .full: self = .full(try FullResampler(file: file))
        case .light: self = .light(try LightResampler(file: file))
        case nil:
            if let named, NetworkArchitecture.all.contains(where: { $0.name == named }) {
                throw WeightsError(
                    .unknownArchitecture, file: file.name, problem: "holds the network '\(named)', which enlarges",
                    remedy: "give it as --model to `upluma upscale`; a downscaler is needed here")
            }
            let known = ResamplerArchitecture.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw WeightsError(
                .unknownArchitecture, file: file.name,
                problem: named.map { "names the network '\($0)', which this version does not know" }
                    ?? "does not name its network", remedy: "a downscaler's metadata 'architecture' is one of \(known)")
        }
    }
}
