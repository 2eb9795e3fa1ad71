package import Foundation

/// The pixels of a screenshot.
package struct WebScreenshot: Sendable {
    /// Eight bits each.
    package struct Color: Sendable, Equatable {
        package let red: Int
        package let green: Int
        package let blue: Int
    }

    package let width: Int
    package let height: Int
    /// The file as the browser made it.
    package let png: Data
    /// Red, green, blue; rows first.
    private let bytes: [UInt8]

    /// - Throws: `FFmpegTool.Failure` when FFmpeg cannot read it.
    package init(png: Data) throws {
        self.png = png
        // A PNG file begins with its size: chunk IHDR, big-endian.
        let numbers = [16, 20].map { start in png.dropFirst(start).prefix(4).reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (numbers[0], numbers[1])
        bytes = [UInt8](
            try FFmpegTool.run(
                "ffmpeg",
                [
                    "-loglevel", "error", "-f", "png_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24",
                    "pipe:1",
                ], input: png))
        guard bytes.count == 3 * width * height else {
            throw FFmpegTool.Failure(description: "\(bytes.count) bytes for \(width)×\(height) pixels")
        }
    }

    /// A pixel; the nearest one of a place outside.
    package subscript(x: Int, y: Int) -> Color {
        let place = 3 * (min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1))
        return Color(red: Int(bytes[place]), green: Int(bytes[place + 1]), blue: Int(bytes[place + 2]))
    }
}
