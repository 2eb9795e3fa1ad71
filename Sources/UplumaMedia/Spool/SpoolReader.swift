import CFFmpeg
import Foundation
import UplumaFrames

/// Reads a spool: its packets in coded order.
///
/// Not sendable: one thread at a time.
package final class SpoolReader {
    package let header: SpoolHeader
    /// The last checkpoint that everything before is intact of.
    package let last: SpoolCheckpoint
    /// Bytes up to and with it.
    package let intactBytes: Int
    private let input: SpoolInput

    /// Reads all of it once, so that what is damaged is known before anything is made of it.
    ///
    /// - Returns: nil where there is no spool, or one whose header is not intact.
    /// - Throws: `MediaError` of category `ioError`, or `cancelled`.
    package init?(path: String, isCancelled: () -> Bool = { false }) throws {
        guard let input = SpoolInput(path: path), let header = try SpoolReader.header(input) else { return nil }
        self.input = input
        self.header = header
        let start = input.position
        var last = SpoolCheckpoint()
        last.next = .min
        var intact = start
        while !isCancelled(), let record = try SpoolReader.skip(input) {
            if let checkpoint = record {
                (last, intact) = (checkpoint, input.position)
                if checkpoint.isEnd { break }
            }
        }
        if isCancelled() {
            throw MediaError(.cancelled, operation: "read coded pictures", reason: "Reading was stopped")
        }
        self.last = last
        intactBytes = intact
        try input.seek(to: start)
    }

    /// The next packet; nil behind the last checkpoint.
    ///
    /// - Throws: `MediaError` of category `ioError`.
    package func read() throws -> MediaPacket? {
        while input.position < intactBytes {
            guard let kind = try input.byte() else { break }
            if kind == SpoolFormat.packet, let packet = try packet() { return packet }
            guard kind == SpoolFormat.checkpoint, try input.json(SpoolCheckpoint.self) != nil else { break }
        }
        guard input.position >= intactBytes else { throw input.failure("changed while it was read") }
        return nil
    }

    private func packet() throws -> MediaPacket? {
        guard let pts = try input.int64(), let dts = try input.int64(), let duration = try input.int64(),
            let flags = try input.uint32(), let size = try input.length()
        else { return nil }
        let packet = MediaPacket(owning: try MediaPacket.allocate(), streamIndex: 0, timeBase: header.timeBase)
        guard av_new_packet(packet.packet, Int32(size)) >= 0 else { throw outOfMemory("hold a packet") }
        guard try input.fill(UnsafeMutableRawBufferPointer(start: packet.packet.pointee.data, count: size)) else {
            return nil
        }
        packet.packet.pointee.pts = pts
        packet.packet.pointee.dts = dts
        packet.packet.pointee.duration = duration
        packet.packet.pointee.flags = Int32(bitPattern: flags)
        guard let count = try input.uint32() else { return nil }
        for _ in 0..<count {
            guard let type = try input.uint32(), let size = try input.length() else { return nil }
            guard let data = av_packet_new_side_data(packet.packet, AVPacketSideDataType(type), size) else {
                throw outOfMemory("hold a packet")
            }
            guard try input.fill(UnsafeMutableRawBufferPointer(start: data, count: size)) else { return nil }
        }
        return packet
    }

    private static func header(_ input: SpoolInput) throws -> SpoolHeader? {
        var magic = [UInt8](repeating: 0, count: SpoolFormat.magic.count)
        guard try magic.withUnsafeMutableBytes({ try input.fill($0) }), magic == SpoolFormat.magic else { return nil }
        return try input.json(SpoolHeader.self)
    }

    /// Passes over a record. Nil at the end of what is intact; a checkpoint in it, where it is one.
    private static func skip(_ input: SpoolInput) throws -> SpoolCheckpoint?? {
        switch try input.byte() {
        case SpoolFormat.packet:
            guard try input.skip(3 * 8 + 4), let size = try input.length(), try input.skip(size),
                let count = try input.uint32()
            else { return nil }
            for _ in 0..<count {
                guard try input.skip(4), let size = try input.length(), try input.skip(size) else { return nil }
            }
            return .some(nil)
        case SpoolFormat.checkpoint:
            guard let checkpoint = try input.json(SpoolCheckpoint.self) else { return nil }
            return .some(checkpoint)
        default: return nil
        }
    }
}

/// The bytes of a spool, buffered, with the CRC of what was read since the last one.
private final class SpoolInput {
    private let descriptor: Int32
    private let path: String
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var filled = 0
    private var taken = 0
    private var crc: UInt32 = 0
    /// Bytes read so far.
    private(set) var position = 0

    init?(path: String) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func failure(_ what: String) -> MediaError {
        MediaError(
            .ioError, operation: "read coded pictures", subject: path, reason: "\"\(path)\" \(what)",
            remedy: "Check the disk")
    }

    func seek(to place: Int) throws {
        guard lseek(descriptor, off_t(place), SEEK_SET) >= 0 else { throw failure("cannot be read") }
        (filled, taken, crc, position) = (0, 0, 0, place)
    }

    /// False at the end of the file.
    func fill(_ target: UnsafeMutableRawBufferPointer) throws -> Bool {
        var done = 0
        while done < target.count {
            guard try refill() else { return false }
            let part = min(target.count - done, filled - taken)
            buffer.withUnsafeBytes { bytes in
                let source = UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + part])
                crc = SpoolFormat.crc(source, from: crc)
                UnsafeMutableRawBufferPointer(rebasing: target[done..<done + part]).copyMemory(from: source)
            }
            (taken, done, position) = (taken + part, done + part, position + part)
        }
        return true
    }

    func skip(_ count: Int) throws -> Bool {
        var left = count
        while left > 0 {
            guard try refill() else { return false }
            let part = min(left, filled - taken)
            buffer.withUnsafeBytes {
                crc = SpoolFormat.crc(UnsafeRawBufferPointer(rebasing: $0[taken..<taken + part]), from: crc)
            }
            (taken, left, position) = (taken + part, left - part, position + part)
        }
        return true
    }

    private func refill() throws -> Bool {
        guard taken == filled else { return true }
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else {
            if errno == EINTR { return try refill() }
            throw failure("cannot be read (\(FFmpegStatus.system(errno).text))")
        }
        (filled, taken) = (count, 0)
        return count > 0
    }

    private func number<T: FixedWidthInteger>(_ type: T.Type) throws -> T? {
        var value: T = 0
        guard try withUnsafeMutableBytes(of: &value, { try fill($0) }) else { return nil }
        return T(littleEndian: value)
    }

    func byte() throws -> UInt8? { try number(UInt8.self) }
    func int64() throws -> Int64? { try number(Int64.self) }
    func uint32() throws -> UInt32? { try number(UInt32.self) }

    /// A length that can be meant.
    func length() throws -> Int? {
        guard let value = try uint32(), value <= SpoolFormat.mostBytes else { return nil }
        return Int(value)
    }

    /// A value and the CRC behind it; nil when it is not intact.
    func json<T: Decodable>(_ type: T.Type) throws -> T? {
        guard let count = try length() else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        guard try bytes.withUnsafeMutableBytes({ try fill($0) }) else { return nil }
        let expected = crc
        guard try uint32() == expected else { return nil }
        crc = 0
        return try? JSONDecoder().decode(T.self, from: Data(bytes))
    }
}
