import Foundation

/// Pictures as control sequences that draw them in a terminal, or as a file for whoever reads a pipe.
package enum TerminalPicture {
    /// What to write so that a picture appears at the cursor, in its own pixels; nothing follows it, not even a line break.
    ///
    /// - Parameters:
    ///   - picture: in square pixels, and not larger than the terminal (`RGBPicture.reduced`).
    ///   - name: what the terminal calls it when it is saved from there.
    ///   - passthrough: wrapped so that tmux hands it on to the terminal it runs in, which its option
    ///     `allow-passthrough` has to permit.
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package static func bytes(
        of picture: RGBPicture, format: TerminalFormat, name: String = "preview.png", passthrough: Bool = false
    ) throws -> [UInt8] {
        let sequences: [[UInt8]]
        switch format {
        case .kitty: sequences = kitty(try picture.png())
        case .iterm2: sequences = [iterm2(try picture.png(), name: name)]
        case .sixel: sequences = [SixelPicture(picture.eightBit()).bytes]
        case .png: return try picture.png(.small)
        }
        return sequences.flatMap { passthrough ? wrapped($0) : $0 }
    }

    /// Bytes of base64 in one sequence of kitty's graphics protocol, at most.
    private static let kittyChunkBytes = 4096

    /// The graphics protocol of kitty: a PNG (f=100) in base64, sent and shown (a=T) in pieces, of which all but the last
    /// have m=1. The terminal is told in each not to answer (q=2).
    private static func kitty(_ png: [UInt8]) -> [[UInt8]] {
        let payload = [UInt8](Data(png).base64EncodedData())
        return stride(from: 0, to: payload.count, by: kittyChunkBytes).map { start in
            let end = min(start + kittyChunkBytes, payload.count)
            let keys = (start == 0 ? "a=T,f=100," : "") + "q=2,m=\(end < payload.count ? 1 : 0)"
            return Array("\u{1B}_G\(keys);".utf8) + payload[start..<end] + Array("\u{1B}\\".utf8)
        }
    }

    /// The inline file of iTerm2.
    private static func iterm2(_ png: [UInt8], name: String) -> [UInt8] {
        let encodedName = Data(name.utf8).base64EncodedString()
        let head = "\u{1B}]1337;File=inline=1;size=\(png.count);name=\(encodedName);preserveAspectRatio=1:"
        return Array(head.utf8) + Data(png).base64EncodedData() + [0x07]
    }

    /// One sequence for the terminal around tmux: its escape characters are doubled.
    private static func wrapped(_ sequence: [UInt8]) -> [UInt8] {
        var result = Array("\u{1B}Ptmux;".utf8)
        result.reserveCapacity(sequence.count + 16)
        for byte in sequence {
            if byte == 0x1B { result.append(byte) }
            result.append(byte)
        }
        return result + Array("\u{1B}\\".utf8)
    }
}
