import Foundation

/// Display matrices written into MP4 files by hand: FFmpeg's tool has no option for mirrored ones.
package enum DisplayMatrix {
    /// The four numbers a, b, c, d of a matrix: (x, y) of the stored picture goes to (a·x + c·y, b·x + d·y).
    package typealias Numbers = (a: Int32, b: Int32, c: Int32, d: Int32)

    /// The turns and mirrors that keep a picture on its grid, but for doing nothing.
    package static let all: [(name: String, matrix: Numbers)] = [
        ("90", (0, 1, -1, 0)), ("180", (-1, 0, 0, -1)), ("270", (0, -1, 1, 0)), ("mirrored", (-1, 0, 0, 1)),
        ("upside-down", (1, 0, 0, -1)), ("transposed", (0, 1, 1, 0)), ("transversed", (0, -1, -1, 0)),
    ]

    /// Replaces the matrix in the first track header (version 0) of an MP4 file.
    package static func write(_ matrix: Numbers, into path: String) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        guard let header = bytes.range(of: Data("tkhd".utf8)) else {
            throw FFmpegTool.Failure(description: "\(path) has no track header")
        }
        // Version and flags, two times, track, reserved, duration, reserved ×2, layer, group, volume, reserved.
        let start = header.upperBound + 40
        let one: Int32 = 0x10000
        let values = [matrix.a * one, matrix.b * one, 0, matrix.c * one, matrix.d * one, 0, 0, 0, 0x4000_0000]
        let coded = values.flatMap { value in withUnsafeBytes(of: value.bigEndian, Array.init) }
        bytes.replaceSubrange(start..<start + coded.count, with: coded)
        try bytes.write(to: url)
    }
}
