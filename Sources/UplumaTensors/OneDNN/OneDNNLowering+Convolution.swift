import COneDNN

extension OneDNNLowering {
    /// A convolution and what it takes along; where the library has no fast way to do that together, one after the other.
    mutating func lower(_ fusion: OneDNNFusion) throws(GraphError) {
        let operation = graph.nodes[fusion.head].operation
        let source = graph.nodes[fusion.head].inputs[0].index
        guard let parameters = Parameters(operation, fusion) else { return }
        let shape = parameters.shape(
            source: shapes[source], target: shapes[fusion.head], type: type, targetType: storedType(of: fusion.tail))
        let fused = fusion.postOps.map(\.libraryOp)
        if !fused.isEmpty, let primitive = try primitive(operation, shape, fused), !primitive.isPlain {
            try emit(primitive, parameters, shape, source: source, fusion: fusion, node: fusion.tail)
            return
        }
        guard let primitive = try primitive(operation, shape, []) else {
            throw GraphError(
                .unsupported, "oneDNN \(OneDNNEngine.version) does not offer the \(operation) on this processor.")
        }
        try emit(primitive, parameters, shape, source: source, fusion: nil, node: fusion.foldedTail)
        for node in fusion.postNodes { try lower(node: node) }
    }

    /// Nil when the library does not offer it.
    private func primitive(
        _ operation: Operation, _ shape: upluma_dnn_convolution, _ postOps: [upluma_dnn_post_op]
    ) throws(GraphError) -> OneDNNPrimitive? {
        do throws(GraphError) {
            return try OneDNNPrimitive.convolution("the \(operation)", engine, shape, postOps)
        } catch {
            if error.code == .unsupported { return nil }
            throw error
        }
    }

    private mutating func emit(
        _ primitive: OneDNNPrimitive, _ parameters: Parameters, _ shape: upluma_dnn_convolution, source: Int,
        fusion: OneDNNFusion?, node: Int
    ) throws(GraphError) {
        let read = try place(
            source, in: .of(primitive, UPLUMA_DNN_SOURCE, dims: shapes[source].dims))
        let layout = try OneDNNLayout.of(primitive, UPLUMA_DNN_TARGET, dims: shapes[node].dims)
        var target: Place?
        var constants = try parameters.constants(for: primitive, engine)
        for (index, op) in (fusion?.postOps ?? []).enumerated() {
            switch op {
            case .function: break
            case .slopes(let slopes):
                let layout = try OneDNNLayout.plain([1, Int64(slopes.count), 1, 1], UPLUMA_DNN_F32)
                constants.append(
                    OneDNNStep.Constant(
                        role: UPLUMA_DNN_POST, index: index,
                        constant: try OneDNNConstant(slopes, layout, as: layout, engine)))
            case .sum(let other):
                // The sum is made in the memory of what is added: its own, when nobody needs it any more.
                if let spent = spent(other, by: node, in: layout), spent.buffer != read.buffer {
                    target = spent
                } else {
                    let copy = try room(for: node, layout)
                    try reorder(place(other), to: copy)
                    target = copy
                }
            }
        }
        let written: Place
        if let target { written = target } else { written = try room(for: node, layout) }
        append(
            primitive,
            [
                OneDNNStep.Tensor(role: UPLUMA_DNN_SOURCE, layout: read.layout, buffer: read.buffer),
                OneDNNStep.Tensor(role: UPLUMA_DNN_TARGET, layout: layout, buffer: written.buffer),
            ], constants)
        try finish(node, written)
    }

    /// Weights and sizes of either kind of convolution, scaled by what follows it.
    private struct Parameters {
        let kernel: Extent
        let stride: Extent
        let dilation: Extent
        let insets: Insets
        let transposed: Bool
        let outputs: Int
        let inputs: Int
        let weights: [Float]
        let bias: [Float]

        init?(_ operation: Operation, _ fusion: OneDNNFusion) {
            var weights: [Float]
            switch operation {
            case .convolution(let it):
                (kernel, stride, dilation, insets) = (it.kernel, it.stride, it.dilation, it.padding)
                (transposed, inputs, outputs) = (false, it.inputChannels, it.outputChannels)
                (weights, bias) = (it.weights, fusion.bias(it.bias))
            case .transposedConvolution(let it):
                (kernel, stride, dilation, insets) = (it.kernel, it.stride, Extent(1), it.crop)
                (transposed, inputs, outputs) = (true, it.inputChannels, it.outputChannels)
                (weights, bias) = (it.weights, fusion.bias(it.bias))
            default: return nil
            }
            if let scales = fusion.scales {
                let taps = kernel.rows * kernel.columns
                for index in weights.indices {
                    // Output channels come first, or second where the convolution is transposed.
                    weights[index] *= scales[transposed ? index / taps % outputs : index / (taps * inputs)]
                }
            }
            self.weights = weights
        }

        func shape(
            source: TensorShape, target: TensorShape, type: upluma_dnn_type, targetType: upluma_dnn_type
        ) -> upluma_dnn_convolution {
            func pair(_ extent: Extent) -> (Int64, Int64) { (Int64(extent.rows), Int64(extent.columns)) }
            func four(_ shape: TensorShape) -> (Int64, Int64, Int64, Int64) {
                (1, Int64(shape.channels), Int64(shape.height), Int64(shape.width))
            }
            return upluma_dnn_convolution(
                source: four(source), target: four(target), kernel: pair(kernel), stride: pair(stride),
                dilation: pair(dilation), before: (Int64(insets.top), Int64(insets.left)),
                after: (Int64(insets.bottom), Int64(insets.right)), transposed: transposed, type: type,
                target_type: targetType)
        }

        /// Weights and bias in the primitive's layouts.
        func constants(
            for primitive: OneDNNPrimitive, _ engine: OneDNNEngine
        ) throws(GraphError) -> [OneDNNStep.Constant] {
            let dims = [outputs, inputs, kernel.rows, kernel.columns].map(Int64.init)
            let weights = try OneDNNConstant(
                self.weights, .plain(dims, UPLUMA_DNN_F32, swapped: transposed),
                as: .of(primitive, UPLUMA_DNN_WEIGHTS, dims: dims), engine)
            let line = try OneDNNLayout.strided([(count: outputs, stride: 1)], UPLUMA_DNN_F32)
            let bias = try OneDNNConstant(self.bias, line, as: line, engine)
            return [
                OneDNNStep.Constant(role: UPLUMA_DNN_WEIGHTS, constant: weights),
                OneDNNStep.Constant(role: UPLUMA_DNN_BIAS, constant: bias),
            ]
        }
    }
}

extension OneDNNFusion {
    /// A bias with the scales and offsets that follow it.
    fileprivate func bias(_ bias: [Float]) -> [Float] {
        bias.enumerated().map { ($1 * (scales?[$0] ?? 1)) + (offsets?[$0] ?? 0) }
    }
}

extension OneDNNFusion.PostOp {
    fileprivate var libraryOp: upluma_dnn_post_op {
        switch self {
        case .function(let op): op
        case .slopes: upluma_dnn_post_op(function: UPLUMA_DNN_PRELU, alpha: 0, beta: 0)
        case .sum: upluma_dnn_post_op(function: UPLUMA_DNN_SUM, alpha: 0, beta: 0)
        }
    }
}
