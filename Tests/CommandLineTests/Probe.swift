import Foundation
import UplumaTestSupport

/// What FFmpeg's own tools say of a file.
struct Probe {
    struct Stream {
        fileprivate let object: [String: Any]

        private func text(_ key: String) -> String? { object[key].map { "\($0)" } }
        var kind: String { text("codec_type") ?? "" }
        var codec: String { text("codec_name") ?? "" }
        var width: Int { object["width"] as? Int ?? 0 }
        var height: Int { object["height"] as? Int ?? 0 }
        var pixelFormat: String? { text("pix_fmt") }
        var sampleAspect: String? { text("sample_aspect_ratio") }
        var displayAspect: String? { text("display_aspect_ratio") }
        var colorSpace: String? { text("color_space") }
        var chromaLocation: String? { text("chroma_location") }
        var startTime: Double { Double(text("start_time") ?? "") ?? 0 }
        /// Length of the stream in its ticks.
        var durationTicks: Int? { object["duration_ts"] as? Int }
        var colorTags: [String?] {
            ["color_range", "color_space", "color_transfer", "color_primaries", "chroma_location"].map { text($0) }
        }
        var tags: [String: String] { object["tags"] as? [String: String] ?? [:] }
        /// Kind, codec and the tags that describe the stream rather than the writing of it.
        var kindCodecAndTags: [String] {
            let lasting = ["language", "title", "filename", "mimetype"].map { "\($0)=\(tags[$0] ?? "")" }
            return [kind, codec] + lasting
        }
        var dispositions: [String] {
            (object["disposition"] as? [String: Int] ?? [:]).filter { $0.value == 1 }.keys.sorted()
        }
    }

    struct Packet {
        let pts: Int
        let time: Double
    }

    let path: String
    let streams: [Stream]
    let tags: [String: String]
    /// Start, end and title of each chapter.
    let chapters: [[String]]

    init(_ path: String) throws {
        self.path = path
        let object = try Probe.json(["-show_streams", "-show_format", "-show_chapters", path])
        streams = (object["streams"] as? [[String: Any]] ?? []).map(Stream.init)
        tags = (object["format"] as? [String: Any])?["tags"] as? [String: String] ?? [:]
        chapters = (object["chapters"] as? [[String: Any]] ?? []).map { chapter in
            ["start_time", "end_time"].map { "\(chapter[$0] ?? "")" }
                + [(chapter["tags"] as? [String: String])?["title"] ?? ""]
        }
    }

    /// The first video stream that is no cover.
    var video: Stream? { streams.first { $0.kind == "video" && !$0.dispositions.contains("attached_pic") } }

    /// Stamps and durations of the video's packets in display order, in the stream's ticks.
    func videoPackets() throws -> [Packet] {
        let object = try Probe.json(["-select_streams", "v:0", "-show_packets", path])
        return (object["packets"] as? [[String: Any]] ?? []).map { packet in
            Packet(
                pts: packet["pts"] as? Int ?? -1, time: Double(packet["pts_time"] as? String ?? "") ?? -1)
        }.sorted { $0.pts < $1.pts }
    }

    /// When the first packet of a stream is shown or heard, in seconds.
    func firstTime(_ stream: String) throws -> Double {
        let object = try Probe.json(["-select_streams", stream, "-show_packets", path])
        let first = (object["packets"] as? [[String: Any]])?.first
        return Double(first?["pts_time"] as? String ?? "") ?? .nan
    }

    /// A hash of each packet's bytes, in file order.
    static func packetHashes(_ path: String, _ streams: String) throws -> [String] {
        let object = try json(["-select_streams", streams, "-show_packets", "-show_data_hash", "md5", path])
        return (object["packets"] as? [[String: Any]] ?? []).map { "\($0["data_hash"] ?? "")" }
    }

    /// How many frames of the first video stream decode.
    static func decodedFrames(_ path: String) throws -> Int { try frameHashes(path).count }

    /// A hash of each decoded frame of the first video stream.
    static func frameHashes(_ path: String) throws -> [String] {
        let output = try FFmpegTool.ffmpeg(
            ["-i", "file:" + path, "-map", "0:V:0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5", "-"])
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            String(line.split(separator: ",").last ?? "").trimmingCharacters(in: .whitespaces)
        }
    }

    /// PSNR over all planes, in dB, of a file reduced to the size of another, against that other.
    static func psnr(_ path: String, reducedTo other: String) throws -> Double {
        let folder = try TemporaryDirectory()
        let log = folder.file("psnr.log")
        try FFmpegTool.ffmpeg(
            [
                "-i", path, "-i", other, "-lavfi",
                "[0][1]scale2ref=flags=bicubic+accurate_rnd+full_chroma_inp[a][b];[a][b]psnr=stats_file=\(log)", "-f",
                "null", "-",
            ])
        let values = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("psnr_avg:") }.map { field in
                field.hasSuffix("inf") ? 99 : Double(field.dropFirst("psnr_avg:".count)) ?? 0
            }
        }
        return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func json(_ arguments: [String]) throws -> [String: Any] {
        let files = arguments.dropLast() + ["file:" + (arguments.last ?? "")]
        let output = try FFmpegTool.run("ffprobe", ["-v", "error", "-of", "json"] + files)
        return try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
    }
}
