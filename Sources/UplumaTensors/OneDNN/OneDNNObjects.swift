import COneDNN
import UplumaKernels

/// Turns a status of the library into an error that says what was tried.
func check(_ status: upluma_dnn_status, _ what: @autoclosure () -> String) throws(GraphError) {
    switch status {
    case UPLUMA_DNN_OK: return
    case UPLUMA_DNN_UNSUPPORTED:
        throw GraphError(.unsupported, "oneDNN \(OneDNNEngine.version) does not offer \(what()) on this processor.")
    case UPLUMA_DNN_OUT_OF_MEMORY: throw GraphError(.failed, "There is not enough memory for \(what()).")
    default: throw GraphError(.failed, "oneDNN \(OneDNNEngine.version) could not make \(what()).")
    }
}

// Handles are read only in this file and in `OneDNNPrimitive.swift`, inside `withExtendedLifetime`: an object may end after
// its last mention, which is before the call returns that its handle was read for.

/// The object a library function made.
func made(
    _ what: @autoclosure () -> String, _ make: (inout OpaquePointer?) -> upluma_dnn_status
) throws(GraphError) -> OpaquePointer {
    var object: OpaquePointer?
    try check(make(&object), what())
    guard let object else { throw GraphError(.failed, "oneDNN made nothing of \(what()).") }
    return object
}

/// The library's view of the processor: one for the process, never changed after it is made.
final class OneDNNEngine: @unchecked Sendable {
    static let version = String(cString: upluma_dnn_version())

    /// The one engine, or why there is none.
    static let shared: Result<OneDNNEngine, GraphError> = {
        // A lowered level (`UPLUMA_CPU`) holds here, too.
        if CPULevel.current < .detected { upluma_dnn_limit_cpu(Int32(CPULevel.current.rawValue)) }
        do throws(GraphError) { return .success(try OneDNNEngine()) } catch { return .failure(error) }
    }()

    let handle: OpaquePointer

    private init() throws(GraphError) {
        handle = try made("a view of the processor") { upluma_dnn_engine_create(&$0) }
    }

    deinit { upluma_dnn_engine_destroy(handle) }

    var hasBF16: Bool { upluma_dnn_has_bf16() }
}

/// Something for one thread to run primitives in.
final class OneDNNStream {
    let handle: OpaquePointer

    init(_ engine: OneDNNEngine) throws(GraphError) {
        handle = try made("a stream") { stream in
            withExtendedLifetime(engine) { upluma_dnn_stream_create(&stream, engine.handle) }
        }
    }

    deinit { upluma_dnn_stream_destroy(handle) }
}

/// How values lie in memory. Never changes after it is made.
final class OneDNNLayout: @unchecked Sendable {
    let handle: OpaquePointer
    /// (1, channels, height, width), weights (output, input, rows, columns); empty for strided views.
    let dims: [Int64]

    private init(handle: OpaquePointer, dims: [Int64]) {
        self.handle = handle
        self.dims = dims
    }

    deinit { upluma_dnn_layout_destroy(handle) }

    /// Planar, or with inputs and outputs of weights in the other order in memory.
    static func plain(
        _ dims: [Int64], _ type: upluma_dnn_type, swapped: Bool = false
    ) throws(GraphError) -> OneDNNLayout {
        let format = swapped ? UPLUMA_DNN_SWAPPED : UPLUMA_DNN_PLAIN
        let handle = try made("a layout") { upluma_dnn_layout_create(&$0, dims, type, format) }
        return OneDNNLayout(handle: handle, dims: dims)
    }

    static func plain(_ shape: TensorShape, _ type: upluma_dnn_type) throws(GraphError) -> OneDNNLayout {
        try plain(shape.dims, type)
    }

    /// Features in blocks of so many channels (`block`).
    static func blocked(
        _ shape: TensorShape, _ type: upluma_dnn_type, block: Int
    ) throws(GraphError) -> OneDNNLayout {
        let handle = try made("a layout") {
            upluma_dnn_layout_create_blocked(&$0, shape.dims, type, Int32(block))
        }
        return OneDNNLayout(handle: handle, dims: shape.dims)
    }

    /// Any order of up to six dimensions.
    static func strided(
        _ axes: [(count: Int, stride: Int)], _ type: upluma_dnn_type
    ) throws(GraphError) -> OneDNNLayout {
        let dims = axes.map { Int64($0.count) }, strides = axes.map { Int64($0.stride) }
        let handle = try made("a layout") {
            upluma_dnn_layout_create_strided(&$0, Int32(axes.count), dims, strides, type)
        }
        return OneDNNLayout(handle: handle, dims: [])
    }

    /// What a primitive settled on.
    static func of(
        _ primitive: OneDNNPrimitive, _ role: upluma_dnn_role, dims: [Int64]
    ) throws(GraphError) -> OneDNNLayout {
        let handle = try made("a layout") { layout in
            withExtendedLifetime(primitive) { upluma_dnn_primitive_layout(&layout, primitive.handle, role) }
        }
        return OneDNNLayout(handle: handle, dims: dims)
    }

    var byteCount: Int { withExtendedLifetime(self) { upluma_dnn_layout_bytes(handle) } }
    var type: upluma_dnn_type { withExtendedLifetime(self) { upluma_dnn_layout_type(handle) } }

    /// Channels that lie side by side: 1 for planar; nil when it is no such order.
    var block: Int? {
        let block = Int(withExtendedLifetime(self) { upluma_dnn_layout_block(handle, dims) })
        return block == 0 ? nil : block
    }

    func isEqual(to other: OneDNNLayout) -> Bool {
        withExtendedLifetime((self, other)) { upluma_dnn_layout_equal(handle, other.handle) }
    }
}

extension TensorShape {
    /// (1, channels, height, width)
    var dims: [Int64] { [1, Int64(channels), Int64(height), Int64(width)] }
}
