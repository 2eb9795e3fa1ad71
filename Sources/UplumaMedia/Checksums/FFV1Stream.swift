import CFFmpeg

/// What can be told of an FFV1 stream (RFC 9043) without decoding it: its version, and whether its slices are whole.
enum FFV1Stream {
    /// The version in a configuration record, which a container keeps as the stream's header; nil where there is none, as
    /// before version 3, or the record does not fit its own CRC (section 4.3).
    static func version(header: UnsafeRawBufferPointer) -> Int? {
        guard header.count >= 6, checksum(header) == 0 else { return nil }
        var decoder = FreshSymbolDecoder(header)
        return decoder.unsignedSymbol()
    }

    /// How the slices of a packet stand to their checksums.
    struct Slices: Equatable {
        /// In the packet, as far as the chain of their sizes could be followed.
        var count = 0
        /// Those that do not fit their CRC, by their number in the packet, from 0.
        var damaged: [Int] = []
        /// Whether the chain of sizes leads exactly to the beginning of the packet; where not, slices before the place where
        /// it broke are lost.
        var isComplete = false
    }

    /// Follows the slices of a packet of version 3 from its end (section 4.5: each is followed by its size and, with error
    /// correction on, by a byte of status and the CRC of all of it).
    static func slices(in packet: UnsafeRawBufferPointer) -> Slices {
        var result = Slices()
        var end = packet.count
        var damagedFromEnd: [Int] = []
        while end > 0 {
            guard end >= footer else { return numbered(result, damagedFromEnd) }
            let size = packet[(end - footer)..<(end - footer + 3)].reduce(0) { $0 << 8 | Int($1) }
            let start = end - footer - size
            guard size > 0, start >= 0 else { return numbered(result, damagedFromEnd) }
            if checksum(UnsafeRawBufferPointer(rebasing: packet[start..<end])) != 0 {
                damagedFromEnd.append(result.count)
            }
            result.count += 1
            end = start
        }
        result.isComplete = true
        return numbered(result, damagedFromEnd)
    }

    /// Bytes behind a slice: 3 of size, 1 of status, 4 of CRC.
    private static let footer = 8

    private static func numbered(_ slices: Slices, _ fromEnd: [Int]) -> Slices {
        var result = slices
        result.damaged = fromEnd.map { slices.count - 1 - $0 }.sorted()
        return result
    }

    /// CRC-32 (IEEE, most significant bit first) of something that ends with its own CRC: 0 when whole.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        av_crc(
            av_crc_get_table(AV_CRC_32_IEEE), 0, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
    }
}

/// The range decoder of RFC 9043, section 3.8.1, for the first symbol of a record: all its contexts are fresh, so that none
/// needs the table of their transitions.
private struct FreshSymbolDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var position = 2
    private var low: UInt32
    private var range: UInt32 = 0xFF00
    /// Every context's first state: both bits as likely.
    private static let fresh: UInt32 = 128
    /// More bits than any number in a header has.
    private static let mostBits = 10

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        low = UInt32(bytes[0]) << 8 | UInt32(bytes[1])
    }

    private mutating func bit() -> Bool {
        let one = (range * Self.fresh) >> 8
        range -= one
        let isOne = low >= range
        if isOne {
            low -= range
            range = one
        }
        if range < 0x100 {
            range <<= 8
            low <<= 8
            if position < bytes.count { low += UInt32(bytes[position]) }
            position += 1
        }
        return isOne
    }

    /// An unsigned number: whether it is 0, the number of its bits in unary, then the bits below its first (section 3.8.1.2).
    mutating func unsignedSymbol() -> Int? {
        if bit() { return 0 }
        var bits = 0
        while bit() {
            bits += 1
            if bits > Self.mostBits { return nil }
        }
        return (0..<bits).reduce(1) { value, _ in value << 1 | (bit() ? 1 : 0) }
    }
}
