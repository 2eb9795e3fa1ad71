import Upluma

/// What a terminal answered to the questions of `TerminalQuery`, read from its bytes.
struct TerminalAnswers: Equatable {
    /// Whether it knows kitty's graphics protocol.
    var knowsKitty = false
    /// Its primary device attributes; nil until it has sent them.
    var attributes: [Int]?
    /// Its size in pixels.
    var pixels: TerminalPictures.PixelSize?

    /// The attribute of terminals that draw sixels.
    private static let sixelAttribute = 4

    init() {}

    /// The last question has been answered: all others have been, too, or never will be.
    var isComplete: Bool { attributes != nil }

    /// The better of the formats it knows.
    var format: TerminalFormat? {
        knowsKitty ? .kitty : attributes?.contains(Self.sixelAttribute) == true ? .sixel : nil
    }

    /// - Parameter bytes: whatever came from the terminal; what is no answer, such as keys that somebody pressed, and what
    ///   is not complete, counts for nothing.
    init(_ bytes: [UInt8]) {
        let escape: UInt8 = 0x1B
        var rest = bytes[...]
        while let start = rest.firstIndex(of: escape) {
            rest = rest[(start + 1)...]
            guard let kind = rest.first else { return }
            if kind == UInt8(ascii: "["), let end = rest.dropFirst().firstIndex(where: { (0x40...0x7E).contains($0) }) {
                readControl(rest[(start + 2)..<end], final: rest[end])
                rest = rest[(end + 1)...]
            } else if kind == UInt8(ascii: "_"), let end = rest.firstIndex(of: escape) {
                readGraphics(rest[(start + 2)..<end])
                rest = rest[end...]
            }
        }
    }

    /// CSI, parameters, final.
    private mutating func readControl(_ parameters: ArraySlice<UInt8>, final: UInt8) {
        var text = String(decoding: parameters, as: UTF8.self)[...]
        switch final {
        case UInt8(ascii: "c") where text.first == "?":
            text = text.dropFirst()
            attributes = text.split(separator: ";").compactMap { Int($0) }
        case UInt8(ascii: "t"):
            // 4, height, width.
            let numbers = text.split(separator: ";").compactMap { Int($0) }
            guard numbers.count == 3, numbers[0] == 4, numbers[1] > 0, numbers[2] > 0 else { return }
            pixels = TerminalPictures.PixelSize(width: numbers[2], height: numbers[1])
        default: break
        }
    }

    /// APC, keys, a semicolon, and what became of it.
    private mutating func readGraphics(_ text: ArraySlice<UInt8>) {
        let parts = String(decoding: text, as: UTF8.self).split(separator: ";", maxSplits: 1)
        guard parts.count == 2, parts[0].first == "G", parts[0].dropFirst().split(separator: ",").contains("i=31")
        else { return }
        knowsKitty = parts[1] == "OK"
    }
}
