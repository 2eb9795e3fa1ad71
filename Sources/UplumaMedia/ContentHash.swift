import CFFmpeg

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// SHA-256 of bytes that come piece by piece: what manifests and ledgers name a file's contents by.
///
/// Not sendable: one caller at a time. Owns FFmpeg's context.
package final class ContentHash {
    private let context: OpaquePointer
    private static let bits: Int32 = 256

    /// - Throws: `MediaError` when there is no memory.
    package init() throws {
        guard let context = av_sha_alloc() else { throw outOfMemory("hash a file") }
        self.context = context
        av_sha_init(context, Self.bits)
    }

    deinit { av_free(UnsafeMutableRawPointer(context)) }

    package func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        av_sha_update(context, start, bytes.count)
    }

    package func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// Ends the hash; nothing may be added afterwards.
    ///
    /// - Returns: 64 lower-case hexadecimal digits.
    package func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Int(Self.bits) / 8)
        av_sha_final(context, &digest)
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Of a whole file, read once in pieces of a megabyte.
    ///
    /// - Parameter isCancelled: asked between the pieces.
    /// - Throws: `MediaError` of category `noInput`, `ioError` or `cancelled`.
    package static func ofFile(_ path: String, isCancelled: () -> Bool = { false }) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw MediaError(
                .noInput, operation: "hash a file", subject: path, reason: "\"\(path)\" cannot be opened",
                ffmpegText: FFmpegStatus.system(errno).text, remedy: "Check its name and permissions")
        }
        defer { close(descriptor) }
        let hash = try ContentHash()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            if isCancelled() {
                throw MediaError(.cancelled, operation: "hash a file", reason: "Reading was stopped")
            }
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return hash.finish() }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw MediaError(
                    .ioError, operation: "hash a file", subject: path, reason: "\"\(path)\" cannot be read",
                    ffmpegText: FFmpegStatus.system(errno).text, remedy: "Check the disk")
            }
            buffer.withUnsafeBytes { hash.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
