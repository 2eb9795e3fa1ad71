import UplumaFrames

/// The samples of a sheet while it is drawn. Pictures are copied as they are, 8 bits to 16 by repeating them (times 257).
struct SheetSurface {
    private let width: Int
    private let height: Int
    private let depth: Int
    /// Sample codes of drawn colours, by their code in 8-bit sRGB.
    private let inks: [UInt16]
    private var samples: [UInt16]

    /// - Parameters:
    ///   - depth: 8 or 16.
    ///   - tag: what the samples mean.
    ///   - color: of all pixels.
    init(width: Int, height: Int, depth: Int, tag: RGBPicture.ColorTag?, color: RGB) {
        let share = Self.diffuseWhite(tag)
        inks = (0...255).map { UInt16((share * Double(depth == 16 ? 257 * $0 : $0)).rounded()) }
        (self.width, self.height, self.depth) = (width, height, depth)
        samples = []
        let codes = (inks[Int(color.red)], inks[Int(color.green)], inks[Int(color.blue)])
        if codes.0 == codes.1, codes.1 == codes.2 {
            samples = Array(repeating: codes.0, count: 3 * width * height)
        } else {
            samples = Array(repeating: 0, count: 3 * width * height)
            fill(Box(x: 0, y: 0, width: width, height: height), color)
        }
    }

    /// The code of the white that text is drawn with, as a share of the largest: that of a sheet of paper in the scene (ITU-R
    /// BT.2408). The largest codes of HDR are the sun's.
    static func diffuseWhite(_ tag: RGBPicture.ColorTag?) -> Double {
        switch tag?.transfer {
        case 16: 0.58
        case 18: 0.75
        default: 1
        }
    }

    func picture(tag: RGBPicture.ColorTag?, pixelAspect: Rational?) -> RGBPicture {
        RGBPicture(width: width, height: height, depth: depth, samples: samples, tag: tag, pixelAspect: pixelAspect)
    }

    // MARK: Drawing

    mutating func draw(_ layout: SheetLayout, x: Int, y: Int) {
        for item in layout.items {
            let box = Box(x: item.box.x + x, y: item.box.y + y, width: item.box.width, height: item.box.height)
            switch item.content {
            case .picture(let picture, let part, let times):
                copy(picture, part: part, times: times, x: box.x, y: box.y, codes: nil)
            case .map(let map):
                copy(
                    map, part: Box(x: 0, y: 0, width: map.width, height: map.height), times: 1, x: box.x, y: box.y,
                    codes: inks)
            case .fill(let color): fill(box, color)
            case .text(let text, let color, let scale):
                var canvas = Canvas(width: box.width, height: box.height, color: SheetStyle.background)
                canvas.draw(text, x: 0, y: 0, scale: scale, color: color)
                copy(canvas, x: box.x, y: box.y)
            case .bar(let scale, let title, let textScale):
                var canvas = Canvas(width: box.width, height: box.height, color: SheetStyle.background)
                Panel.bar(scale, title: title, width: box.width, textScale: textScale, color: SheetStyle.nameColor)
                    .draw(on: &canvas, x: 0, y: 0)
                copy(canvas, x: box.x, y: box.y)
            }
        }
    }

    private mutating func fill(_ box: Box, _ color: RGB) {
        let part = box.intersection(Box(x: 0, y: 0, width: width, height: height))
        guard !part.isEmpty else { return }
        let codes = (inks[Int(color.red)], inks[Int(color.green)], inks[Int(color.blue)])
        samples.withUnsafeMutableBufferPointer { target in
            for y in part.y..<part.maxY {
                for x in part.x..<part.maxX {
                    let index = 3 * (y * width + x)
                    (target[index], target[index + 1], target[index + 2]) = codes
                }
            }
        }
    }

    private mutating func copy(_ canvas: Canvas, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + canvas.width <= width && y + canvas.height <= height, "beside the sheet")
        samples.withUnsafeMutableBufferPointer { target in
            for row in 0..<canvas.height {
                var index = 3 * ((y + row) * width + x)
                for pixel in canvas.pixels[row * canvas.width..<(row + 1) * canvas.width] {
                    target[index] = inks[Int(pixel.red)]
                    target[index + 1] = inks[Int(pixel.green)]
                    target[index + 2] = inks[Int(pixel.blue)]
                    index += 3
                }
            }
        }
    }

    /// - Parameter codes: instead of the picture's own, which then are 8-bit ones.
    private mutating func copy(_ picture: RGBPicture, part: Box, times: Int, x: Int, y: Int, codes: [UInt16]?) {
        precondition(
            x >= 0 && y >= 0 && x + times * part.width <= width && y + times * part.height <= height,
            "beside the sheet")
        let (length, stride) = (3 * part.width, 3 * width)
        let factor: UInt16 = depth == 16 && picture.depth == 8 ? 257 : 1
        samples.withUnsafeMutableBufferPointer { target in
            picture.samples.withUnsafeBufferPointer { source in
                for row in 0..<part.height {
                    let from = 3 * ((part.y + row) * picture.width + part.x)
                    let to = (y + row * times) * stride + 3 * x
                    let line = UnsafeBufferPointer(rebasing: source[from..<from + length])
                    let place = UnsafeMutableBufferPointer(rebasing: target[to..<to + times * length])
                    if let codes {
                        for index in 0..<length { place[index] = codes[Int(line[index])] }
                    } else if times > 1 {
                        Self.widen(line, times: times, factor: factor, into: place)
                    } else if factor > 1 {
                        for index in 0..<length { place[index] = factor &* line[index] }
                    } else {
                        _ = place.update(fromContentsOf: line)
                    }
                    for copy in 1..<max(times, 1) {
                        let below = to + copy * stride
                        _ = target[below..<below + times * length].update(fromContentsOf: place)
                    }
                }
            }
        }
    }

    /// Repeats the pixels of a row.
    private static func widen(
        _ line: UnsafeBufferPointer<UInt16>, times: Int, factor: UInt16,
        into place: UnsafeMutableBufferPointer<UInt16>
    ) {
        var index = 0
        for pixel in stride(from: 0, to: line.count, by: 3) {
            for _ in 0..<times {
                place[index] = factor &* line[pixel]
                place[index + 1] = factor &* line[pixel + 1]
                place[index + 2] = factor &* line[pixel + 2]
                index += 3
            }
        }
    }
}
