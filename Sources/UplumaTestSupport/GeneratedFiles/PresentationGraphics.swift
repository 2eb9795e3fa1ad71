import Foundation

/// Subtitles as pictures, in the form Blu-ray discs have them (PGS): one white rectangle, shown and taken away. FFmpeg reads
/// them from a .sup file and has no encoder for them.
enum PresentationGraphics {
    /// A .sup file for a picture of 64×48: a rectangle of 16×4 from `start` up to `end`, in seconds.
    static func sup(from start: Double, to end: Double) -> Data {
        let window: [UInt8] = [1, 0] + words(8, 40, 16, 4)
        let shown =
            segment(0x16, start, words(64, 48) + [0x10, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0] + words(8, 40))
            + segment(0x17, start, window)
            + segment(0x14, start, [0, 0, 1, 235, 128, 128, 255])
            + segment(0x15, start, object(width: 16, height: 4)) + segment(0x80, start, [])
        let cleared =
            segment(0x16, end, words(64, 48) + [0x10, 0, 1, 0, 0, 0, 0]) + segment(0x17, end, window)
            + segment(0x80, end, [])
        return Data(shown + cleared)
    }

    /// A rectangle of palette entry 1, run-length coded row by row.
    private static func object(width: UInt8, height: UInt16) -> [UInt8] {
        let rows = (0..<height).flatMap { _ in [0, 0x80 | width, 1, 0, 0] as [UInt8] }
        let size = rows.count + 4
        return [0, 0, 0, 0xC0, 0] + words(UInt16(size)) + words(UInt16(width), height) + rows
    }

    /// "PG", presentation and decoding time at 90 kHz, kind, size, content; all big-endian.
    private static func segment(_ kind: UInt8, _ seconds: Double, _ content: [UInt8]) -> [UInt8] {
        let time = UInt32((seconds * 90_000).rounded())
        return [0x50, 0x47] + words(UInt16(time >> 16), UInt16(time & 0xFFFF), 0, 0) + [kind]
            + words(UInt16(content.count)) + content
    }

    private static func words(_ values: UInt16...) -> [UInt8] {
        values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}
