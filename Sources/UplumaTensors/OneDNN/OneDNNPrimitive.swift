import COneDNN

/// An operation made ready; run by many threads at once, since its working memory is the caller's.
final class OneDNNPrimitive: @unchecked Sendable {
    /// A tensor and where it lies, for one run.
    struct Argument {
        let role: upluma_dnn_role
        /// Of a concatenation's part, or of the post-op that reads it.
        var index = 0
        let layout: OneDNNLayout
        let memory: UnsafeMutableRawPointer
    }

    let handle: OpaquePointer

    private init(handle: OpaquePointer) { self.handle = handle }

    deinit { upluma_dnn_primitive_destroy(handle) }

    var scratchpadByteCount: Int { withExtendedLifetime(self) { upluma_dnn_primitive_scratchpad_bytes(handle) } }
    /// The library's plain implementation, many times slower than the ones it is used for.
    var isPlain: Bool { withExtendedLifetime(self) { upluma_dnn_primitive_is_plain(handle) } }

    /// - Parameters:
    ///   - what: its name for errors.
    ///   - engine: what it is for.
    ///   - objects: whose handles `make` reads.
    ///   - make: one of the library's functions.
    private static func making(
        _ what: @autoclosure () -> String, _ engine: OneDNNEngine, _ objects: [AnyObject] = [],
        _ make: (inout OpaquePointer?, OpaquePointer) -> upluma_dnn_status
    ) throws(GraphError) -> OneDNNPrimitive {
        OneDNNPrimitive(
            handle: try made(what()) { primitive in
                withExtendedLifetime((engine, objects)) { make(&primitive, engine.handle) }
            })
    }

    /// A convolution of either kind that leaves layouts to the library.
    static func convolution(
        _ what: @autoclosure () -> String, _ engine: OneDNNEngine, _ shape: upluma_dnn_convolution,
        _ postOps: [upluma_dnn_post_op]
    ) throws(GraphError) -> OneDNNPrimitive {
        var shape = shape
        return try making(what(), engine) {
            upluma_dnn_convolution_create(&$0, $1, &shape, postOps, Int32(postOps.count))
        }
    }

    /// A copy from one layout to another.
    static func reorder(
        _ engine: OneDNNEngine, _ source: OneDNNLayout, _ target: OneDNNLayout
    ) throws(GraphError) -> OneDNNPrimitive {
        try making("a change of layout", engine, [source, target]) {
            upluma_dnn_reorder_create(&$0, $1, source.handle, target.handle)
        }
    }

    /// A function of single values, source and target in one layout.
    static func function(
        _ what: @autoclosure () -> String, _ engine: OneDNNEngine, _ layout: OneDNNLayout, _ op: upluma_dnn_post_op
    ) throws(GraphError) -> OneDNNPrimitive {
        try making(what(), engine, [layout]) { upluma_dnn_eltwise_create(&$0, $1, layout.handle, op) }
    }

    static func prelu(
        _ engine: OneDNNEngine, _ layout: OneDNNLayout, slopes: OneDNNLayout
    ) throws(GraphError) -> OneDNNPrimitive {
        try making("the PReLU", engine, [layout, slopes]) {
            upluma_dnn_prelu_create(&$0, $1, layout.handle, slopes.handle)
        }
    }

    static func combination(
        _ what: @autoclosure () -> String, _ engine: OneDNNEngine, _ kind: upluma_dnn_combination,
        _ first: OneDNNLayout, _ second: OneDNNLayout, _ target: OneDNNLayout
    ) throws(GraphError) -> OneDNNPrimitive {
        try making(what(), engine, [first, second, target]) {
            upluma_dnn_binary_create(&$0, $1, kind, first.handle, second.handle, target.handle, nil, 0)
        }
    }

    static func concatenation(
        _ engine: OneDNNEngine, _ parts: [OneDNNLayout]
    ) throws(GraphError) -> OneDNNPrimitive {
        let handles = parts.map(\.handle)
        return try making("a concatenation", engine, parts) {
            upluma_dnn_concat_create(&$0, $1, Int32(handles.count), handles)
        }
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - stream: the calling thread's.
    ///   - arguments: every tensor it reads and writes; their memory is not kept.
    ///   - scratchpad: `scratchpadByteCount` bytes, used by this call alone.
    func run(
        _ stream: OneDNNStream, _ arguments: [Argument], scratchpad: UnsafeMutableRawPointer
    ) throws(GraphError) {
        let status = withExtendedLifetime((self, stream, arguments)) {
            var given = arguments.map {
                upluma_dnn_argument(
                    role: $0.role, index: Int32($0.index), layout: $0.layout.handle, memory: $0.memory)
            }
            given.append(
                upluma_dnn_argument(role: UPLUMA_DNN_SCRATCHPAD, index: 0, layout: nil, memory: scratchpad))
            return upluma_dnn_execute(handle, stream.handle, given, Int32(given.count))
        }
        try check(status, "a step of the network")
    }
}

/// Numbers that belong to a prepared graph, in a primitive's own layout. Written once, before it is shared.
final class OneDNNConstant: @unchecked Sendable {
    let memory: UnsafeMutableRawPointer
    let layout: OneDNNLayout

    /// - Parameters:
    ///   - values: in the order of `source`.
    ///   - source: how they lie.
    ///   - layout: how they are to lie.
    init(
        _ values: [Float], _ source: OneDNNLayout, as layout: OneDNNLayout, _ engine: OneDNNEngine
    ) throws(GraphError) {
        self.layout = layout
        let bytes = max(layout.byteCount, 64)
        memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        let reorder = try OneDNNPrimitive.reorder(engine, source, layout)
        // The library takes an address it could write to, but only reads a source.
        let copy = UnsafeMutablePointer<Float>.allocate(capacity: max(values.count, 1))
        defer { copy.deallocate() }
        copy.initialize(from: values, count: values.count)
        let scratchpad = UnsafeMutableRawPointer.allocate(
            byteCount: max(reorder.scratchpadByteCount, 1), alignment: 64)
        defer { scratchpad.deallocate() }
        try reorder.run(
            OneDNNStream(engine),
            [
                OneDNNPrimitive.Argument(role: UPLUMA_DNN_SOURCE, layout: source, memory: copy),
                OneDNNPrimitive.Argument(role: UPLUMA_DNN_TARGET, layout: layout, memory: memory),
            ], scratchpad: scratchpad)
    }

    deinit { memory.deallocate() }
}
