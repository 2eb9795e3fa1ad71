import Foundation
import UplumaTestSupport

/// A source and a result that kept everything of it, made once for all tests that damage the result.
struct VerifiedPair: Sendable {
    let source: String
    let result: String
    private let folder: TemporaryDirectory

    /// Which pair.
    enum Kind: Sendable {
        /// Matroska with everything: two languages of sound, subtitles, attachments, chapters, tags, 10 bits, tagged colour.
        case tape
        /// MP4 with a rotation, sound and B-frames.
        case phone
        /// H.264 with closed captions.
        case broadcast
        /// HEVC with HDR10's metadata.
        case hdr
    }

    static func of(_ kind: Kind) throws -> VerifiedPair {
        switch kind {
        case .tape: try tape.get()
        case .phone: try phone.get()
        case .broadcast: try broadcast.get()
        case .hdr: try hdr.get()
        }
    }

    private static let tape = Result {
        try VerifiedPair("mkv", ["--encoder", "ffv1"]) { path in
            let folder = try TemporaryDirectory()
            try makeTape(path, folder)
        }
    }
    private static let phone = Result {
        try VerifiedPair("mp4", []) { path in
            let folder = try TemporaryDirectory()
            try Clips.make(folder.file("upright.mp4"))
            try FFmpegTool.ffmpeg(
                ["-i", folder.file("upright.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90", path])
        }
    }
    private static let broadcast = Result {
        try VerifiedPair("mkv", []) { path in
            let folder = try TemporaryDirectory()
            let made = try GeneratedFile.named("captions.mkv").make(in: folder)
            try FileManager.default.moveItem(atPath: made, toPath: path)
        }
    }
    /// Both files by FFmpeg: this is about reading the metadata, whoever wrote it.
    private static let hdr = Result {
        let folder = try TemporaryDirectory()
        try makeHDR(folder.file("source.mkv"), size: "64:48")
        try makeHDR(folder.file("result.mkv"), size: "128:96")
        return VerifiedPair(source: folder.file("source.mkv"), result: folder.file("result.mkv"), folder: folder)
    }

    private init(source: String, result: String, folder: TemporaryDirectory) {
        (self.source, self.result, self.folder) = (source, result, folder)
    }

    /// Makes a source and upscales it.
    private init(_ ending: String, _ options: [String], makeSource: (_ path: String) throws -> Void) throws {
        folder = try TemporaryDirectory()
        source = folder.file("source.\(ending)")
        result = folder.file("result.\(ending)")
        try makeSource(source)
        let run = try Tool.run(["upscale", source, "-o", result, "--model", "bilinear"] + options)
        guard run.status == 0 else { throw FFmpegTool.Failure(description: run.errorText) }
    }

    /// HEVC of ten bits in BT.2020 with the metadata of HDR10; `extra` overrides it.
    static func makeHDR(
        _ path: String, size: String,
        metadata: String =
            "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400"
    ) throws {
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=0.2", "-vf", "scale=\(size)", "-c:v", "libx265", "-pix_fmt",
            "yuv420p10le", "-preset", "ultrafast", "-color_primaries", "bt2020", "-color_trc", "smpte2084",
            "-colorspace", "bt2020nc", "-color_range", "tv", "-x265-params",
            ["log-level=none", "hdr-opt=1", metadata].filter { !$0.isEmpty }.joined(separator: ":"), path,
        ])
    }

    private static func makeTape(_ path: String, _ folder: TemporaryDirectory) throws {
        let files = [
            "words.srt": "1\n00:00:00,000 --> 00:00:00,200\nHello\n\n2\n00:00:00,240 --> 00:00:00,400\nworld\n",
            "font.ttf": "not really a font",
            "notes.txt": "about this tape",
            "meta.txt": """
            ;FFMETADATA1
            title=Summer 1987
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=200
            title=Beach
            [CHAPTER]
            TIMEBASE=1/1000
            START=200
            END=480
            title=Garden
            """,
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.48", "-f", "lavfi", "-i", "sine=f=440:d=0.48:r=44100"]
                + ["-f", "lavfi", "-i", "sine=f=660:d=0.48:r=48000", "-i", folder.file("words.srt")]
                + ["-i", folder.file("meta.txt"), "-map", "0", "-map", "1", "-map", "2", "-map", "3"]
                + ["-map_metadata", "4", "-map_chapters", "4", "-default_mode", "passthrough"]
                + ["-attach", folder.file("font.ttf"), "-metadata:s:t:0", "mimetype=font/ttf"]
                + ["-attach", folder.file("notes.txt"), "-metadata:s:t:1", "mimetype=text/plain"]
                + ["-vf", "format=yuv422p10le,setsar=64/45", "-c:v", "ffv1", "-color_range", "tv"]
                + ["-color_primaries", "bt470bg", "-color_trc", "smpte170m", "-colorspace", "bt470bg"]
                + ["-chroma_sample_location", "topleft", "-c:a:0", "pcm_s16le", "-c:a:1", "flac", "-c:s", "srt"]
                + ["-metadata:s:v", "language=ger", "-metadata:s:a:0", "language=ger"]
                + ["-metadata:s:a:1", "language=fra", "-metadata:s:a:1", "title=Kommentar"]
                + [
                    "-metadata:s:s:0", "language=eng", "-disposition:a:0", "default", "-disposition:a:1", "comment",
                    "-disposition:s:0", "forced",
                ]
                + [path])
    }
}
