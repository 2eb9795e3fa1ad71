import COneDNN
import UplumaKernels

/// What a convolution does besides, so that its results are stored once: operations that follow it and read nothing else
/// of it.
struct OneDNNFusion {
    enum PostOp {
        case function(upluma_dnn_post_op)
        /// PReLU, a slope for each channel.
        case slopes([Float])
        /// Adds the result of another node.
        case sum(node: Int)
    }

    /// The convolution.
    let head: Int
    /// The last operation that is part of it; its result is what is stored.
    private(set) var tail: Int
    /// The last operation that changed weights and bias alone; what follows it are the post-ops.
    private(set) var foldedTail: Int
    /// What the sums are multiplied by before `postOps`, for each output channel; nil is 1.
    private(set) var scales: [Float]?
    /// Added after that, for each output channel; nil is 0.
    private(set) var offsets: [Float]?
    private(set) var postOps: [PostOp] = []
    /// [post-op] The operation it stands for.
    private(set) var postNodes: [Int] = []

    /// Every convolution of a graph with what it takes along.
    ///
    /// - Parameters:
    ///   - consumers: [node] Who reads its result.
    ///   - shapes: [node]
    static func all(
        in graph: NetworkGraph, consumers: [[Int]], shapes: [TensorShape]
    ) -> [OneDNNFusion] {
        var taken: Set<Int> = []
        return graph.nodes.indices.compactMap { index in
            switch graph.nodes[index].operation {
            case .convolution, .transposedConvolution: break
            default: return nil
            }
            var fusion = OneDNNFusion(head: index)
            while consumers[fusion.tail].count == 1, !graph.outputs.contains(.init(index: fusion.tail)),
                !taken.contains(consumers[fusion.tail][0]),
                fusion.absorb(consumers[fusion.tail][0], of: graph, shapes: shapes)
            {
                taken.insert(fusion.tail)
            }
            return fusion
        }
    }

    private init(head: Int) {
        self.head = head
        tail = head
        foldedTail = head
    }

    /// Takes an operation along, if that can be.
    private mutating func absorb(_ node: Int, of graph: NetworkGraph, shapes: [TensorShape]) -> Bool {
        switch graph.nodes[node].operation {
        case .pointwise(.affine(let scales, let offsets)):
            if postOps.isEmpty {
                let old = self.offsets ?? Array(repeating: 0, count: scales.count)
                self.scales = zip(self.scales ?? Array(repeating: 1, count: scales.count), scales).map { $0 * $1 }
                self.offsets = zip(zip(old, scales), offsets).map { $0.0 * $0.1 + $1 }
                foldedTail = node
                tail = node
                return true
            }
            guard let scale = scales.first, let offset = offsets.first, scales.allSatisfy({ $0 == scale }),
                offsets.allSatisfy({ $0 == offset })
            else { return false }
            postOps.append(.function(upluma_dnn_post_op(function: UPLUMA_DNN_LINEAR, alpha: scale, beta: offset)))
        case .pointwise(.activation(.perChannel(let slopes))): postOps.append(.slopes(slopes))
        case .pointwise(let function):
            guard let op = function.postOp else { return false }
            postOps.append(.function(op))
        case .combination(.add):
            let inputs = graph.nodes[node].inputs.map(\.index)
            // Sums are for convolutions alone, once, of two results of one shape.
            guard case .convolution = graph.nodes[head].operation, inputs[0] != inputs[1],
                shapes[inputs[0]] == shapes[inputs[1]],
                !postOps.contains(where: { if case .sum = $0 { true } else { false } })
            else { return false }
            postOps.append(.sum(node: inputs[0] == tail ? inputs[1] : inputs[0]))
        default: return false
        }
        postNodes.append(node)
        tail = node
        return true
    }
}

extension Pointwise {
    /// The library's function; nil for those with numbers of their own for each channel.
    var postOp: upluma_dnn_post_op? {
        switch self {
        case .activation(.none): upluma_dnn_post_op(function: UPLUMA_DNN_LINEAR, alpha: 1, beta: 0)
        case .activation(.leaky(let slope)): upluma_dnn_post_op(function: UPLUMA_DNN_RELU, alpha: slope, beta: 0)
        case .activation(.tanh): upluma_dnn_post_op(function: UPLUMA_DNN_TANH, alpha: 0, beta: 0)
        case .sigmoid: upluma_dnn_post_op(function: UPLUMA_DNN_SIGMOID, alpha: 0, beta: 0)
        case .clamp(let range):
            upluma_dnn_post_op(function: UPLUMA_DNN_CLIP, alpha: range.lowerBound, beta: range.upperBound)
        case .affine(let scales, let offsets):
            scales.allSatisfy { $0 == scales[0] } && offsets.allSatisfy { $0 == offsets[0] }
                ? upluma_dnn_post_op(function: UPLUMA_DNN_LINEAR, alpha: scales[0], beta: offsets[0]) : nil
        case .activation(.perChannel): nil
        }
    }
}
