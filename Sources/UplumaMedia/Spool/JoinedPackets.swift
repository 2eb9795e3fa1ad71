import CFFmpeg
import UplumaFrames

/// The coded pictures of several spools as one stream, in which decoding times go on across the joins.
///
/// Each encoder counts its decoding times from before its own first picture; at variable frame rates those of one would
/// reach behind the last of the one before. They are set anew by the law that all encoders follow: the k-th packet is decoded at
/// the (k - d)-th of the sorted presentation times, d being the deepest reordering of any part.
///
/// Not sendable: one thread at a time.
package final class JoinedPackets {
    /// Frames of all parts, by their checkpoints.
    package let frames: Int
    package let concealed: Int
    package let repeated: Int
    /// Seconds that making them took.
    package let seconds: Double
    /// Remarks of all parts, each once.
    package let notes: [String]
    private var parts: [SpoolReader]
    private let depth: Int
    private let timeBase: Rational
    /// Packets whose decoding time is not known yet, in coded order.
    private var waiting: [MediaPacket] = []
    /// The presentation times from which coming decoding times are taken, sorted.
    private var pending: [Int64] = []
    private var beginning: [Int64] = []
    private var handed = 0
    private var isOver = false

    /// - Parameters:
    ///   - parts: complete, in the order of time.
    ///   - encoder: what an encoder of the job says of itself, with which all parts must agree.
    /// - Throws: `MediaError.internalFault` when parts were coded differently.
    package init(_ parts: [SpoolReader], as encoder: SpoolHeader) throws {
        for part in parts
        where part.header.extradata != encoder.extradata || part.header.encoder != encoder.encoder
            || part.header.timeBase != encoder.timeBase
        {
            throw MediaError(
                .internalFault, operation: "join coded pictures", subject: encoder.encoder,
                reason: "The parts made by \(part.header.encoder) do not fit together: their headers differ",
                remedy: "Choose another encoder")
        }
        self.parts = parts.reversed()
        timeBase = encoder.timeBase
        depth = parts.map(\.last.reordering).max() ?? 0
        frames = parts.reduce(0) { $0 + $1.last.frames }
        concealed = parts.reduce(0) { $0 + $1.last.concealed }
        repeated = parts.reduce(0) { $0 + $1.last.repeated }
        seconds = parts.reduce(0) { $0 + $1.last.seconds }
        var known: Set<String> = []
        notes = parts.flatMap(\.last.notes).filter { known.insert($0).inserted }
    }

    /// The next packet in coded order; nil at the end.
    ///
    /// - Throws: `MediaError` of category `ioError`.
    package func read() throws -> MediaPacket? {
        // A time stands at most `depth` places behind its rank: of so many packets the first depth + 1 times are the first of
        // all.
        while !isOver, waiting.count <= 2 * depth {
            guard let packet = try next() else {
                isOver = true
                break
            }
            let time = packet.packet.pointee.pts
            pending.insert(time, at: pending.firstIndex { $0 > time } ?? pending.endIndex)
            waiting.append(packet)
        }
        guard !waiting.isEmpty else { return nil }
        let packet = waiting.removeFirst()
        packet.packet.pointee.dts = decodingTime(of: packet)
        handed += 1
        return packet
    }

    private func decodingTime(of packet: MediaPacket) -> Int64 {
        guard depth > 0 else { return packet.packet.pointee.pts }
        if beginning.isEmpty { beginning = Array(pending.prefix(depth + 1)) }
        guard handed >= depth else {
            // Before the first time there are as many steps as pictures are moved by.
            guard beginning.count > depth else {
                return beginning[0] - Int64(depth - handed) * max(1, packet.packet.pointee.duration)
            }
            return beginning[handed] - (beginning[depth] - beginning[0])
        }
        return pending.removeFirst()
    }

    private func next() throws -> MediaPacket? {
        while let part = parts.last {
            if let packet = try part.read() { return packet }
            parts.removeLast()
        }
        return nil
    }
}
