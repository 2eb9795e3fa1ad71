#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension FrameChecksums {
    /// Writes the checksums of a file's frames into another, line by line, and brings them to the disk.
    ///
    /// - Parameters:
    ///   - path: of the video.
    ///   - output: is replaced; the caller names it, and gives it its lasting name when all is well.
    ///   - progress: called with the number of frames so far.
    /// - Returns: what the reading told, and the SHA-256 of the text.
    /// - Throws: `MediaError`: as `read`, or `ioError` and `cannotCreate` for the output. A part of the text may be left.
    package static func write(
        of path: String, to output: String, threads: Int = 0, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws -> (findings: Findings, hash: String) {
        let file = try LineWriter(output)
        let findings = try read(path, threads: threads, isCancelled: isCancelled) { line, frames in
            try file.write(line)
            progress(frames)
        }
        return (findings, try file.close())
    }

    /// How a file stands to checksums that were written earlier.
    package struct Comparison: Sendable, Equatable {
        package var findings: Findings
        /// Frames whose line is another, the first ones, from 0.
        package var differing: [Int] = []
        /// All of them.
        package var differingCount = 0
        /// Frames that the checksums list.
        package var listed = 0
        /// Lines before the frames that are others: the stream's time base, size or shape.
        package var differingHeader: [String] = []

        /// Whether every frame is as it was.
        package var isSame: Bool { differingCount == 0 && differingHeader.isEmpty && listed == findings.frames }
    }

    /// Decodes a file anew and holds its frames against checksums.
    ///
    /// - Parameters:
    ///   - path: of the video.
    ///   - checksums: a framemd5 file, of Upluma or of FFmpeg.
    ///   - progress: called with the number of frames so far.
    /// - Throws: `MediaError` where one of the files cannot be read.
    package static func compare(
        _ path: String, with checksums: String, threads: Int = 0,
        isCancelled: @escaping @Sendable () -> Bool = { false }, progress: (Int) -> Void = { _ in }
    ) throws -> Comparison {
        let known = try LineReader(checksums)
        var result = Comparison(findings: Findings())
        var header: Set<String> = []
        var first = try known.next()
        while let line = first, line.hasPrefix("#") {
            header.insert(line)
            first = try known.next()
        }
        var isFirst = true
        result.findings = try read(path, threads: threads, isCancelled: isCancelled) { line, frames in
            if frames == 0 {
                if !header.contains(line) { result.differingHeader.append(line) }
                return
            }
            progress(frames)
            let other = isFirst ? first : try known.next()
            isFirst = false
            guard let other else { return }
            result.listed += 1
            guard other != line else { return }
            result.differingCount += 1
            if result.differing.count < mostNamed { result.differing.append(frames - 1) }
        }
        if isFirst, first != nil { result.listed += 1 }
        while try known.next() != nil { result.listed += 1 }
        return result
    }
}

/// Writes a text line by line and hashes it on the way. Owns the descriptor; one caller at a time.
private final class LineWriter {
    private let path: String
    private let hash: ContentHash
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 16

    init(_ path: String) throws {
        self.path = path
        hash = try ContentHash()
        buffer.reserveCapacity(Self.bufferBytes)
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw failure(.cannotCreate, "cannot be created") }
    }

    deinit { if descriptor >= 0 { _ = closeFile(descriptor) } }

    func write(_ line: String) throws {
        buffer.append(contentsOf: line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > Self.bufferBytes - 512 { try flush() }
    }

    /// Brings everything to the disk.
    ///
    /// - Returns: SHA-256 of the text.
    func close() throws -> String {
        try flush()
        let synchronized = fsync(descriptor)
        let code = errno
        let closed = closeFile(descriptor)
        descriptor = -1
        // Pipes and the like cannot be brought to a disk.
        guard synchronized == 0 || code == EINVAL, closed == 0 else { throw failure(.ioError, "cannot be written") }
        return hash.finish()
    }

    private func flush() throws {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                bytes.baseAddress.map { writeFile(descriptor, $0 + written, bytes.count - written) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(.ioError, "cannot be written") }
            written += count
        }
        hash.add(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure(_ category: MediaError.Category, _ what: String) -> MediaError {
        MediaError(
            category, operation: "write checksums", subject: path, reason: "\"\(path)\" \(what)",
            ffmpegText: systemText(errno), remedy: "Check the folder and the room on the disk")
    }
}

/// The system's functions, whose names methods above have, too.
private func closeFile(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func writeFile(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
