import CFFmpeg
import Foundation

/// Writes a spool, or goes on with one.
///
/// Thread safety: calls must not overlap (checked), so give a writer to one serial queue.
package final class SpoolWriter: @unchecked Sendable {
    /// The checkpoint that writing begins behind; that of an empty spool when nothing was there to go on with.
    package let begun: SpoolCheckpoint
    /// Whether a spool of something else was in the place and was given up.
    package let replacedAnother: Bool
    /// Bytes so far, those that wait to be written included.
    package private(set) var bytes: Int

    private let path: String
    private let file: LockedFile
    private var buffer: [UInt8] = []
    private var crc: UInt32 = 0
    /// Presentation times since the last checkpoint, in coded order.
    private var times: [Int64] = []
    private var deepest = 0
    private let exclusive = ExclusiveUse("SpoolWriter")

    /// Bytes gathered before they are written.
    private static let bufferBytes = 1 << 18

    /// Opens or creates, and locks the file for as long as the writer lives.
    ///
    /// - Parameters:
    ///   - path: its folder exists.
    ///   - header: another one that is found there is replaced, with all behind it.
    /// - Throws: `MediaError` of category `cannotCreate`, `ioError` (a full disk, too), or `usage` when another process
    ///   writes it.
    package init(path: String, header: SpoolHeader) throws {
        self.path = path
        file = try LockedFile(path)
        let found = try SpoolReader(path: path)
        if let found, found.header == header {
            (begun, bytes, replacedAnother) = (found.last, found.intactBytes, false)
            try cut(to: bytes)
        } else {
            var start = SpoolCheckpoint()
            start.next = .min
            (begun, bytes, replacedAnother) = (start, 0, found != nil)
            try cut(to: 0)
            put(SpoolFormat.magic)
            try put(json: header)
            try flush(throughDisk: true)
        }
    }

    private func cut(to length: Int) throws {
        guard ftruncate(file.descriptor, off_t(length)) == 0, lseek(file.descriptor, off_t(length), SEEK_SET) >= 0
        else { throw SpoolWriter.failure(path, errno) }
    }

    /// Adds a packet of the encoder.
    ///
    /// - Throws: `MediaError` of category `ioError`.
    package func write(_ packet: MediaPacket) throws {
        try exclusive {
            let content = packet.packet.pointee
            times.append(content.pts)
            put([SpoolFormat.packet])
            put(content.pts)
            put(content.dts)
            put(content.duration)
            put(UInt32(bitPattern: content.flags))
            put(UInt32(content.size))
            put(UnsafeRawBufferPointer(start: content.data, count: Int(content.size)))
            put(UInt32(content.side_data_elems))
            for index in 0..<Int(content.side_data_elems) {
                let side = content.side_data[index]
                put(UInt32(side.type.rawValue))
                put(UInt32(side.size))
                put(UnsafeRawBufferPointer(start: side.data, count: Int(side.size)))
            }
            if buffer.count >= SpoolWriter.bufferBytes { try flush(throughDisk: false) }
        }
    }

    /// Ends a run of packets of one encoder and waits until the disk has all of it.
    ///
    /// - Parameter checkpoint: `reordering` is filled in here.
    /// - Throws: `MediaError` of category `ioError`; what was before stays.
    package func write(_ checkpoint: SpoolCheckpoint) throws {
        try exclusive {
            deepest = max(deepest, begun.reordering, reordering())
            var checkpoint = checkpoint
            checkpoint.reordering = deepest
            times.removeAll(keepingCapacity: true)
            put([SpoolFormat.checkpoint])
            try put(json: checkpoint)
            try flush(throughDisk: true)
        }
    }

    /// Gives up what was written: the disk is full, say, and its room is needed.
    package func discard() { exclusive { _ = unlink(path) } }

    /// How many places earlier a packet stands in coded order than its time asks for, at most: a packet's decoding time may
    /// not lie behind its own time, so decoding times are the sorted times moved on by as many places.
    private func reordering() -> Int {
        var ranks: [Int64: Int] = [:]
        for (rank, time) in times.sorted().enumerated() { ranks[time] = rank }
        return times.enumerated().map { place, time in place - (ranks[time] ?? place) }.max() ?? 0
    }

    // MARK: Bytes

    private func put(_ data: UnsafeRawBufferPointer) {
        crc = SpoolFormat.crc(data, from: crc)
        buffer.append(contentsOf: data)
        bytes += data.count
    }

    private func put(_ data: [UInt8]) { data.withUnsafeBytes { put($0) } }

    private func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { put($0) }
    }

    private func put(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let data = Array(try encoder.encode(value))
        put(UInt32(data.count))
        put(data)
        put(crc)
        crc = 0
    }

    private func flush(throughDisk: Bool) throws {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Foundation.write(file.descriptor, $0.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SpoolWriter.failure(path, errno)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
        if throughDisk, fsync(file.descriptor) != 0 { throw SpoolWriter.failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> MediaError {
        if code == ENOSPC || code == EDQUOT {
            return MediaError(
                .ioError, operation: "keep coded pictures", subject: path,
                reason: "The disk is full: writing \"\(path)\" stopped", ffmpegText: FFmpegStatus.system(code).text,
                remedy: "Free some space")
        }
        return MediaError(
            .ioError, operation: "keep coded pictures", subject: path, reason: "Writing \"\(path)\" failed",
            ffmpegText: FFmpegStatus.system(code).text, remedy: "Check the disk")
    }
}

/// An open file that nobody else writes as long as it is.
private final class LockedFile {
    let descriptor: Int32

    init(_ path: String) throws {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard opened >= 0 else {
            throw MediaError(
                errno == ENOSPC ? .ioError : .cannotCreate, operation: "keep coded pictures", subject: path,
                reason: "\"\(path)\" cannot be created", ffmpegText: FFmpegStatus.system(errno).text,
                remedy: "Choose a folder you may write to")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw MediaError(
                .usage, operation: "keep coded pictures", subject: path,
                reason: "Another run is writing \"\(path)\"", remedy: "Wait for it")
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
