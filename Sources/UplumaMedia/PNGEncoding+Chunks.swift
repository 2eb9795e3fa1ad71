import CFFmpeg

/// A part of a PNG file: length, name, content and checksum.
struct PNGChunk {
    let name: String
    let content: [UInt8]

    /// - Parameter name: four ASCII letters.
    init(_ name: String, _ content: [UInt8]) {
        precondition(name.utf8.count == 4, "a chunk's name has four letters")
        self.name = name
        self.content = content
    }

    /// Big endian.
    static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    /// As in a file.
    var bytes: [UInt8] {
        let summed = Array(name.utf8) + content
        // The CRC-32 of ISO 3309, over name and content.
        let start: UInt32 = 0xFFFF_FFFF
        let sum = av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), start, summed, summed.count) ^ start
        return PNGChunk.bytes(UInt32(content.count)) + summed + PNGChunk.bytes(sum)
    }

    /// Chunks without which a picture is none; an encoder's own remarks differ between its versions.
    private static let essential = ["IHDR", "IDAT", "IEND"].map { Array($0.utf8) }

    /// A file with its essential chunks only, and others right after the first of them.
    ///
    /// - Parameter file: a whole PNG file.
    static func file(_ file: [UInt8], describedBy chunks: [PNGChunk]) -> [UInt8] {
        let signature = 8
        // Length, name and checksum.
        let frame = 12
        let added = chunks.flatMap(\.bytes)
        var result = Array(file.prefix(signature))
        result.reserveCapacity(file.count + added.count)
        var position = signature
        while position + frame <= file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = min(position + frame + length, file.count)
            if essential.contains(Array(file[position + 4..<position + 8])) { result += file[position..<end] }
            if position == signature { result += added }
            position = end
        }
        return result
    }
}
