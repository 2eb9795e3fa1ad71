import CFFmpeg
import UplumaFrames

/// Reads a file from end to end for its `MediaInventory`, through the same demuxer and decoder as a job: times that Upluma
/// gives to frames without any, or mends, are the same here.
///
/// Thread safety: one caller at a time.
package final class InventoryReader {
    /// The part of the file that counts, by the times of its frames and packets.
    package struct Part {
        let contains: (_ pts: Int64) -> Bool
        let isPast: (_ pts: Int64) -> Bool
        let isFarBehind: (MediaPacket) -> Bool

        package init(
            contains: @escaping (_ pts: Int64) -> Bool, isPast: @escaping (_ pts: Int64) -> Bool,
            isFarBehind: @escaping (MediaPacket) -> Bool
        ) {
            self.contains = contains
            self.isPast = isPast
            self.isFarBehind = isFarBehind
        }

        package static var all: Part {
            Part(contains: { _ in true }, isPast: { _ in false }, isFarBehind: { _ in false })
        }
    }

    package let source: MediaSource
    private let isCancelled: @Sendable () -> Bool

    /// - Throws: `MediaError`, as `MediaSource` does.
    package init(path: String, isCancelled: @escaping @Sendable () -> Bool = { false }) throws {
        self.isCancelled = isCancelled
        source = try MediaSource(path: path, isCancelled: isCancelled)
    }

    /// Reads everything; called once.
    ///
    /// - Parameters:
    ///   - part: which frames count. Packets of other streams are all listed, from where `source` was searched to.
    ///   - threads: decoder threads; 0 is all.
    ///   - progress: called with the number of frames so far.
    /// - Throws: `MediaError`.
    package func read(
        _ part: Part = .all, threads: Int = 0, progress: (Int) -> Void = { _ in }
    ) throws -> MediaInventory {
        let decoder = try VideoDecoder(source, threads: threads)
        var inventory = try MediaInventory(describing: source)
        var running = try inventory.streams.map { _ in try RunningDigest() }
        var isPast = false
        let note: (Frame) throws -> Void = { frame in
            if part.isPast(frame.pts) { isPast = true }
            guard part.contains(frame.pts) else { return }
            inventory.picture.append(frame)
            progress(inventory.picture.times.count)
        }
        while let packet = try source.read() {
            if isCancelled() {
                throw MediaError(.cancelled, operation: "compare files", reason: "Reading was stopped")
            }
            if packet.streamIndex == inventory.mainVideo {
                if !isPast { try decoder.decode(packet, each: note) }
            } else if packet.streamIndex < inventory.streams.count {
                inventory.streams[packet.streamIndex].append(packet, to: running[packet.streamIndex])
            }
            if isPast && part.isFarBehind(packet) { break }
        }
        if !isPast { try decoder.decode(nil, each: note) }
        for index in inventory.streams.indices { inventory.streams[index].packets.whole = running[index].finish() }
        running = []
        return inventory
    }
}

extension StreamInventory {
    fileprivate mutating func append(_ packet: MediaPacket, to running: RunningDigest) {
        let bytes = payload(packet)
        // MP4 fills the time between two subtitles with empty ones.
        if codec == "mov_text", bytes.allSatisfy({ $0 == 0 }) { return }
        running.add(bytes)
        packets.times.append(packet.pts ?? packet.dts)
        packets.durations.append(packet.duration)
        packets.contents.append(ContentDigest(bytes))
    }

    /// The bytes of a packet without the header that transport streams put before each frame of AAC.
    private func payload(_ packet: MediaPacket) -> UnsafeRawBufferPointer {
        let bytes = UnsafeRawBufferPointer(start: packet.packet.pointee.data, count: packet.size)
        guard codec == "aac", bytes.count > 9, bytes[0] == 0xFF, bytes[1] & 0xF6 == 0xF0 else { return bytes }
        return UnsafeRawBufferPointer(rebasing: bytes[(bytes[1] & 1 == 1 ? 7 : 9)...])
    }
}

extension PictureInventory {
    fileprivate mutating func append(_ frame: Frame) {
        let attached = FrameMetadata(frame.attachments)
        let look = FrameLook(
            width: frame.width, height: frame.height, format: frame.format, color: frame.color,
            sampleAspect: frame.sampleAspect, hdr: attached.hdr)
        if looks.last?.look != look { looks.append((times.count, look)) }
        if times.isEmpty, orientation == nil { orientation = attached.orientation }
        if attached.isDynamic { dynamicFrames += 1 }
        times.append(frame.pts)
        durations.append(frame.duration)
        captions.append(attached.captions)
    }
}
