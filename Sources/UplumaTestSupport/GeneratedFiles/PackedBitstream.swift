import Foundation

/// MPEG-4 as DivX 5 and early XviD wrote it into AVI: a P and the B-frame shown before it share a chunk, and a frame that
/// says "as before" fills the next one, so that no chunk needs another to be shown.
enum PackedBitstream {
    private static let pictureStart = Data([0, 0, 1, 0xB6])
    /// What tells decoders: user data of DivX 5.03, "p" for packed.
    private static let mark = Data([0, 0, 1, 0xB2]) + Data("DivX503b1393p".utf8)

    /// - Parameter stream: an elementary stream of one group, B-frames between P-frames, 64×48, 25 frames a second.
    /// - Returns: an AVI file.
    static func file(packing stream: Data) -> Data {
        var pictures: [Data] = []
        var start = stream.range(of: pictureStart)
        let header = stream[..<(start?.lowerBound ?? stream.endIndex)]
        while let picture = start {
            start = stream.range(of: pictureStart, in: picture.upperBound..<stream.endIndex)
            pictures.append(Data(stream[picture.lowerBound..<(start?.lowerBound ?? stream.endIndex)]))
        }
        var chunks: [Data] = []
        for picture in pictures {
            if isBidirectional(picture), let last = chunks.indices.last {
                chunks[last] += picture
                chunks.append(asBefore)
            } else {
                chunks.append(picture)
            }
        }
        if let first = chunks.first { chunks[0] = header + mark + first }
        return avi(chunks)
    }

    /// vop_coding_type (ISO/IEC 14496-2, 6.2.5) is the first two bits behind the start code.
    private static func isBidirectional(_ picture: Data) -> Bool { picture[picture.startIndex + 4] >> 6 == 2 }

    /// A P picture that is not coded: type 01, modulo 0, marker 1, five bits of time, marker 1, coded 0, stuffing.
    private static let asBefore = pictureStart + Data([0b0101_0000, 0b0101_1111])

    private static func avi(_ chunks: [Data]) -> Data {
        var (movie, index) = (Data("movi".utf8), Data())
        for (number, chunk) in chunks.enumerated() {
            index += Data("00dc".utf8) + words(number == 0 ? 0x10 : 0, UInt32(movie.count), UInt32(chunk.count))
            movie += element("00dc", chunk)
        }
        let frames = UInt32(chunks.count)
        let main = words(40_000, 0, 0, 0x10, frames, 0, 1, 1 << 16, 64, 48, 0, 0, 0, 0)
        let stream = Data("vidsXVID".utf8) + words(0, 0, 0, 1, 25, 0, frames, 1 << 16, .max, 0, 0, 64 | 48 << 16)
        let format = words(40, 64, 48, 1 | 24 << 16) + Data("XVID".utf8) + words(64 * 48 * 3, 0, 0, 0, 0)
        let streamList = element("LIST", Data("strl".utf8) + element("strh", stream) + element("strf", format))
        let headers = element("LIST", Data("hdrl".utf8) + element("avih", main) + streamList)
        return element("RIFF", Data("AVI ".utf8) + headers + element("LIST", movie) + element("idx1", index))
    }

    private static func element(_ name: String, _ content: Data) -> Data {
        Data(name.utf8) + words(UInt32(content.count)) + content + Data(count: content.count % 2)
    }

    /// 32-bit numbers, lowest byte first.
    private static func words(_ numbers: UInt32...) -> Data {
        Data(numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } })
    }
}
