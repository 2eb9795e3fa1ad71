package import UplumaKernels

/// A network as data, apart from the size of its picture and from what runs it (`GraphBackend`): operations in the order
/// they can be run in, each naming those it reads.
///
///     var graph = NetworkGraph()
///     let picture = graph.input(channels: 3)
///     let features = graph.convolution(picture, head, activation: .leaky(0))
///     let residual = graph.convolution(features, body)
///     graph.output(graph.add(residual, features))
///
/// Building checks nothing but the operations themselves: whether they fit together is found out for a size of picture,
/// by `shapes(inputs:)`.
package struct NetworkGraph: Sendable, Hashable {
    /// The result of a node: its number.
    package struct Value: Sendable, Hashable {
        package let index: Int
    }

    package struct Node: Sendable, Hashable {
        package let operation: Operation
        /// Results of earlier nodes.
        package let inputs: [Value]
    }

    package private(set) var nodes: [Node] = []
    /// Pictures from outside, in the order they are given.
    package private(set) var inputs: [Value] = []
    /// Results for outside, in the order they are handed out; each once.
    package private(set) var outputs: [Value] = []

    package init() {}

    /// Adds an operation.
    @discardableResult
    package mutating func append(_ operation: Operation, _ inputs: [Value]) -> Value {
        precondition(inputs.allSatisfy { nodes.indices.contains($0.index) }, "an operation reads earlier results")
        nodes.append(Node(operation: operation, inputs: inputs))
        let value = Value(index: nodes.count - 1)
        if case .input = operation { self.inputs.append(value) }
        return value
    }

    /// Makes a result one of those for outside.
    package mutating func output(_ value: Value) {
        precondition(nodes.indices.contains(value.index) && !outputs.contains(value), "a result is an output once")
        outputs.append(value)
    }
}

// One method for each operation.
extension NetworkGraph {
    package mutating func input(channels: Int) -> Value {
        precondition(channels > 0, "a picture has channels")
        return append(.input(channels: channels), [])
    }

    /// A convolution, with other padding than zeros first and an activation after it if asked for.
    ///
    /// - Parameters:
    ///   - padding: added before the convolution's own.
    ///   - activation: applied to the sums.
    package mutating func convolution(
        _ value: Value, _ convolution: Convolution, padding: Padding? = nil, activation: Activation = .none
    ) -> Value {
        let padded = padding.map { pad(value, $0) } ?? value
        return self.activation(append(.convolution(convolution), [padded]), activation)
    }

    package mutating func transposedConvolution(
        _ value: Value, _ convolution: TransposedConvolution, activation: Activation = .none
    ) -> Value {
        self.activation(append(.transposedConvolution(convolution), [value]), activation)
    }

    /// The value itself for `.none`.
    package mutating func activation(_ value: Value, _ activation: Activation) -> Value {
        activation == .none ? value : append(.pointwise(.activation(activation)), [value])
    }

    package mutating func sigmoid(_ value: Value) -> Value { append(.pointwise(.sigmoid), [value]) }

    package mutating func clamp(_ value: Value, to range: ClosedRange<Float>) -> Value {
        append(.pointwise(.clamp(range)), [value])
    }

    /// value · scale + offset for each channel.
    package mutating func affine(_ value: Value, scales: [Float], offsets: [Float]) -> Value {
        precondition(scales.count == offsets.count, "a scale and an offset for each channel")
        return append(.pointwise(.affine(scales: scales, offsets: offsets)), [value])
    }

    package mutating func add(_ first: Value, _ second: Value) -> Value { combine(.add, first, second) }

    /// `second` may have one channel, which then serves all of `first`.
    package mutating func combine(_ combination: Combination, _ first: Value, _ second: Value) -> Value {
        append(.combination(combination), [first, second])
    }

    package mutating func concatenate(_ values: [Value]) -> Value {
        precondition(!values.isEmpty, "something is concatenated")
        return append(.concatenation, values)
    }

    package mutating func pad(_ value: Value, _ padding: Padding) -> Value { append(.padding(padding), [value]) }

    /// Cuts pixels off the sides.
    package mutating func crop(_ value: Value, _ insets: Insets) -> Value {
        let negative = Insets(top: -insets.top, bottom: -insets.bottom, left: -insets.left, right: -insets.right)
        return pad(value, Padding(.zero, negative))
    }

    package mutating func pixelShuffle(_ value: Value, by factor: Int) -> Value {
        precondition(factor > 0, "a factor is 1 or more")
        return factor == 1 ? value : append(.pixelShuffle(factor), [value])
    }

    package mutating func pixelUnshuffle(_ value: Value, by factor: Int) -> Value {
        precondition(factor > 0, "a factor is 1 or more")
        return factor == 1 ? value : append(.pixelUnshuffle(factor), [value])
    }
}
