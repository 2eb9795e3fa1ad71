import COneDNN
import Synchronization
package import UplumaKernels

/// Runs graphs by oneDNN: any operation, in f32 or bf16, on one thread or several.
///
/// Features stay in the layout that the library prefers from one convolution to the next, and activations, scaled
/// residuals and sums are part of the convolution before them. In bf16, weights and features between convolutions are
/// bfloat16, sums f32. Convolutions are direct ones, whose sums do not depend on where in the picture they are.
package struct OneDNNBackend: GraphBackend {
    package let name = "onednn"

    /// Only one thread at a time makes primitives: before its versions 2.7 and 3.0 the library works out the blocks of
    /// convolutions in a variable that all threads share, and now and then makes wrong ones
    /// (https://github.com/openvinotoolkit/oneDNN/pull/167; `OneDNNBackendTests.preparedAtOnce`).
    private static let making = Mutex(())

    package init() {}

    /// Precisions it computes in on this processor.
    package static var precisions: Set<Precision> {
        guard case .success(let engine) = OneDNNEngine.shared else { return [] }
        return engine.hasBF16 ? [.f32, .bf16] : [.f32]
    }

    package func prepare(
        _ graph: NetworkGraph, inputs: [TensorShape], precision: Precision, threads: Int
    ) throws(GraphError) -> any PreparedGraph {
        let engine = try OneDNNEngine.shared.get()
        guard OneDNNBackend.precisions.contains(precision) else {
            let why = precision == .bf16 ? " on this processor" : ""
            throw GraphError(.unsupported, "The backend onednn does not compute in \(precision.rawValue)\(why).")
        }
        precondition(threads >= 1, "somebody has to do the work")
        // Primitives are cut to the threads there are when they are made.
        upluma_dnn_set_threads(Int32(threads))
        defer { upluma_dnn_set_threads(1) }
        return try OneDNNBackend.making.withLock { (_) throws(GraphError) in
            var lowering = try OneDNNLowering(graph, inputs: inputs, precision: precision, engine: engine)
            try lowering.lower()
            return PreparedOneDNN(lowering, threads: threads)
        }
    }
}

/// Steps with their memory laid out.
private final class PreparedOneDNN: PreparedGraph {
    let inputShapes: [TensorShape]
    let outputShapes: [TensorShape]
    let workspaceByteCount: Int

    private let engine: OneDNNEngine
    private let threads: Int
    private let steps: [OneDNNStep]
    private let buffers: [OneDNNBuffer]
    /// [buffer] Byte offset in the workspace, for those that lie there.
    private let offsets: [Int]
    private let scratchpadOffset: Int

    init(_ lowering: OneDNNLowering, threads: Int) {
        engine = lowering.engine
        self.threads = threads
        inputShapes = lowering.inputShapes
        outputShapes = lowering.outputShapes
        steps = lowering.steps
        buffers = lowering.buffers
        var lifetimes = [ClosedRange<Int>?](repeating: nil, count: buffers.count)
        for (number, step) in steps.enumerated() {
            for buffer in step.buffers {
                lifetimes[buffer] = (lifetimes[buffer]?.lowerBound ?? number)...number
            }
        }
        let plan = WorkspacePlan(
            zip(lowering.buffers, lifetimes).map { buffer, lifetime in
                guard case .workspace(let bytes) = buffer, let lifetime else {
                    return WorkspacePlan.Request(byteCount: 0, lifetime: 0...0)
                }
                return WorkspacePlan.Request(byteCount: bytes, lifetime: lifetime)
            })
        offsets = plan.offsets
        // Steps run one after the other, so one scratchpad serves all.
        scratchpadOffset = plan.byteCount
        workspaceByteCount = plan.byteCount + (steps.map(\.scratchpadByteCount).max() ?? 0)
    }

    func run(
        inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>], workspace: UnsafeMutableRawPointer
    ) throws(GraphError) {
        precondition(inputs.count == inputShapes.count && outputs.count == outputShapes.count)
        precondition(UInt(bitPattern: workspace) % 64 == 0, "the workspace is 64-byte aligned")
        upluma_dnn_set_threads(Int32(threads))
        let stream = try OneDNNStream(engine)
        func memory(_ buffer: Int) -> UnsafeMutableRawPointer {
            switch buffers[buffer] {
            // The library only reads what is a source.
            case .input(let index): UnsafeMutableRawPointer(mutating: inputs[index])
            case .output(let index): UnsafeMutableRawPointer(outputs[index])
            case .workspace: workspace + offsets[buffer]
            }
        }
        for step in steps {
            switch step {
            case .primitive(let primitive, let tensors, let constants):
                try primitive.run(
                    stream,
                    tensors.map {
                        OneDNNPrimitive.Argument(
                            role: $0.role, index: $0.index, layout: $0.layout, memory: memory($0.buffer))
                    }
                        + constants.map {
                            OneDNNPrimitive.Argument(
                                role: $0.role, index: $0.index, layout: $0.constant.layout, memory: $0.constant.memory)
                        }, scratchpad: workspace + scratchpadOffset)
            case .padding(let padding, let source, let target):
                padding.run(from: memory(source), to: memory(target))
            }
        }
    }
}
