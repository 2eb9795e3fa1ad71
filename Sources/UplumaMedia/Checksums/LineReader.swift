#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a text of any length line by line. Owns the stream; one caller at a time.
package final class LineReader {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// - Throws: `MediaError` of category `noInput`.
    package init(_ path: String) throws {
        self.path = path
        guard let file = fopen(path, "re") else {
            throw MediaError(
                .noInput, operation: "read a list", subject: path, reason: "\"\(path)\" cannot be opened",
                ffmpegText: systemText(errno), remedy: "Check its name and permissions")
        }
        self.file = file
    }

    deinit {
        fclose(file)
        free(buffer)
    }

    /// The next line without its end ("\n" or "\r\n"); nil behind the last. What is no UTF-8 is replaced.
    ///
    /// - Throws: `MediaError` of category `ioError`.
    package func next() throws -> String? {
        let count = getline(&buffer, &capacity, file)
        guard count >= 0, let buffer else {
            guard ferror(file) == 0 else {
                throw MediaError(
                    .ioError, operation: "read a list", subject: path, reason: "\"\(path)\" cannot be read",
                    ffmpegText: systemText(errno), remedy: "Check the disk")
            }
            return nil
        }
        var bytes = UnsafeRawBufferPointer(start: buffer, count: count)[...]
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
