import Foundation

/// Turns MPEG-2 video of film into what DVDs hold: 23.976 pictures a second whose flags ask for 59.94 fields.
///
/// ISO/IEC 13818-2, 6.2 and 6.3: sequence header and extension, picture header, picture coding extension.
enum SoftTelecine {
    /// Flags of four pictures in the order of display: they show three, two, three and two fields, so that the next one
    /// begins with a top field again.
    private static let pattern: [(topFirst: Bool, repeatsFirst: Bool)] = [
        (true, true), (false, false), (false, true), (true, false),
    ]

    private enum Code {
        static let picture: UInt8 = 0x00
        static let sequence: UInt8 = 0xB3
        static let `extension`: UInt8 = 0xB5
        static let group: UInt8 = 0xB8
    }

    /// Writes a flagged copy of an elementary stream.
    ///
    /// - Parameters:
    ///   - path: MPEG-2 at 24000/1001, progressive, its height a multiple of 32: interlaced sequences count rows in pairs of
    ///     macroblocks.
    ///   - result: where the copy goes.
    /// - Throws: `FFmpegTool.Failure` when the stream is of another kind, or Foundation's errors.
    static func flag(_ path: String, to result: String) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        // Pictures before the current group, those so far, and the current picture's place in the order of display.
        var (before, count, place) = (0, 0, 0)
        var index = 0
        while index + 8 < bytes.count {
            guard bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 else {
                index += 1
                continue
            }
            let body = index + 4
            switch bytes[index + 3] {
            case Code.sequence:
                guard bytes[body + 3] & 0x0F == 1, (Int(bytes[body + 1] & 0x0F) << 8 | Int(bytes[body + 2])) % 32 == 0
                else { throw FFmpegTool.Failure(description: "\(path) is no film for the 2:3 pattern") }
                bytes[body + 3] = bytes[body + 3] & 0xF0 | 4  // 30000/1001
            case Code.group: before = count
            case Code.picture:
                place = before + (Int(bytes[body]) << 2 | Int(bytes[body + 1]) >> 6)
                count += 1
            case Code.extension where bytes[body] >> 4 == 1: bytes[body + 1] &= ~0x08  // progressive_sequence
            case Code.extension where bytes[body] >> 4 == 8:
                let flags = pattern[place % pattern.count]
                bytes[body + 3] = bytes[body + 3] & 0x7D | (flags.topFirst ? 0x80 : 0) | (flags.repeatsFirst ? 0x02 : 0)
                bytes[body + 4] |= 0x80  // progressive_frame
            default: break
            }
            index += 4
        }
        try Data(bytes).write(to: URL(fileURLWithPath: result))
    }
}
