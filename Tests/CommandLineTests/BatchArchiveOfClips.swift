import Foundation
import UplumaTestSupport

/// A small archive of old films: folders, odd names, one file that is none.
struct FilmArchive {
    let folder: TemporaryDirectory
    var source: String { folder.file("tapes") }
    /// Sources that can be made, below `source`, without their endings.
    static let films = ["1994/holiday with ünïcode", "1994/short", "two"]

    /// - Parameter seconds: length of the longest film.
    init(seconds: Int = 35, withBadFile: Bool = true) throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: source + "/1994", withIntermediateDirectories: true)
        let sound = ["-f", "lavfi", "-i", "sine=d=\(seconds)"]
        func film(_ size: String, _ length: Int) -> [String] {
            ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=\(length)"]
        }
        try FFmpegTool.ffmpeg(
            film("96x64", seconds) + sound
                + ["-c:v", "mpeg2video", "-q:v", "4", "-c:a", "mp2", source + "/1994/holiday with ünïcode.mpg"])
        try FFmpegTool.ffmpeg(film("64x48", 2) + ["-c:v", "mpeg4", source + "/1994/short.avi"])
        try FFmpegTool.ffmpeg(
            film("64x48", 12) + sound + [
                "-shortest", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", source + "/two.mp4",
            ])
        try Data("not a film".utf8).write(to: URL(fileURLWithPath: source + "/readme.txt"))
        if withBadFile {
            try Data((0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7919) }).write(
                to: URL(fileURLWithPath: source + "/broken.avi"))
        }
    }

    /// Runs `upluma batch` with the options that make these films fast.
    func batch(_ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(arguments(output, more))
    }

    func arguments(_ output: String, _ more: [String] = []) -> [String] {
        ["batch", source, "-o", output, "--model", "bilinear", "--encoder-preset", "veryfast", "--chunk", "10"] + more
    }

    func result(_ output: String, _ film: String) -> String { output + "/" + film + ".mkv" }

    /// The bytes of every result.
    func results(_ output: String) throws -> [Data] {
        try Self.films.map { try Data(contentsOf: URL(fileURLWithPath: result(output, $0))) }
    }
}
