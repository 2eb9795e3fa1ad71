/// A PNG file taken apart, by the standard alone (PNG, third edition, section 5).
package struct PNGFile {
    package struct Chunk {
        package let name: String
        package let content: [UInt8]
        /// Whether the checksum is that of name and content.
        package let isIntact: Bool
    }

    package let chunks: [Chunk]

    /// Nil for what is no PNG file, or is cut short, or goes on after its end.
    package init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
        var chunks: [Chunk] = []
        var rest = bytes.dropFirst(8)
        func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        while rest.count >= 12 {
            let length = number(rest.startIndex)
            guard rest.count >= 12 + length else { return nil }
            let summed = rest.dropFirst(4).prefix(4 + length)
            chunks.append(
                Chunk(
                    name: String(decoding: summed.prefix(4), as: UTF8.self), content: Array(summed.dropFirst(4)),
                    isIntact: Int(Self.checksum(summed)) == number(summed.endIndex)))
            rest = rest.dropFirst(12 + length)
        }
        guard rest.isEmpty, chunks.first?.name == "IHDR", chunks.last?.name == "IEND" else { return nil }
        self.chunks = chunks
    }

    /// The content of the only chunk of a name.
    package subscript(_ name: String) -> [UInt8]? {
        let found = chunks.filter { $0.name == name }
        return found.count == 1 ? found[0].content : nil
    }

    /// Names in the file's order, runs of one name once.
    package var names: [String] {
        chunks.map(\.name).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// CRC-32 as the standard defines it: x^32 + x^26 + … + 1, lowest bit first.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
