import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Pictures as terminals take them: the streams are read again.
@Suite struct TerminalPictureTests {
    private static func picture(_ width: Int, _ height: Int, _ color: (_ x: Int, _ y: Int) -> [Int]) -> RGBPicture {
        let samples = (0..<height).flatMap { y in (0..<width).flatMap { x in color(x, y).map { UInt16($0) } } }
        return RGBPicture(width: width, height: height, depth: 8, samples: samples)
    }

    private static func noise(_ width: Int, _ height: Int) -> RGBPicture {
        var noise = SeededNoise(seed: 11)
        return picture(width, height) { _, _ in (0..<3).map { _ in Int.random(in: 0...255, using: &noise) } }
    }

    /// All of the cube, each channel smooth in a direction of its own.
    private static func cube(_ width: Int, _ height: Int) -> RGBPicture {
        picture(width, height) { x, y in
            [255 * x / (width - 1), 255 * y / (height - 1), 255 * ((x / 4 + y) % 97) / 96]
        }
    }

    // Kitty.

    /// The payload of a stream of kitty's graphics protocol, and the keys of each piece.
    private static func kitty(_ bytes: [UInt8]) throws -> (png: [UInt8], keys: [[String: String]], lengths: [Int]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var pieces = text.components(separatedBy: "\u{1B}\\")
        try #require(pieces.removeLast() == "")
        var (payload, keys, lengths) = ("", [[String: String]](), [Int]())
        for piece in pieces {
            try #require(piece.hasPrefix("\u{1B}_G"))
            let parts = piece.dropFirst(3).split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2)
            keys.append(
                Dictionary(
                    uniqueKeysWithValues: parts[0].split(separator: ",").map {
                        let pair = $0.split(separator: "=")
                        return (String(pair[0]), String(pair[1]))
                    }))
            lengths.append(parts[1].utf8.count)
            payload += parts[1]
        }
        return (Array(try #require(Data(base64Encoded: payload))), keys, lengths)
    }

    @Test("kitty gets the PNG in pieces and does not answer", arguments: [(1, 1), (90, 60), (200, 100)])
    func kitty(width: Int, height: Int) throws {
        let picture = Self.noise(width, height)
        let (png, keys, lengths) = try Self.kitty(TerminalPicture.bytes(of: picture, format: .kitty))
        #expect(try png == picture.png())
        #expect(keys.first == ["a": "T", "f": "100", "q": "2", "m": keys.count > 1 ? "1" : "0"])
        for (index, piece) in keys.enumerated().dropFirst() {
            #expect(piece == ["q": "2", "m": index == keys.count - 1 ? "0" : "1"])
        }
        // Whole groups of four in all but the last.
        #expect(lengths.allSatisfy { $0 <= 4096 && $0 > 0 } && lengths.dropLast().allSatisfy { $0 % 4 == 0 })
        #expect(width == 1 || keys.count > 1)
    }

    // iTerm2.

    @Test("iTerm2 gets the PNG with its size and name") func iterm2() throws {
        let picture = Self.noise(40, 30)
        let bytes = try TerminalPicture.bytes(of: picture, format: .iterm2, name: "ä;:.png")
        let text = String(decoding: bytes, as: UTF8.self)
        let head = "\u{1B}]1337;File="
        try #require(text.hasPrefix(head) && text.hasSuffix("\u{07}"))
        let parts = text.dropFirst(head.count).dropLast().split(separator: ":")
        try #require(parts.count == 2)
        let png = Array(try #require(Data(base64Encoded: String(parts[1]))))
        #expect(try png == picture.png())
        let arguments = Dictionary(
            uniqueKeysWithValues: parts[0].split(separator: ";").map { argument in
                let pair = argument.split(separator: "=", maxSplits: 1)
                return (String(pair[0]), String(pair[1]))
            })
        #expect(arguments["inline"] == "1" && arguments["preserveAspectRatio"] == "1")
        #expect(arguments["size"] == "\(png.count)")
        #expect(arguments["name"].flatMap { Data(base64Encoded: $0) } == Data("ä;:.png".utf8))
    }

    // The file.

    @Test("a pipe gets the file") func file() throws {
        let picture = Self.noise(40, 30)
        for passthrough in [false, true] {
            #expect(
                try TerminalPicture.bytes(of: picture, format: .png, passthrough: passthrough) == picture.png(.small))
        }
    }

    // tmux.

    @Test("tmux hands on what is wrapped", arguments: [TerminalFormat.kitty, .iterm2, .sixel])
    func passthrough(format: TerminalFormat) throws {
        let picture = Self.noise(90, 60)
        let wrapped = try TerminalPicture.bytes(of: picture, format: format, passthrough: true)
        // As tmux reads it: two escape characters are one, an escape character and a backslash end it.
        var (unwrapped, rest) = ([UInt8](), wrapped[...])
        while !rest.isEmpty {
            let head = Array("\u{1B}Ptmux;".utf8)
            try #require(rest.starts(with: head))
            rest = rest.dropFirst(head.count)
            while let byte = rest.popFirst() {
                if byte == 0x1B, let next = rest.popFirst() {
                    if next == UInt8(ascii: "\\") { break }
                    try #require(next == 0x1B)
                }
                unwrapped.append(byte)
            }
        }
        #expect(try unwrapped == TerminalPicture.bytes(of: picture, format: format))
    }

    // Sixel.

    @Test(
        "a picture of few colours comes out exactly",
        arguments: [(1, 1), (1, 6), (7, 5), (13, 12), (16, 13), (300, 17)])
    func sixelExact(width: Int, height: Int) throws {
        // Codes that a percentage can say: 0, 51, … 255 are 0, 20, … 100 %. 216 colours.
        var noise = SeededNoise(seed: 2)
        let picture = Self.picture(width, height) { x, _ in
            x % 11 < 6 ? [255, 0, 51] : (0..<3).map { _ in 51 * Int.random(in: 0...5, using: &noise) }
        }
        let decoded = try SixelReader(TerminalPicture.bytes(of: picture, format: .sixel))
        #expect(decoded.width == width && decoded.height == height)
        #expect(decoded.samples == picture.samples)
    }

    @Test("256 colours are each given their own") func sixelFull() throws {
        let picture = Self.picture(16, 16) { x, y in [17 * x, 17 * y, 255 - 17 * x] }
        let decoded = try SixelReader(TerminalPicture.bytes(of: picture, format: .sixel))
        #expect(decoded.palette.count == 256)
        // A percent is 2.55 codes.
        #expect(zip(decoded.samples, picture.samples).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    @Test("runs are counted") func sixelRuns() throws {
        let flat = Self.picture(500, 6) { _, _ in [255, 255, 255] }
        let text = String(decoding: try TerminalPicture.bytes(of: flat, format: .sixel), as: UTF8.self)
        #expect(text == "\u{1B}P0;1q\"1;1;500;6#0;2;100;100;100#0!500~\u{1B}\\")
    }

    @Test("a picture of many colours keeps its colours on the whole", arguments: [(240, 161), (97, 100)])
    func sixelDithered(width: Int, height: Int) throws {
        let picture = Self.cube(width, height)
        let decoded = try SixelReader(TerminalPicture.bytes(of: picture, format: .sixel))
        #expect(decoded.width == width && decoded.height == height && decoded.palette.count <= 256)
        let squares = zip(decoded.samples, picture.samples).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
        let psnr = 10 * log10(255 * 255 / (squares / Double(picture.samples.count)))
        // 256 colours are 6.3 steps of 40 codes a channel, whose error is 40 / √12 = 11.6 codes; diffusion about doubles
        // its power: 16.4 codes, 23.8 dB. Half a decibel for what is clamped at the faces of the cube.
        #expect(psnr > 23.3, "\(psnr) dB")
        // What dithering is for: means of areas stay. The error of an area leaves it at its edges only.
        let side = 16
        for top in stride(from: 0, to: height - side, by: side) {
            for left in stride(from: 0, to: width - side, by: side) {
                for channel in 0..<3 {
                    func mean(_ samples: [UInt16]) -> Double {
                        (0..<side * side).reduce(0.0) { sum, index in
                            sum + Double(samples[3 * ((top + index / side) * width + left + index % side) + channel])
                        } / Double(side * side)
                    }
                    #expect(abs(mean(decoded.samples) - mean(picture.samples)) < 6, "\(left), \(top), \(channel)")
                }
            }
        }
    }

    @Test("16 bits are brought to 8") func sixelDeep() throws {
        let shallow = Self.noise(20, 9)
        let deep = RGBPicture(width: 20, height: 9, depth: 16, samples: shallow.samples.map { $0 * 257 })
        #expect(
            try TerminalPicture.bytes(of: deep, format: .sixel) == TerminalPicture.bytes(of: shallow, format: .sixel))
    }
}
