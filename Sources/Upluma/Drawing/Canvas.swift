import UplumaFrames
import UplumaMedia

/// A place on a canvas or a picture, in pixels from its top left.
package struct Box: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package var maxX: Int { x + width }
    package var maxY: Int { y + height }
    package var isEmpty: Bool { width <= 0 || height <= 0 }

    /// The part inside of another box, which may be empty.
    package func intersection(_ other: Box) -> Box {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return Box(
            x: left, y: top, width: max(0, min(maxX, other.maxX) - left),
            height: max(0, min(maxY, other.maxY) - top))
    }

    /// Larger by some pixels on every side.
    package func grown(by margin: Int) -> Box {
        Box(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }
}

/// One pixel's colour: red, green and blue of sRGB, full range.
package struct RGB: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    package init(gray: UInt8) { self.init(gray, gray, gray) }

    package static let white = RGB(gray: 255)
    package static let black = RGB(gray: 0)
}

/// A picture that is drawn on: 8-bit sRGB, rows first. What lies outside of it is not drawn.
package struct Canvas: Sendable {
    package let width: Int
    package let height: Int
    /// Row by row, without padding.
    package private(set) var pixels: [RGB]

    package init(width: Int, height: Int, color: RGB = .white) {
        precondition(width > 0 && height > 0, "a canvas of \(width)×\(height)")
        self.width = width
        self.height = height
        pixels = Array(repeating: color, count: width * height)
    }

    package var bounds: Box { Box(x: 0, y: 0, width: width, height: height) }

    package subscript(x: Int, y: Int) -> RGB {
        get { pixels[y * width + x] }
        set {
            guard x >= 0, y >= 0, x < width, y < height else { return }
            pixels[y * width + x] = newValue
        }
    }

    package mutating func fill(_ box: Box, _ color: RGB) {
        let part = box.intersection(bounds)
        guard part.width > 0 else { return }
        for y in part.y..<part.maxY {
            for index in y * width + part.x..<y * width + part.maxX { pixels[index] = color }
        }
    }

    /// A frame around a box, outside of it.
    package mutating func outline(_ box: Box, _ color: RGB, thickness: Int = 1) {
        let outer = box.grown(by: thickness)
        fill(Box(x: outer.x, y: outer.y, width: outer.width, height: thickness), color)
        fill(Box(x: outer.x, y: box.maxY, width: outer.width, height: thickness), color)
        fill(Box(x: outer.x, y: box.y, width: thickness, height: box.height), color)
        fill(Box(x: box.maxX, y: box.y, width: thickness, height: box.height), color)
    }

    /// Fills a box pixel by pixel; `color` receives places in the box.
    package mutating func paint(_ box: Box, _ color: (_ x: Int, _ y: Int) -> RGB) {
        let part = box.intersection(bounds)
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX { pixels[y * width + x] = color(x - box.x, y - box.y) }
        }
    }

    /// The bytes of a PNG file.
    ///
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package func png() throws -> [UInt8] {
        let bytes = Plane(width: 3 * width, height: height, sample: .uint8)
        bytes.withBytes { base in
            for y in 0..<height {
                let row = base + y * bytes.stride
                for x in 0..<width {
                    let pixel = pixels[y * width + x]
                    row.storeBytes(of: pixel.red, toByteOffset: 3 * x, as: UInt8.self)
                    row.storeBytes(of: pixel.green, toByteOffset: 3 * x + 1, as: UInt8.self)
                    row.storeBytes(of: pixel.blue, toByteOffset: 3 * x + 2, as: UInt8.self)
                }
            }
        }
        return try PNGEncoding.encode(rgb: bytes)
    }
}
