package import UplumaKernels

/// The light network of CAR's method: a chain of convolutions at the size of the small picture.
///
/// The luma of the source, 0...1, is sorted into factor² channels (channel factor · dy + dx), right and bottom edge
/// repeated up to a multiple of the factor; the layers pad with zeros. The last one gives, for size × size taps, their
/// weights, used as they are (what makes them sum to one is in the layer itself), then their horizontal and their vertical
/// displacements, which go through tanh. Where taps rest, what a displacement of 1 is and what lies beyond the edge:
/// `DisplacedTaps.reducing(by:size:)`.
package struct LightResampler: Sendable, Hashable {
    package let layers: [ConvolutionLayer]
    /// Source over result, in both directions.
    package let factor: Int
    /// Rows and columns of a kernel.
    package let kernelSize: Int

    /// - Parameters:
    ///   - layers: at least one; the first reads factor² channels, the last gives 3 · kernelSize².
    ///   - factor: 2 or more.
    ///   - kernelSize: 1 or more.
    package init(layers: [ConvolutionLayer], factor: Int, kernelSize: Int) {
        precondition(factor > 1 && kernelSize > 0, "a picture is made smaller by taps")
        precondition(layers.first?.inputChannels == factor * factor, "the first layer reads factor² channels")
        precondition(layers.last?.outputChannels == 3 * kernelSize * kernelSize, "the last gives three for each tap")
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputChannels == next.inputChannels, "layers fit together")
        }
        self.layers = layers
        self.factor = factor
        self.kernelSize = kernelSize
    }

    package var taps: DisplacedTaps { .reducing(by: factor, size: kernelSize) }

    /// See `ResamplerNetwork.operationsPerInputPixel`.
    package var operationsPerInputPixel: Int {
        let products = layers.reduce(ResamplerNetwork.products(kernelSize: kernelSize)) { $0 + $1.products }
        return ResamplerNetwork.operations(productsOfSource: Double(products) / Double(factor * factor))
    }
}

extension LightResampler {
    /// The network a weights file describes by its metadata:
    ///
    /// | key | value |
    /// |---|---|
    /// | `scale` | 2 to 8 |
    /// | `kernel_size` | rows and columns of a kernel, from the scale to 32 |
    /// | `widths` | channels before, between and after the layers, such as 4-32-32-108: from scale² to 3 · kernel_size² |
    /// | `kernels` | rows and columns of each layer's kernel, such as 3-3-1 |
    /// | `leaky_slope` | what negative results are multiplied by after all layers but the last, 0 to 1; 0.3 when missing |
    /// | `sample_range` | 0..1, whatever is said after that |
    ///
    /// Layer n, from 1, is `convN.weight` (output, input, row, column) and `convN.bias`.
    ///
    /// - Throws: `WeightsError`: `invalidSetting`, `missingTensor`, `unexpectedTensor`, `wrongType`, `wrongShape` or
    ///   `notFinite`.
    package init(file: WeightsFile) throws {
        let settings = ResamplerSettings(file)
        let factor = try settings.required("scale", "a whole number from 2 to 8") {
            ResamplerSettings.number($0, of: Array(2...8))
        }
        let size = try settings.required("kernel_size", "a whole number from \(factor) to 32") {
            ResamplerSettings.number($0, of: Array(factor...32))
        }
        let (first, last) = (factor * factor, 3 * size * size)
        let widths = try settings.required(
            "widths", "channel counts from 1 to 4096 that begin with \(first) and end with \(last)"
        ) { text in
            NetworkSettings.numbers(text, in: 1...4096, counts: 2...65).flatMap {
                $0.first == first && $0.last == last ? $0 : nil
            }
        }
        let count = widths.count - 1
        let known = PackedConvolution.kernelSizes
        let kernels = try settings.required(
            "kernels", "\(count) of the odd numbers \(known.map(String.init).joined(separator: ", "))"
        ) { text in
            NetworkSettings.numbers(text, in: 1...9, counts: count...count).flatMap {
                Set($0).isSubset(of: known) ? $0 : nil
            }
        }
        let slope =
            try settings.value("leaky_slope", "a number from 0 to 1") {
                Float($0).flatMap { (0...1).contains($0) ? $0 : nil }
            } ?? 0.3
        _ = try settings.value("sample_range", "0..1") { $0.hasPrefix("0..1") ? true : nil }
        let layers = try (0..<count).map { index in
            let name = "conv\(index + 1)"
            let (inputs, outputs, kernel) = (widths[index], widths[index + 1], kernels[index])
            return ConvolutionLayer(
                inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                weights: try file.floats("\(name).weight", shape: [outputs, inputs, kernel, kernel]),
                bias: try file.floats("\(name).bias", shape: [outputs]),
                activation: index == count - 1 ? .none : .leaky(slope))
        }
        try settings.expect(
            Set((1...count).flatMap { ["conv\($0).weight", "conv\($0).bias"] }), .light,
            remedy: "the metadata 'widths' does not describe this network, or it is another one")
        self.init(layers: layers, factor: factor, kernelSize: size)
    }
}
