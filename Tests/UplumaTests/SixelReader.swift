import Testing

/// A picture out of sixels, read as a VT340 reads them.
struct SixelReader {
    /// By the raster attributes.
    private(set) var width = 0
    private(set) var height = 0
    /// Codes 0...255.
    private(set) var palette: [Int: [UInt16]] = [:]
    private(set) var samples: [UInt16] = []

    init(_ bytes: [UInt8]) throws {
        let text = Array(String(decoding: bytes, as: UTF8.self))
        let head = Array("\u{1B}P0;1q\"")
        try #require(text.starts(with: head) && text.suffix(2) == ["\u{1B}", "\\"])
        var position = head.count
        func number() -> Int? {
            var value: Int?
            while let digit = text[position].wholeNumberValue {
                value = (value ?? 0) * 10 + digit
                position += 1
            }
            return value
        }
        func numbers() throws -> [Int] {
            var all = [try #require(number())]
            while text[position] == ";" {
                position += 1
                all.append(try #require(number()))
            }
            return all
        }
        let raster = try numbers()
        try #require(raster.count == 4 && raster[0] == 1 && raster[1] == 1)
        (width, height) = (raster[2], raster[3])
        var drawn = [Int?](repeating: nil, count: width * height)
        var (x, top, color) = (0, 0, 0)
        while position < text.count - 2 {
            let character = text[position]
            position += 1
            switch character {
            case "#":
                let values = try numbers()
                color = values[0]
                if values.count > 1 {
                    try #require(values.count == 5 && values[1] == 2 && values[2...].allSatisfy { $0 <= 100 })
                    palette[color] = values[2...].map { UInt16((Double($0) * 2.55).rounded()) }
                }
            case "$": x = 0
            case "-": (x, top) = (0, top + 6)
            default:
                var count = 1
                var sixel = character
                if character == "!" {
                    count = try #require(number())
                    sixel = text[position]
                    position += 1
                }
                let bits = Int(try #require(sixel.asciiValue)) - 63
                try #require((0..<64).contains(bits) && x + count <= width)
                for column in x..<x + count {
                    for bit in 0..<6 where bits >> bit & 1 == 1 {
                        try #require(top + bit < height, "a dot below the picture")
                        drawn[(top + bit) * width + column] = color
                    }
                }
                x += count
            }
        }
        for pixel in drawn {
            let color = try #require(pixel, "a pixel is not drawn")
            samples += try #require(palette[color])
        }
    }
}
