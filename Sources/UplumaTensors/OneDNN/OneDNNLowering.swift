import COneDNN
import UplumaKernels

/// Turns a graph into steps: chooses primitives, layouts and memory, operation by operation.
struct OneDNNLowering {
    /// Where a result lies.
    struct Place {
        let buffer: Int
        let layout: OneDNNLayout
    }

    let engine: OneDNNEngine
    let inputShapes: [TensorShape]
    var outputShapes: [TensorShape] { graph.outputs.map { shapes[$0.index] } }
    private(set) var steps: [OneDNNStep] = []
    private(set) var buffers: [OneDNNBuffer] = []

    let graph: NetworkGraph
    /// [node]
    let shapes: [TensorShape]
    /// Of features between operations.
    let type: upluma_dnn_type
    /// [node] Who reads its result; nobody where no output depends on it.
    private let consumers: [[Int]]
    private let isNeeded: [Bool]
    /// [node] Whether its values are among those of an output.
    private let leaves: [Bool]
    /// [node] The result, and copies of it in other layouts.
    private var places: [[Place]]

    init(
        _ graph: NetworkGraph, inputs: [TensorShape], precision: Precision, engine: OneDNNEngine
    ) throws(GraphError) {
        self.graph = graph
        self.engine = engine
        inputShapes = inputs
        shapes = try graph.shapes(inputs: inputs)
        type = precision == .bf16 ? UPLUMA_DNN_BF16 : UPLUMA_DNN_F32
        isNeeded = graph.neededNodes
        var consumers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() where isNeeded[index] {
            for input in node.inputs { consumers[input.index].append(index) }
        }
        self.consumers = consumers
        var leaves = [Bool](repeating: false, count: graph.nodes.count)
        for output in graph.outputs { leaves[output.index] = true }
        for (index, node) in graph.nodes.enumerated().reversed() where leaves[index] {
            switch node.operation {
            case .padding, .pixelShuffle, .pixelUnshuffle, .concatenation:
                for input in node.inputs { leaves[input.index] = true }
            default: break
            }
        }
        self.leaves = leaves
        places = Array(repeating: [], count: graph.nodes.count)
    }

    /// Makes all steps.
    mutating func lower() throws(GraphError) {
        var fusions: [Int: OneDNNFusion] = [:]
        var absorbed: Set<Int> = []
        for fusion in OneDNNFusion.all(in: graph, consumers: consumers, shapes: shapes) where isNeeded[fusion.head] {
            fusions[fusion.tail] = fusion
            // The chain from head to tail; each of them has one reader, the next.
            var node = fusion.head
            while node != fusion.tail {
                absorbed.insert(node)
                node = consumers[node][0]
            }
        }
        var pictures = inputShapes.indices.makeIterator()
        for (index, node) in graph.nodes.enumerated() {
            if case .input = node.operation, let picture = pictures.next() {
                let layout = try OneDNNLayout.plain(shapes[index], UPLUMA_DNN_F32)
                try finish(index, Place(buffer: add(.input(picture)), layout: layout))
            } else if let fusion = fusions[index] {
                try lower(fusion)
            } else if isNeeded[index] && !absorbed.contains(index) {
                try lower(node: index)
            }
        }
    }

    // MARK: Memory

    private mutating func add(_ buffer: OneDNNBuffer) -> Int {
        buffers.append(buffer)
        return buffers.count - 1
    }

    /// Room for a result: the output's own where the layout is that of outputs.
    mutating func room(for node: Int, _ layout: OneDNNLayout) throws(GraphError) -> Place {
        if let output = graph.outputs.firstIndex(of: .init(index: node)), try isOutputLayout(layout, of: node) {
            return Place(buffer: add(.output(output)), layout: layout)
        }
        return room(layout)
    }

    mutating func room(_ layout: OneDNNLayout) -> Place {
        Place(buffer: add(.workspace(byteCount: layout.byteCount)), layout: layout)
    }

    private func isOutputLayout(_ layout: OneDNNLayout, of node: Int) throws(GraphError) -> Bool {
        layout.isEqual(to: try .plain(shapes[node], UPLUMA_DNN_F32))
    }

    /// Type of a convolution's result: f32 for what leaves the network, moved around or as it is, so that nothing is
    /// rounded on its way out.
    func storedType(of node: Int) -> upluma_dnn_type { leaves[node] ? UPLUMA_DNN_F32 : type }

    /// Records where a result lies, and copies it out if it is an output that lies elsewhere.
    mutating func finish(_ node: Int, _ place: Place) throws(GraphError) {
        places[node] = [place]
        guard let output = graph.outputs.firstIndex(of: .init(index: node)) else { return }
        if case .output = buffers[place.buffer] { return }
        let layout = try OneDNNLayout.plain(shapes[node], UPLUMA_DNN_F32)
        try reorder(place, to: Place(buffer: add(.output(output)), layout: layout))
    }

    // MARK: Reading results

    /// The result of a node as it lies.
    func place(_ node: Int) -> Place {
        guard let place = places[node].first else { preconditionFailure("node \(node) has been lowered") }
        return place
    }

    /// The result of a node in a layout, copied if it does not lie so.
    mutating func place(_ node: Int, in layout: OneDNNLayout) throws(GraphError) -> Place {
        if let place = places[node].first(where: { $0.layout.isEqual(to: layout) }) { return place }
        let copy = room(layout)
        try reorder(place(node), to: copy)
        places[node].append(copy)
        return copy
    }

    /// The result of a node, planar.
    mutating func planar(_ node: Int, _ type: upluma_dnn_type? = nil) throws(GraphError) -> Place {
        let type = type ?? place(node).layout.type
        return try place(node, in: .plain(shapes[node], type))
    }

    /// Memory that holds a node's result now and may be written over by whoever is its last reader, `reader`; nil when
    /// somebody else reads it later.
    func spent(_ node: Int, by reader: Int, in layout: OneDNNLayout) -> Place? {
        guard let place = places[node].first(where: { $0.layout.isEqual(to: layout) }),
            case .workspace = buffers[place.buffer], consumers[node].allSatisfy({ $0 <= reader }),
            !graph.outputs.contains(.init(index: node))
        else { return nil }
        return place
    }

    // MARK: Steps

    mutating func append(
        _ primitive: OneDNNPrimitive, _ tensors: [OneDNNStep.Tensor], _ constants: [OneDNNStep.Constant] = []
    ) {
        steps.append(.primitive(primitive, tensors, constants))
    }

    mutating func append(_ padding: PixelPadding, from source: Place, to target: Place) {
        steps.append(.padding(padding, source: source.buffer, target: target.buffer))
    }

    mutating func reorder(_ source: Place, to target: Place) throws(GraphError) {
        let primitive = try OneDNNPrimitive.reorder(engine, source.layout, target.layout)
        append(
            primitive,
            [
                OneDNNStep.Tensor(role: UPLUMA_DNN_SOURCE, layout: source.layout, buffer: source.buffer),
                OneDNNStep.Tensor(role: UPLUMA_DNN_TARGET, layout: target.layout, buffer: target.buffer),
            ])
    }
}

extension NetworkGraph {
    /// [node] Whether an output depends on it.
    var neededNodes: [Bool] {
        var needed = [Bool](repeating: false, count: nodes.count)
        for output in outputs { needed[output.index] = true }
        for (index, node) in nodes.enumerated().reversed() where needed[index] {
            for input in node.inputs { needed[input.index] = true }
        }
        return needed
    }
}
