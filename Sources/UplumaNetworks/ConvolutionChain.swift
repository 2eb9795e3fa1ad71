package import UplumaResampling

/// A super-resolution network without branches as data, apart from how it is run: convolutions one after the other on a
/// grid of pixels, whose last channels are the picture, or a residual that is added to a filtered enlargement.
///
/// The layers work on the source's own grid (SP-VDSR, ESPCN, FSRCNN), or on that of the result after a filter has
/// enlarged the source (SRCNN, VDSR). With n sub-pixels in each direction for each pixel of that grid, value (y, x) of
/// the result is base(y, x) + channel (n · (y mod n) + x mod n) of the last layer at (y / n, x / n), limited to 0...1.
/// The base is the source enlarged by a filter, or 0.
///
/// Source values are 0...1 by the plane's `SampleMapping`. Outside the picture every layer sees zeros, not what its
/// predecessor would compute there; filters mirror the picture at its edges (`FilterTaps`), enlarged values are neither
/// rounded nor limited.
package struct ConvolutionChain: Sendable, Hashable {
    /// What the first layer reads.
    package enum Input: Sendable, Hashable {
        /// The source as it is.
        case source
        /// The source enlarged `factor` times in both directions.
        case enlarged(ResampleFilter)
    }

    package let layers: [ConvolutionLayer]
    /// Enlargement of the whole network in both directions.
    package let factor: Int
    package let input: Input
    /// What enlarges the source for the picture that the layers correct; nil where they make the whole picture.
    package let base: ResampleFilter?

    /// - Parameters:
    ///   - layers: at least one; the first takes 1 channel, the last gives `subpixels`².
    ///   - factor: 1 or more.
    ///   - input: what the first layer reads.
    ///   - base: see the property.
    package init(
        layers: [ConvolutionLayer], factor: Int, input: Input = .source, base: ResampleFilter? = .lanczos3
    ) {
        self.layers = layers
        self.factor = factor
        self.input = input
        self.base = base
        precondition(factor >= 1 && layers.first?.inputChannels == 1, "a network reads one plane")
        precondition(
            layers.last?.outputChannels == subpixels * subpixels, "the last layer gives \(subpixels)² sub-pixels")
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputChannels == next.inputChannels, "layers fit together")
        }
        // A layer's results are stored in the codes of the next one, so none may be left out.
        precondition(
            layers.dropFirst().allSatisfy { ($0.quantization != nil) == isQuantized }
                && layers[0].quantization == nil, "the first layer reads values; all others codes, or none")
    }

    /// Whether all layers but the first are in 8 bits (`LayerQuantization`).
    package var isQuantized: Bool { layers.count > 1 && layers[1].quantization != nil }

    /// The network in floating point alone: itself unless it `isQuantized`.
    package var dequantized: ConvolutionChain {
        ConvolutionChain(layers: layers.map(\.dequantized), factor: factor, input: input, base: base)
    }

    /// Pixels of the result for each pixel of the layers' grid, in each direction.
    package var subpixels: Int {
        switch input {
        case .source: factor
        case .enlarged: 1
        }
    }

    /// The grid of the layers for a source of some size.
    package func layerSize(of source: PlaneSize) -> PlaneSize {
        let times = factor / subpixels
        return PlaneSize(source.width * times, source.height * times)
    }

    /// Rows above and below (and columns beside) a pixel of the layers' grid that its result depends on through them.
    package var halo: Int { layers.reduce(0) { $0 + $1.reach } }

    /// Operations of the convolutions for each source pixel, a multiply-add counted as 2; enlargements and activations
    /// are left out.
    package var operationsPerInputPixel: Int {
        let times = factor / subpixels
        return 2 * times * times * layers.reduce(0) { $0 + $1.products }
    }
}
