import Foundation
import Testing
import UplumaTestSupport

/// One thing taken from a result that kept everything, and the items that must be named for it.
struct Damage: Sendable, CustomTestStringConvertible {
    let about: String
    let pair: VerifiedPair.Kind
    let lost: [String]
    /// Writes the damaged file.
    let make: @Sendable (_ result: String, _ target: String) throws -> Void

    var testDescription: String { about }

    init(
        _ about: String, of pair: VerifiedPair.Kind = .tape, _ lost: String...,
        make: @escaping @Sendable (_ result: String, _ target: String) throws -> Void
    ) {
        (self.about, self.pair, self.lost, self.make) = (about, pair, lost, make)
    }

    /// A copy by ffmpeg, everything mapped; `options` take something away.
    init(_ about: String, of pair: VerifiedPair.Kind = .tape, _ lost: String..., copying options: [String]) {
        (self.about, self.pair, self.lost) = (about, pair, lost)
        make = { result, target in
            try FFmpegTool.ffmpeg(
                ["-i", result, "-map", "0", "-c", "copy"]
                    + (target.hasSuffix("mkv") ? ["-default_mode", "passthrough"] : []) + options + [target])
        }
    }

    /// A change of the headers by mkvpropedit.
    init(_ about: String, _ lost: String..., properties: [String]) {
        (self.about, self.pair, self.lost) = (about, .tape, lost)
        make = { result, target in
            try FileManager.default.copyItem(atPath: result, toPath: target)
            try FFmpegTool.run("mkvpropedit", [target, "--quiet"] + properties)
        }
    }

    static let all = time + streams + names + picture + attached

    private static let time: [Damage] = [
        Damage("a frame dropped", "frames", copying: ["-bsf:v", "noise=drop=eq(n\\,5)"]),
        Damage("the last frame dropped", "frames", copying: ["-bsf:v", "noise=drop=eq(n\\,11)"]),
        Damage(
            "a frame twice", "frames",
            copying: ["-c:v", "ffv1", "-fps_mode", "passthrough"] + [
                "-filter_complex",
                "[0:v]split[a][b];[b]trim=start_frame=5:end_frame=6,setpts=PTS+0.013/TB[c];[a][c]interleave[v]",
                "-map", "-0:v", "-map", "[v]", "-metadata:s:v", "language=ger",
            ]),
        Damage("one frame moved by 13 ms", "times", copying: ["-bsf:v", "setts=ts=if(eq(N\\,5)\\,TS+13\\,TS)"]),
        Damage("a rounded frame rate", "times", copying: ["-bsf:v", "setts=ts=N*41"]),
        Damage(
            "the last frame shown half as long", of: .phone, "durations",
            copying: ["-bsf:v", "setts=pts=PTS:dts=DTS:duration=if(eq(N\\,11)\\,256\\,DURATION)"]),
        Damage("sound 80 ms late", "starts") { result, target in
            try FFmpegTool.ffmpeg(
                ["-i", result, "-itsoffset", "0.08", "-i", result, "-map", "0:v", "-map", "1:a:0", "-map", "0:a:1"]
                    + ["-map", "0:s", "-map", "0:t", "-c", "copy", "-default_mode", "passthrough", target])
        },
        Damage("sound early in MP4", of: .phone, "starts") { result, target in
            try FFmpegTool.ffmpeg(
                ["-i", result, "-itsoffset", "0.04", "-i", result, "-map", "1:v", "-map", "0:a", "-c", "copy", target])
        },
    ]

    private static let streams: [Damage] = [
        Damage("sound missing", "streams", copying: ["-map", "-0:a:1"]),
        Damage("subtitles missing", "streams", copying: ["-map", "-0:s"]),
        Damage("sound encoded anew", "packets", copying: ["-c:a:0", "pcm_s16le", "-filter:a:0", "volume=0.9"]),
        Damage("one byte of sound flipped", "packets") { result, target in
            let sound = try FFmpegTool.ffmpeg(["-i", result, "-map", "0:a:1", "-c", "copy", "-f", "data", "-"])
            var file = try Data(contentsOf: URL(fileURLWithPath: result))
            let piece = sound[(sound.count / 2)..<(sound.count / 2 + 24)]
            let place = try #require(file.range(of: piece))
            file[place.lowerBound + 7] ^= 0x10
            try file.write(to: URL(fileURLWithPath: target))
        },
        Damage(
            "subtitles late by 40 ms from the second on", "packets", copying: ["-bsf:s", "setts=ts=TS+40*min(N\\,1)"]),
    ]

    private static let names: [Damage] = [
        Damage("language of the sound gone", "language", properties: ["--edit", "track:a1", "--set", "language=und"]),
        Damage(
            "language of the picture gone", "language", properties: ["--edit", "track:v1", "--set", "language=und"]),
        Damage("title of a stream gone", "titles", properties: ["--edit", "track:a2", "--delete", "name"]),
        Damage(
            "disposition gone", "disposition", properties: ["--edit", "track:a2", "--set", "flag-commentary=0"]),
        Damage("forced flag gone", "disposition", properties: ["--edit", "track:s1", "--set", "flag-forced=0"]),
        Damage("attachment missing", "attachments", properties: ["--delete-attachment", "1"]),
        Damage(
            "attachment renamed", "attachments",
            properties: ["--attachment-name", "other.ttf", "--update-attachment", "1"]),
        Damage(
            "attachment of another type", "attachments",
            properties: ["--attachment-mime-type", "text/html", "--update-attachment", "2"]),
        Damage("attachment with other content", "attachments") { result, target in
            var file = try Data(contentsOf: URL(fileURLWithPath: result))
            file.replaceSubrange(
                try #require(file.range(of: Data("about this tape".utf8))), with: Data("about that tape".utf8))
            try file.write(to: URL(fileURLWithPath: target))
        },
        Damage("chapters missing", "chapters", properties: ["--chapters", ""]),
        Damage("chapter renamed", "chapters") { result, target in
            try chapters(["Beach", "Strand"], at: ["00:00:00.000", "00:00:00.200"], result, target)
        },
        Damage("chapter moved", "chapters") { result, target in
            try chapters(["Beach", "Garden"], at: ["00:00:00.000", "00:00:00.240"], result, target)
        },
        Damage("title of the file gone", "tags", properties: ["--edit", "info", "--delete", "title"]),
    ]

    private static let picture: [Damage] = [
        Damage(
            "wrong display aspect", "aspect",
            properties: ["--edit", "track:v1", "--set", "display-width=128", "--set", "display-height=96"]),
        Damage(
            "display aspect rounded", "aspect",
            properties: ["--edit", "track:v1", "--set", "display-width=178", "--set", "display-height=96"]),
        Damage("primaries gone", "color", properties: ["--edit", "track:v1", "--delete", "color-primaries"]),
        Damage(
            "transfer gone", "color", properties: ["--edit", "track:v1", "--delete", "color-transfer-characteristics"]),
        Damage("matrix gone", "color", properties: ["--edit", "track:v1", "--set", "color-matrix-coefficients=2"]),
        Damage("range changed", "color", properties: ["--edit", "track:v1", "--set", "color-range=2"]),
        Damage(
            "chroma location changed", "chroma_location",
            properties: ["--edit", "track:v1", "--set", "chroma-siting-vertical=2"]),
        Damage("ten bits became eight", "depth", copying: ["-c:v", "ffv1", "-pix_fmt", "yuv422p"]),
        Damage("4:2:2 became 4:2:0", "subsampling", copying: ["-c:v", "ffv1", "-pix_fmt", "yuv420p10le"]),
        Damage(
            "another size", "size", copying: ["-c:v", "ffv1", "-vf", "scale=120:90,setsar=64/45"]),
        Damage("rotation lost", of: .phone, "rotation", copying: ["-metadata:s:v", "rotate=0"]),
        Damage(
            "samples of another shape in MP4", of: .phone, "aspect", copying: ["-aspect", "16:9"]),
    ]

    private static let attached: [Damage] = [
        Damage("captions lost", of: .broadcast, "captions", copying: ["-bsf:v", "filter_units=remove_types=6"]),
        Damage("mastering display lost", of: .hdr, "hdr") { _, target in
            try VerifiedPair.makeHDR(target, size: "128:96", metadata: "max-cll=1000,400")
        },
        Damage("other light levels", of: .hdr, "hdr") { _, target in
            try VerifiedPair.makeHDR(
                target, size: "128:96",
                metadata: "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
                    + ":max-cll=900,400")
        },
    ]

    private static func chapters(_ names: [String], at times: [String], _ result: String, _ target: String) throws {
        let folder = try TemporaryDirectory()
        let lines = zip(names, times).enumerated().map { index, pair in
            "CHAPTER0\(index + 1)=\(pair.1)\nCHAPTER0\(index + 1)NAME=\(pair.0)\n"
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: folder.file("chapters.txt")))
        try FileManager.default.copyItem(atPath: result, toPath: target)
        try FFmpegTool.run("mkvpropedit", [target, "--quiet", "--chapters", folder.file("chapters.txt")])
    }
}
