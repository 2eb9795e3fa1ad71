/// Letters of dots, five wide and nine high (`GlyphDrawings`), drawn in whole multiples of that size.
package enum TextRaster {
    /// Dots from one letter to the next.
    package static let advance = GlyphDrawings.width + 1
    /// Dots of a line of letters, those below the base line included.
    package static let height = GlyphDrawings.height

    /// Rows of dots, the leftmost as the highest of five bits.
    package struct Glyph: Hashable, Sendable {
        package let rows: [UInt8]

        /// Whether there is a dot; nowhere outside of the drawing.
        package func isSet(x: Int, y: Int) -> Bool {
            (0..<GlyphDrawings.width).contains(x) && rows.indices.contains(y)
                && rows[y] >> UInt8(GlyphDrawings.width - 1 - x) & 1 == 1
        }
    }

    /// Drawn for a character that has no drawing.
    package static let unknown: Character = "□"

    /// All characters with a drawing.
    package static let glyphs: [Character: Glyph] = {
        var glyphs = [Character(" "): Glyph(rows: Array(repeating: 0, count: height))]
        for block in GlyphDrawings.blocks {
            let lines = block.split(separator: "\n").map(Array.init)
            precondition(lines.count == 1 + height, "a line of names and \(height) rows")
            for column in stride(from: 0, to: lines[0].count, by: advance) {
                let rows = lines.dropFirst().map { line in
                    line[column..<column + GlyphDrawings.width].reduce(UInt8(0)) { 2 * $0 + ($1 == "#" ? 1 : 0) }
                }
                precondition(glyphs.updateValue(Glyph(rows: rows), forKey: lines[0][column]) == nil, "drawn twice")
            }
        }
        return glyphs
    }()

    /// A character's drawing; that of the letter below an accent, or of `unknown`.
    package static func glyph(_ character: Character) -> Glyph {
        if let glyph = glyphs[character] { return glyph }
        let base = String(character).decomposedStringWithCanonicalMapping.unicodeScalars.first
        return base.flatMap { glyphs[Character($0)] } ?? glyphs[unknown] ?? Glyph(rows: [])
    }

    /// Pixels from the left of the first letter to the right of the last.
    package static func width(of text: String, scale: Int) -> Int {
        max(0, text.count * advance - 1) * scale
    }

    /// The text, its middle replaced by "…" where it is wider than `width` pixels.
    package static func fitted(_ text: String, width: Int, scale: Int) -> String {
        let most = max(1, (width / scale + 1) / advance)
        guard text.count > most else { return text }
        let tail = (most - 1) / 2
        return text.prefix(most - 1 - tail) + "…" + text.suffix(tail)
    }

    /// Words in lines of at most `width` pixels.
    package static func wrapped(_ text: String, width: Int, scale: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, self.width(of: last + " " + word, scale: scale) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(fitted(String(word), width: width, scale: scale))
            }
        }
        return lines
    }
}

extension Canvas {
    /// Where text lies on its place.
    package enum Alignment: Sendable {
        case left, center, right
    }

    /// Draws a line of text.
    ///
    /// - Parameters:
    ///   - text: what to draw, in one line.
    ///   - x: its left, middle or right, by `align`.
    ///   - y: the top of its capitals.
    ///   - scale: pixels of a dot. From 2 on, the corners of diagonal strokes are rounded.
    package mutating func draw(
        _ text: String, x: Int, y: Int, scale: Int = 2, color: RGB = .black, align: Alignment = .left
    ) {
        let width = TextRaster.width(of: text, scale: scale)
        let left =
            switch align {
            case .left: x
            case .center: x - width / 2
            case .right: x - width
            }
        for (index, character) in text.enumerated() {
            draw(TextRaster.glyph(character), x: left + index * TextRaster.advance * scale, y: y, scale, color)
        }
    }

    private mutating func draw(_ glyph: TextRaster.Glyph, x: Int, y: Int, _ scale: Int, _ color: RGB) {
        for row in 0..<scale * GlyphDrawings.height {
            for column in 0..<scale * GlyphDrawings.width {
                let (dotX, dotY) = (column / scale, row / scale)
                guard
                    glyph.isSet(x: dotX, y: dotY)
                        || scale > 1
                            && Canvas.isRounded(
                                glyph, x: dotX, y: dotY, right: 2 * (column % scale) >= scale,
                                down: 2 * (row % scale) >= scale)
                else { continue }
                self[x + column, y + row] = color
            }
        }
    }

    /// Whether a quarter of an empty dot lies in the bend between two dots that touch by their corners alone.
    private static func isRounded(_ glyph: TextRaster.Glyph, x: Int, y: Int, right: Bool, down: Bool) -> Bool {
        let (dx, dy) = (right ? 1 : -1, down ? 1 : -1)
        return glyph.isSet(x: x + dx, y: y) && glyph.isSet(x: x, y: y + dy) && !glyph.isSet(x: x + dx, y: y + dy)
    }
}
