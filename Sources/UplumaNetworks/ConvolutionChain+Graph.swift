package import UplumaTensors

extension ConvolutionChain {
    /// The layers as a graph of one picture and one result: what the layers make, sub-pixels in their places, before a
    /// base is added and limits are set.
    package var graph: NetworkGraph {
        var graph = NetworkGraph()
        var value = graph.input(channels: 1)
        for layer in layers {
            let convolution = Convolution(
                inputChannels: layer.inputChannels, outputChannels: layer.outputChannels, kernel: Extent(layer.kernel),
                padding: Insets(layer.reach), weights: layer.weights, bias: layer.bias)
            value = graph.convolution(value, convolution, activation: layer.activation)
        }
        graph.output(graph.pixelShuffle(value, by: subpixels))
        return graph
    }
}
