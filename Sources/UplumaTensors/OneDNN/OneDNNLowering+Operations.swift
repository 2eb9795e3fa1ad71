import COneDNN

extension OneDNNLowering {
    /// An operation by itself.
    mutating func lower(node: Int) throws(GraphError) {
        let inputs = graph.nodes[node].inputs.map(\.index)
        switch graph.nodes[node].operation {
        case .input, .convolution, .transposedConvolution:
            preconditionFailure("pictures and convolutions are lowered elsewhere")
        case .pointwise(let function): try lower(function, of: inputs[0], node: node)
        case .combination(let combination): try lower(combination, of: inputs, node: node)
        case .concatenation: try lowerConcatenation(of: inputs, node: node)
        case .padding(let padding): try lower(padding, of: inputs[0], node: node)
        case .pixelShuffle(let factor):
            let source = try subpixels(of: inputs[0], factor: factor)
            let isOutput = graph.outputs.contains(.init(index: node))
            let layout = try OneDNNLayout.plain(
                shapes[node], isOutput ? UPLUMA_DNN_F32 : source.layout.type)
            let target = try room(for: node, layout)
            let large = subpixelView(large: shapes[node], factor: factor)
            try reorder(source, to: Place(buffer: target.buffer, layout: .strided(large, layout.type)))
            try finish(node, target)
        case .pixelUnshuffle(let factor):
            let source = try planar(inputs[0])
            let target = try room(for: node, .plain(shapes[node], source.layout.type))
            let large = subpixelView(large: shapes[inputs[0]], factor: factor)
            let small = subpixelView(small: shapes[node], factor: factor, block: 1)
            try reorder(
                Place(buffer: source.buffer, layout: .strided(large, source.layout.type)),
                to: Place(buffer: target.buffer, layout: .strided(small, target.layout.type)))
            try finish(node, target)
        }
    }

    // MARK: Sub-pixels

    /// A tensor whose channels are sub-pixels as (channel, dy, dx, y, x), where it lies if that order can be told.
    private mutating func subpixels(of node: Int, factor: Int) throws(GraphError) -> Place {
        let shape = shapes[node]
        var place = place(node)
        // One block holds all channels, or each channel is a plane; several blocks cannot be told as strides.
        var block = place.layout.block ?? 0
        if block == 0 || (block > 1 && block < shape.channels) {
            place = try planar(node)
            block = 1
        }
        let view = subpixelView(small: shape, factor: factor, block: block)
        return Place(buffer: place.buffer, layout: try .strided(view, place.layout.type))
    }

    /// (channel, dy, dx, y, x) of the small tensor; `block` channels side by side.
    private func subpixelView(small shape: TensorShape, factor: Int, block: Int) -> [(count: Int, stride: Int)] {
        let channel = block == 1 ? shape.height * shape.width : 1
        return [
            (shape.channels / (factor * factor), factor * factor * channel), (factor, factor * channel),
            (factor, channel), (shape.height, shape.width * block), (shape.width, block),
        ]
    }

    /// (channel, dy, dx, y, x) of the large tensor, planar.
    private func subpixelView(large shape: TensorShape, factor: Int) -> [(count: Int, stride: Int)] {
        [
            (shape.channels, shape.height * shape.width), (factor, shape.width), (factor, 1),
            (shape.height / factor, factor * shape.width), (shape.width / factor, factor),
        ]
    }

    // MARK: Single values

    private mutating func lower(_ function: Pointwise, of input: Int, node: Int) throws(GraphError) {
        if let op = function.postOp {
            let source = place(input)
            let target = try room(for: node, source.layout)
            let primitive = try OneDNNPrimitive.function(
                "the \(graph.nodes[node].operation)", engine, source.layout, op)
            append(primitive, sourceAndTarget(source, target))
            return try finish(node, target)
        }
        switch function {
        case .activation(.perChannel(let slopes)):
            let source = place(input)
            let target = try room(for: node, source.layout)
            let constant = try perChannel(slopes)
            let primitive = try OneDNNPrimitive.prelu(engine, source.layout, slopes: constant.layout)
            append(
                primitive, sourceAndTarget(source, target),
                [OneDNNStep.Constant(role: UPLUMA_DNN_WEIGHTS, constant: constant)])
            try finish(node, target)
        case .affine(let scales, let offsets):
            let source = place(input)
            let target = try room(for: node, source.layout)
            try combine(UPLUMA_DNN_MULTIPLY, source, try perChannel(scales), into: target)
            try combine(UPLUMA_DNN_ADD, target, try perChannel(offsets), into: target)
            try finish(node, target)
        case .activation, .sigmoid, .clamp:
            preconditionFailure("the library has a function for it")
        }
    }

    private func perChannel(_ values: [Float]) throws(GraphError) -> OneDNNConstant {
        let layout = try OneDNNLayout.plain([1, Int64(values.count), 1, 1], UPLUMA_DNN_F32)
        return try OneDNNConstant(values, layout, as: layout, engine)
    }

    /// target = source (+, ·) a number for each channel; source and target may be the same.
    private mutating func combine(
        _ combination: upluma_dnn_combination, _ source: Place, _ constant: OneDNNConstant, into target: Place
    ) throws(GraphError) {
        let primitive = try OneDNNPrimitive.combination(
            "an affine map", engine, combination, source.layout, constant.layout, target.layout)
        append(
            primitive, sourceAndTarget(source, target),
            [OneDNNStep.Constant(role: UPLUMA_DNN_SECOND, constant: constant)])
    }

    private func sourceAndTarget(_ source: Place, _ target: Place) -> [OneDNNStep.Tensor] {
        [
            OneDNNStep.Tensor(role: UPLUMA_DNN_SOURCE, layout: source.layout, buffer: source.buffer),
            OneDNNStep.Tensor(role: UPLUMA_DNN_TARGET, layout: target.layout, buffer: target.buffer),
        ]
    }

    // MARK: Several inputs

    private mutating func lower(_ combination: Combination, of inputs: [Int], node: Int) throws(GraphError) {
        let servesAll = shapes[inputs[0]].channels != shapes[inputs[1]].channels
        let first = servesAll ? try planar(inputs[0]) : place(inputs[0])
        let second =
            servesAll
            ? try planar(inputs[1], first.layout.type) : try place(inputs[1], in: first.layout)
        let target = try room(for: node, first.layout)
        let primitive = try OneDNNPrimitive.combination(
            "to \(combination.rawValue)", engine, combination.libraryKind, first.layout, second.layout, target.layout)
        append(
            primitive,
            sourceAndTarget(first, target)
                + [OneDNNStep.Tensor(role: UPLUMA_DNN_SECOND, layout: second.layout, buffer: second.buffer)])
        try finish(node, target)
    }

    private mutating func lowerConcatenation(of inputs: [Int], node: Int) throws(GraphError) {
        let type = place(inputs[0]).layout.type
        let blocks = inputs.map { place($0).layout.block ?? 0 }
        // Blocks can be put together where none but the last is partly filled.
        let block = blocks[0]
        let fits =
            block > 1 && blocks.allSatisfy { $0 == block }
            && inputs.dropLast().allSatisfy { shapes[$0].channels % block == 0 }
        var parts: [Place] = []
        for input in inputs {
            let layout = try OneDNNLayout.blocked(shapes[input], type, block: fits ? block : 1)
            parts.append(try place(input, in: layout))
        }
        let primitive = try OneDNNPrimitive.concatenation(engine, parts.map(\.layout))
        let target = try room(for: node, .of(primitive, UPLUMA_DNN_TARGET, dims: shapes[node].dims))
        let sources = parts.enumerated().map {
            OneDNNStep.Tensor(role: UPLUMA_DNN_PART, index: $0, layout: $1.layout, buffer: $1.buffer)
        }
        append(
            primitive,
            sources + [OneDNNStep.Tensor(role: UPLUMA_DNN_TARGET, layout: target.layout, buffer: target.buffer)])
        try finish(node, target)
    }

    // MARK: Padding

    private mutating func lower(_ padding: Padding, of input: Int, node: Int) throws(GraphError) {
        let source = place(input).layout.block == nil ? try planar(input) : place(input)
        let block = source.layout.block ?? 1
        let target = try room(for: node, .blocked(shapes[node], source.layout.type, block: block))
        let (from, to) = (shapes[input], shapes[node])
        append(
            PixelPadding(
                padding: padding, planes: (from.channels + block - 1) / block,
                pixelByteCount: block * (source.layout.type == UPLUMA_DNN_BF16 ? 2 : 4),
                source: Extent(rows: from.height, columns: from.width),
                target: Extent(rows: to.height, columns: to.width)), from: source, to: target)
        try finish(node, target)
    }
}

extension Combination {
    fileprivate var libraryKind: upluma_dnn_combination {
        switch self {
        case .add: UPLUMA_DNN_ADD
        case .subtract: UPLUMA_DNN_SUBTRACT
        case .multiply: UPLUMA_DNN_MULTIPLY
        case .divide: UPLUMA_DNN_DIVIDE
        }
    }
}
