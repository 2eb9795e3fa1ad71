/// Text by the columns that it takes on a terminal.
///
/// Widths are those of Unicode's East Asian Width: wide and full-width characters and pictures (emoji) take two columns,
/// combining and invisible ones none, all others one. Where terminals differ (emoji that are joined), the larger one is
/// taken: a line then ends too soon rather than too late.
enum BatchColumns {
    /// Text that does on a terminal what it says: control characters, those that turn the direction of writing and ends of
    /// lines become `�`. Names of files may hold any.
    static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate: result.append("\u{FFFD}")
            case .format where !isJoiner(scalar): result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// How many columns a text of printable characters takes.
    static func count(_ text: String) -> Int { text.reduce(0) { $0 + count($1) } }

    /// Which end of a text is worth more where it has to be cut.
    enum Kept { case start, end }

    /// The text, cut to a number of columns; what was cut is an ellipsis.
    ///
    /// - Parameter columns: from 0.
    static func fitted(_ text: String, to columns: Int, keeping kept: Kept = .start) -> String {
        guard count(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var room = columns - 1
        func take(_ characters: some Sequence<Character>) -> [Character] {
            var taken: [Character] = []
            for character in characters {
                let width = count(character)
                guard width <= room else { break }
                room -= width
                taken.append(character)
            }
            return taken
        }
        switch kept {
        case .start: return String(take(text)) + "…"
        case .end: return "…" + String(take(text.reversed()).reversed())
        }
    }

    /// The text in exactly so many columns: cut, or filled with spaces behind it.
    static func padded(_ text: String, to columns: Int, keeping kept: Kept = .start) -> String {
        let text = fitted(text, to: columns, keeping: kept)
        return text + String(repeating: " ", count: max(0, columns - count(text)))
    }

    /// The same with the spaces before it.
    static func right(_ text: String, to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - count(text))) + text
    }

    // MARK: Widths

    private static func count(_ character: Character) -> Int {
        var sum = 0
        var isPicture = false
        for scalar in character.unicodeScalars {
            sum += count(scalar)
            // Variation selector 16 asks for a picture.
            if scalar == "\u{FE0F}" { isPicture = true }
        }
        return isPicture ? max(2, sum) : sum
    }

    private static func count(_ scalar: Unicode.Scalar) -> Int {
        // Most of all.
        if (0x20..<0x300).contains(scalar.value) { return 1 }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if properties.isEmojiPresentation || wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
        // Vowels and final consonants that join a Hangul syllable.
        return (0x1160...0x11FF).contains(scalar.value) ? 0 : 1
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool { [0x200C, 0x200D].contains(scalar.value) }

    /// Code points of East Asian Width W and F (Unicode 15.1), without emoji, which have a property of their own.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
