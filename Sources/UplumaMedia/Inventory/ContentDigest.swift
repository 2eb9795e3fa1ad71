import CFFmpeg

/// MD5 of some bytes: enough to notice any damage that happens by itself.
package struct ContentDigest: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Of no bytes.
    package static let empty = ContentDigest(UnsafeRawBufferPointer(start: nil, count: 0))

    init(_ bytes: UnsafeRawBufferPointer) {
        var digest = [UInt8](repeating: 0, count: 16)
        let nothing: [UInt8] = [0]
        nothing.withUnsafeBufferPointer { placeholder in
            av_md5_sum(
                &digest, bytes.assumingMemoryBound(to: UInt8.self).baseAddress ?? placeholder.baseAddress, bytes.count)
        }
        self.init(digest)
    }

    init(_ start: UnsafePointer<UInt8>?, count: Int) {
        self.init(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : max(0, count)))
    }

    fileprivate init(_ digest: [UInt8]) {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        (high, low) = (word(digest[0..<8]), word(digest[8..<16]))
    }
}

/// MD5 of bytes that come piece by piece. One caller at a time; owns FFmpeg's context.
final class RunningDigest {
    private let context: OpaquePointer

    init() throws {
        guard let context = av_md5_alloc() else { throw outOfMemory("compare files") }
        self.context = context
        av_md5_init(context)
    }

    deinit { av_free(UnsafeMutableRawPointer(context)) }

    func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        av_md5_update(context, start, bytes.count)
    }

    /// Ends the digest; nothing may be added afterwards.
    func finish() -> ContentDigest {
        var digest = [UInt8](repeating: 0, count: 16)
        av_md5_final(context, &digest)
        return ContentDigest(digest)
    }
}
