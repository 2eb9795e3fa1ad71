/// A size that pictures are sorted by: `720p`, or `1280x720`.
///
/// A picture is below it when it fits inside of the frame with room to spare both ways: its shorter side is shorter
/// and its longer side, too. Lines alone would not do: a film of 1280×536 is one of 720p with its black bars cut off.
/// What counts are the stored pixels, so that 720×576 is the same at 4:3 and 16:9; which side lies is all the same,
/// so that pictures of telephones are not larger for standing upright.
public struct PictureSizeLimit: Sendable, Equatable, Codable, CustomStringConvertible {
    /// As it was given.
    public let description: String
    /// Pixels.
    let shorter: Int
    let longer: Int

    /// Encoders cut pictures to whole blocks: 848×480 is a frame of 480 lines, whose sides would be 853 1/3.
    private static let block = 16
    private static let range = 1...16384

    /// Nil when the text is none: lines with or without a `p` or `i` (a frame of 16:9), or width and height.
    public init?(_ text: String) {
        let sides = text.lowercased().split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
        switch sides.count {
        case 1:
            let last = text.lowercased().last
            let digits = last == "p" || last == "i" ? String(text.dropLast()) : text
            guard let lines = PictureSizeLimit.pixels(digits) else { return nil }
            shorter = lines
            longer = max(lines, lines * 16 / 9 / PictureSizeLimit.block * PictureSizeLimit.block)
        case 2:
            guard let width = PictureSizeLimit.pixels(String(sides[0])),
                let height = PictureSizeLimit.pixels(String(sides[1]))
            else { return nil }
            (shorter, longer) = (min(width, height), max(width, height))
        default: return nil
        }
        description = text
    }

    private static func pixels(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text), range.contains(value) else {
            return nil
        }
        return value
    }

    /// Whether a picture is smaller.
    public func isAbove(width: Int, height: Int) -> Bool {
        min(width, height) < shorter && max(width, height) < longer
    }
}
