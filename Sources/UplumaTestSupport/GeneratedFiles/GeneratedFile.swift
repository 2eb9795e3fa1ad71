/// Old video as it really is, one trouble a file: the catalog that `upscale`, `verify`, `plan` and the fuzz run are held
/// against. Every file is small (64×48 or so, about a second) and is made from nothing by FFmpeg, mkvmerge, or bytes
/// patched by hand.
package struct GeneratedFile: Sendable, CustomStringConvertible {
    /// Its name; the ending is that of its container.
    package let name: String
    /// The trouble, in a few words.
    package let about: String
    /// Options that `upscale` needs for it, beside input and output; few files need any.
    package let options: [String]
    /// The endings of the outputs that can hold all of it.
    package let results: [String]
    private let maker: @Sendable (_ path: String, _ scratch: TemporaryDirectory) throws -> Void

    init(
        _ name: String, _ about: String, options: [String] = [], results: [String] = ["mkv"],
        maker: @escaping @Sendable (_ path: String, _ scratch: TemporaryDirectory) throws -> Void
    ) {
        self.name = name
        self.about = about
        self.options = options
        self.results = results
        self.maker = maker
    }

    /// One run of ffmpeg, the path its last argument.
    init(
        _ name: String, _ about: String, options: [String] = [], results: [String] = ["mkv"], ffmpeg: [String]
    ) {
        self.init(name, about, options: options, results: results) { path, _ in
            try FFmpegTool.ffmpeg(ffmpeg + ["file:" + path])
        }
    }

    package var description: String { "\(name) (\(about))" }

    /// Makes the file in a folder and returns its path.
    @discardableResult
    package func make(in folder: TemporaryDirectory) throws -> String {
        let path = folder.file(name)
        try maker(path, try TemporaryDirectory())
        return path
    }

    /// All of them.
    package static let all = time + pictures + captions + fields + containers + damage

    /// The file of a name.
    ///
    /// - Throws: `FFmpegTool.Failure` when there is none: a test with a slip of the pen.
    package static func named(_ name: String) throws -> GeneratedFile {
        guard let file = all.first(where: { $0.name == name }) else {
            throw FFmpegTool.Failure(description: "no generated file is named \(name)")
        }
        return file
    }

    /// FFmpeg's moving test picture, as arguments: `rate` frames a second, `seconds` long.
    static func moving(rate: String = "25", seconds: Double = 0.48, size: String = "64x48") -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=\(rate):d=\(seconds)"]
    }

    /// A tone of as many seconds, as arguments.
    static func tone(seconds: Double = 0.48) -> [String] { ["-f", "lavfi", "-i", "sine=f=440:d=\(seconds):r=48000"] }
}
