import Testing

@testable import Upluma

@Suite struct TextRasterTests {
    private static let ascii = (32...126).compactMap { UnicodeScalar($0).map(Character.init) }

    @Test("every printable character of ASCII has a drawing of its own, and only the space is empty") func glyphs() {
        #expect(Self.ascii.count == 95)
        for character in Self.ascii {
            #expect(TextRaster.glyphs[character] != nil, "\(character)")
        }
        for character in ["×", "°", "±", "→", "…", "·", TextRaster.unknown] as [Character] {
            #expect(TextRaster.glyphs[character] != nil, "\(character)")
        }
        let drawings = Dictionary(grouping: TextRaster.glyphs.keys) { TextRaster.glyph($0) }
        for same in drawings.values { #expect(same.count == 1, "\(same) look alike") }
        for (character, glyph) in TextRaster.glyphs {
            #expect(glyph.rows.allSatisfy { $0 == 0 } == (character == " "), "\(character)")
        }
    }

    @Test("a table's columns are where its names are") func drawing() {
        // The one letter whose dots are told from any other by its diagonal and its two posts.
        #expect(TextRaster.glyph("N").rows == [0b10001, 0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0, 0])
    }

    @Test("letters with accents are drawn without them, strangers as a box") func strangers() {
        #expect(TextRaster.glyph("é") == TextRaster.glyph("e") && TextRaster.glyph("Å") == TextRaster.glyph("A"))
        #expect(TextRaster.glyph("語") == TextRaster.glyph(TextRaster.unknown))
    }

    @Test("text lies where it is told to", arguments: [1, 2, 3]) func place(scale: Int) {
        let text = "Hx"
        let width = TextRaster.width(of: text, scale: scale)
        #expect(width == 11 * scale)
        for (align, left) in [(Canvas.Alignment.left, 40), (.center, 40 - width / 2), (.right, 40 - width)] {
            var canvas = Canvas(width: 80, height: 40)
            canvas.draw(text, x: 40, y: 5, scale: scale, align: align)
            let inked = canvas.pixels.indices.filter { canvas.pixels[$0] != .white }
            let (columns, rows) = (inked.map { $0 % 80 }, inked.map { $0 / 80 })
            #expect(columns.min() == left && columns.max() == left + width - 1, "\(align)")
            // Capitals are seven dots high.
            #expect(rows.min() == 5 && rows.max() == 4 + 7 * scale)
        }
    }

    @Test("dots of a larger letter are whole, diagonals are smoothed") func smoothing() {
        for character in Self.ascii {
            let glyph = TextRaster.glyph(character)
            var canvas = Canvas(width: 10, height: 18)
            canvas.draw(String(character), x: 0, y: 0, scale: 2)
            for y in 0..<18 {
                for x in 0..<10 where glyph.isSet(x: x / 2, y: y / 2) {
                    #expect(canvas[x, y] == .black, "\(character) \(x),\(y)")
                }
            }
        }
        var canvas = Canvas(width: 10, height: 18)
        canvas.draw("\\", x: 0, y: 0, scale: 2)
        let count = canvas.pixels.filter { $0 == .black }.count
        #expect(count > 4 * 7, "seven dots, and the bends between them")
    }

    @Test("what is too long is cut in its middle or put on more lines") func fitting() {
        let name = "a-very-long-name-of-a-film.mkv"
        let fitted = TextRaster.fitted(name, width: 100, scale: 1)
        #expect(TextRaster.width(of: fitted, scale: 1) <= 100 && fitted.hasPrefix("a-very") && fitted.hasSuffix(".mkv"))
        #expect(TextRaster.fitted("short", width: 100, scale: 1) == "short")
        let lines = TextRaster.wrapped("one two three four five", width: 60, scale: 1)
        #expect(lines.count > 1 && lines.joined(separator: " ") == "one two three four five")
        #expect(lines.allSatisfy { TextRaster.width(of: $0, scale: 1) <= 60 })
    }
}
