import Foundation

/// Colours and distances of a sheet. A grey surround without a hue, darker than most pictures, leaves the eye's judgement of
/// them alone; a white one makes them look darker and steeper.
struct SheetStyle: Sendable, Equatable {
    static let background = RGB(gray: 54)
    /// Of names and of what is said about them: contrasts of 10.6 and 6.5 to 1.
    static let nameColor = RGB(gray: 240)
    static let factColor = RGB(gray: 190)

    /// Pixels of a dot of text. Large sheets are looked at reduced.
    let textScale: Int

    /// - Parameter width: of the sheet, about.
    init(width: Int) {
        textScale = min(max(2, width / 1100), 5)
    }

    var titleScale: Int { textScale + 1 }
    /// Between pictures.
    var gap: Int { 8 * textScale }
    /// Between parts that belong less together.
    var wideGap: Int { 3 * gap }
    var margin: Int { 2 * gap }
    /// From one line of text to the next.
    func line(_ scale: Int) -> Int { (TextRaster.height + 2) * scale }
    /// Cells and sheets are at least as wide as so many letters.
    func width(letters: Int) -> Int { letters * TextRaster.advance * textScale }
    /// Of any cell with a caption.
    var leastCell: Int { width(letters: 16) }
    /// Of any sheet.
    var leastWidth: Int { width(letters: 44) }
}

/// A name and facts about it.
struct SheetCaption: Sendable {
    var name: String
    var facts: [String]

    /// One line of text.
    struct Line: Sendable, Equatable {
        let text: String
        let color: RGB
        let scale: Int
    }

    /// The name in at most two lines, then as many facts on each line as go there; what is too long for a line has "…" in
    /// its middle.
    func lines(width: Int, style: SheetStyle, nameScale: Int? = nil) -> [Line] {
        let scale = nameScale ?? style.textScale
        var names = TextRaster.wrapped(name, width: width, scale: scale)
        if names.count > 2 {
            let first = names[0]
            let rest = name.dropFirst(first.count).trimmingCharacters(in: .whitespaces)
            // The first word may have been fitted itself.
            names =
                name.hasPrefix(first)
                ? [first, TextRaster.fitted(rest, width: width, scale: scale)]
                : [TextRaster.fitted(name, width: width, scale: scale)]
        }
        return names.map { Line(text: $0, color: SheetStyle.nameColor, scale: scale) }
            + Self.packed(facts, width: width, scale: style.textScale).map {
                Line(text: $0, color: SheetStyle.factColor, scale: style.textScale)
            }
    }

    /// Facts in lines; only those that are longer than a line are broken, between words.
    static func packed(_ facts: [String], width: Int, scale: Int) -> [String] {
        var lines: [String] = []
        for fact in facts {
            let longer = lines.last.map { $0 + PreviewText.separator + fact }
            if let longer, TextRaster.width(of: longer, scale: scale) <= width {
                lines[lines.count - 1] = longer
            } else {
                lines += TextRaster.wrapped(fact, width: width, scale: scale)
            }
        }
        return lines
    }
}
