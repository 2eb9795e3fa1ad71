extension NetworkGraph {
    /// The shape of every node's result for pictures of some sizes.
    ///
    /// - Parameter inputs: of the pictures, in the order of `inputs`.
    /// - Returns: [node]
    /// - Throws: `GraphError` of code `shape`, which names the operation that does not fit.
    package func shapes(inputs shapes: [TensorShape]) throws(GraphError) -> [TensorShape] {
        guard shapes.count == inputs.count else {
            throw GraphError(.shape, "The network reads \(inputs.count) pictures, but \(shapes.count) were given.")
        }
        guard !outputs.isEmpty else { throw GraphError(.shape, "The network has no output.") }
        var given = shapes.makeIterator()
        var result: [TensorShape] = []
        for (index, node) in nodes.enumerated() {
            let shape: TensorShape
            do throws(Misfit) {
                if case .input(let channels) = node.operation, let picture = given.next() {
                    guard picture.channels == channels else {
                        throw Misfit("has \(picture.channels) channels where \(channels) are expected")
                    }
                    shape = picture
                } else {
                    shape = try node.operation.shape(of: node.inputs.map { result[$0.index] })
                }
                guard shape.channels > 0, shape.height > 0, shape.width > 0 else {
                    throw Misfit("leaves nothing of the picture (\(shape))")
                }
            } catch {
                throw GraphError(.shape, "Operation \(index) (\(node.operation)) \(error.problem).")
            }
            result.append(shape)
        }
        return result
    }
}

extension NetworkGraph {
    /// Multiply-adds of all convolutions.
    ///
    /// - Parameter shapes: [node], as `shapes(inputs:)` gives them.
    package func products(_ shapes: [TensorShape]) -> Int {
        zip(nodes, shapes).reduce(0) { sum, node in
            switch node.0.operation {
            case .convolution(let it):
                return sum + it.weights.count * node.1.height * node.1.width
            case .transposedConvolution(let it):
                let source = shapes[node.0.inputs[0].index]
                return sum + it.weights.count * source.height * source.width
            case .input, .pointwise, .combination, .concatenation, .padding, .pixelShuffle, .pixelUnshuffle:
                return sum
            }
        }
    }
}

/// What is wrong with the inputs of an operation; the operation's name goes before it.
private struct Misfit: Error {
    let problem: String
    init(_ problem: String) { self.problem = problem }
}

extension Operation {
    /// The shape of the result.
    fileprivate func shape(of inputs: [TensorShape]) throws(Misfit) -> TensorShape {
        func count(_ expected: Int) throws(Misfit) {
            guard inputs.count == expected else { throw Misfit("reads \(inputs.count) inputs instead of \(expected)") }
        }
        func channels(_ expected: Int) throws(Misfit) {
            guard inputs[0].channels == expected else {
                throw Misfit("reads \(inputs[0].channels) channels where \(expected) are expected")
            }
        }
        switch self {
        case .input:
            try count(0)
            throw Misfit("has no picture")
        case .convolution(let it):
            try count(1)
            try channels(it.inputChannels)
            let (padding, span) = (it.padding, it.span)
            guard (0..<span.rows).contains(padding.top), (0..<span.rows).contains(padding.bottom),
                (0..<span.columns).contains(padding.left), (0..<span.columns).contains(padding.right)
            else { throw Misfit("has a padding that is not less than its kernel: pad in an operation of its own") }
            let rows = inputs[0].height + padding.top + padding.bottom - span.rows
            let columns = inputs[0].width + padding.left + padding.right - span.columns
            guard rows >= 0 && columns >= 0 else {
                throw Misfit("is larger than the padded picture (\(inputs[0]))")
            }
            return TensorShape(
                channels: it.outputChannels, height: rows / it.stride.rows + 1, width: columns / it.stride.columns + 1)
        case .transposedConvolution(let it):
            try count(1)
            try channels(it.inputChannels)
            let (height, width) = (inputs[0].height, inputs[0].width)
            return TensorShape(
                channels: it.outputChannels,
                height: (height - 1) * it.stride.rows + it.kernel.rows - it.crop.top - it.crop.bottom,
                width: (width - 1) * it.stride.columns + it.kernel.columns - it.crop.left - it.crop.right)
        case .pointwise(let function):
            try count(1)
            switch function {
            case .activation(.perChannel(let slopes)): try channels(slopes.count)
            case .affine(let scales, _): try channels(scales.count)
            case .activation, .sigmoid, .clamp: break
            }
            return inputs[0]
        case .combination:
            try count(2)
            let (first, second) = (inputs[0], inputs[1])
            guard first.height == second.height && first.width == second.width,
                second.channels == first.channels || second.channels == 1
            else { throw Misfit("reads \(first) and \(second), which do not fit together") }
            return first
        case .concatenation:
            guard let first = inputs.first else { throw Misfit("reads nothing") }
            guard inputs.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
                throw Misfit("reads sizes that differ: \(inputs.map(\.description).joined(separator: ", "))")
            }
            return TensorShape(
                channels: inputs.reduce(0) { $0 + $1.channels }, height: first.height, width: first.width)
        case .padding(let it):
            try count(1)
            let (shape, insets) = (inputs[0], it.insets)
            if it.fill == .reflection {
                guard max(insets.top, insets.bottom) < shape.height, max(insets.left, insets.right) < shape.width
                else { throw Misfit("mirrors more than there is (\(shape))") }
            }
            return TensorShape(
                channels: shape.channels, height: shape.height + insets.top + insets.bottom,
                width: shape.width + insets.left + insets.right)
        case .pixelShuffle(let factor):
            try count(1)
            guard inputs[0].channels % (factor * factor) == 0 else {
                throw Misfit("reads \(inputs[0].channels) channels, not a multiple of \(factor * factor)")
            }
            return TensorShape(
                channels: inputs[0].channels / (factor * factor), height: inputs[0].height * factor,
                width: inputs[0].width * factor)
        case .pixelUnshuffle(let factor):
            try count(1)
            guard inputs[0].height % factor == 0 && inputs[0].width % factor == 0 else {
                throw Misfit("reads \(inputs[0]), whose sides are not multiples of \(factor)")
            }
            return TensorShape(
                channels: inputs[0].channels * factor * factor, height: inputs[0].height / factor,
                width: inputs[0].width / factor)
        }
    }
}
