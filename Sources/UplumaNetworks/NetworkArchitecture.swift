import UplumaResampling

/// A family of networks, as the metadata `architecture` of a weights file names it: the layers its paper has, what they
/// read and what they make. Sizes are defaults; the file's metadata may say others (`NetworkSettings`).
///
/// The tensors of layer n, counted from 1, are `convN.weight` (output, input, row, column) and `convN.bias`, with PReLU
/// also `convN.slope` (one for each output channel), for all layers but the last, which has no activation. SP-VDSR's
/// layers are called `conv2d`, `conv2d_1`, … instead (what Keras called the author's), and a transposed layer `deconv`,
/// its weight (input, 1, row, column), its bias one number. Luma is 0...1 as `SampleMapping.luma` has it. Convolutions
/// pad with zeros and keep the size.
package struct NetworkArchitecture: Sendable, Hashable {
    /// What the layers read and make.
    enum Form: Sendable, Hashable {
        /// Sub-pixels from the source; added to the base if there is one.
        case subpixels
        /// The picture from the source, by a transposed convolution at the end (`TransposedConvolution`).
        case transposed
        /// The picture from the source enlarged by the base filter.
        case enlarged
        /// The residual of the source enlarged by the base filter.
        case enlargedResidual
        /// Kernels that resample the source, in one stage or several (`AdaptiveNetwork`).
        case adaptive
    }

    /// What follows every layer but the last.
    enum ActivationLaw: String, Sendable, CaseIterable {
        case relu, leaky, prelu, tanh
    }

    package let name: String
    let form: Form
    /// Channels before each layer; what the last one gives follows from form and scale.
    let channels: [Int]
    /// Rows and columns of each layer's kernel; nil is 3 for all.
    let kernels: [Int]?
    let activation: ActivationLaw
    let base: ResampleFilter?

    /// João Vitor Rafael Chrisóstomo, "Machine Learning Super-Resolution" (github.com/Artoriuz/sp-vdsr, its layer list):
    /// narrow layers at the small size correct a Lanczos 3 enlargement.
    static let spvdsr = NetworkArchitecture(
        name: "sp-vdsr", form: .subpixels, channels: [1, 8, 8, 8, 8, 8], kernels: nil, activation: .leaky,
        base: .lanczos3)

    /// Dong, Loy, He and Tang, "Image Super-Resolution Using Deep Convolutional Networks", 2015: 9-1-5 with 64 and 32
    /// filters on a bicubic enlargement. Unlike the authors' layers, which shrink the picture, ours pad it.
    static let srcnn = NetworkArchitecture(
        name: "srcnn", form: .enlarged, channels: [1, 64, 32], kernels: [9, 1, 5], activation: .relu,
        base: .catmullrom)

    /// Dong, Loy and Tang, "Accelerating the Super-Resolution Convolutional Neural Network", 2016: d = 56, s = 12, m = 4.
    static let fsrcnn = NetworkArchitecture(
        name: "fsrcnn", form: .transposed, channels: [1, 56, 12, 12, 12, 12, 12, 56],
        kernels: [5, 1, 3, 3, 3, 3, 1, 9], activation: .prelu, base: nil)

    /// Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
    /// Network", 2016: 5-3-3 with 64 and 32 filters.
    static let espcn = NetworkArchitecture(
        name: "espcn", form: .subpixels, channels: [1, 64, 32], kernels: [5, 3, 3], activation: .tanh, base: nil)

    /// Kim, Lee and Lee, "Accurate Image Super-Resolution Using Very Deep Convolutional Networks", 2016: 20 layers of 64
    /// filters correct the bicubic enlargement that they read.
    static let vdsr = NetworkArchitecture(
        name: "vdsr", form: .enlargedResidual, channels: [1] + Array(repeating: 64, count: 19), kernels: nil,
        activation: .relu, base: .catmullrom)

    /// Jia, De Brabandere, Tuytelaars and Van Gool, "Deep Adaptive Image Resampling": kernels of 5×5 for every pixel; five
    /// layers of 64 filters, DAIR_5.
    static let dair = NetworkArchitecture(
        name: "dair", form: .adaptive, channels: [1] + Array(repeating: 64, count: 4), kernels: nil,
        activation: .relu, base: nil)

    /// FCN_20 of the same paper, which DAIR is compared with there: the picture itself from the source enlarged by nearest
    /// neighbour, 20 layers of 64 filters.
    static let fcn = NetworkArchitecture(
        name: "fcn", form: .enlarged, channels: [1] + Array(repeating: 64, count: 19), kernels: nil,
        activation: .relu, base: .nearest)

    // What the papers call bicubic is MATLAB's imresize; enlarging, `catmullrom` has its weights and its edges, in floating
    // point (the papers' scripts round the enlargement to 8 bits).

    /// All there are.
    package static let all = [spvdsr, srcnn, fsrcnn, espcn, vdsr, dair, fcn]

    /// What the last layer of a chain gives at a scale.
    func outputs(factor: Int) -> Int { form == .subpixels ? factor * factor : 1 }

    /// What a file calls layer `index`, from 0, of `count`.
    func layerName(_ index: Int, of count: Int) -> String {
        if self == .spvdsr { return index == 0 ? "conv2d" : "conv2d_\(index)" }
        return form == .transposed && index == count - 1 ? "deconv" : "conv\(index + 1)"
    }
}

extension NetworkArchitecture {
    /// The one that a file's metadata names.
    ///
    /// - Throws: `WeightsError` with `unknownArchitecture`.
    init(of file: WeightsFile) throws {
        let named = file.metadata["architecture"]
        guard let architecture = Self.all.first(where: { $0.name == named }) else {
            if let named, ResamplerArchitecture(rawValue: named) != nil {
                throw WeightsError(
                    .unknownArchitecture, file: file.name, problem: "holds the network '\(named)', a downscaler",
                    remedy: "give it as --downscale to `upluma upscale`, or as --model to `upluma downscale`")
            }
            let found = named.map { "names the network '\($0)', which this version does not know" }
            let known = Self.all.map { "'\($0.name)'" }.joined(separator: ", ")
            throw WeightsError(
                .unknownArchitecture, file: file.name, problem: found ?? "does not name its network",
                remedy: "its metadata 'architecture' must be one of \(known)")
        }
        self = architecture
    }
}
