import UplumaTestSupport

/// What ffprobe and ffmpeg say about a file, in lines to compare.
enum Probe {
    /// Type, codec, dispositions and tags of every stream but the encoder's traces, in order.
    static func streams(_ path: String) throws -> [String] {
        try FFmpegTool.ffprobe([
            "-show_entries",
            "stream=index,codec_type,codec_name,sample_aspect_ratio,start_time"
                + ":stream_disposition=default,forced,attached_pic:stream_tags", "-of", "compact", "file:" + path,
        ]).map { line in
            line.split(separator: "|").filter { field in
                !["tag:ENCODER=", "tag:encoder=", "tag:DURATION=", "tag:vendor_id="].contains { field.hasPrefix($0) }
            }.joined(separator: "|")
        }
    }

    static func chapters(_ path: String) throws -> [String] {
        try FFmpegTool.ffprobe([
            "-show_chapters", "-show_entries", "format_tags=title,artist", "-of", "compact", "file:" + path,
        ])
        // In seconds: MP4 counts chapters on the clock of the file, which has no fixed unit.
        .map { line in
            line.split(separator: "|").filter { field in
                !["id=", "time_base=", "start=", "end="].contains { field.hasPrefix($0) }
            }.joined(separator: "|")
        }
    }

    /// Time and MD5 of every packet of the audio and subtitle streams and of cover art, and MD5 of attachments.
    static func copiedHashes(_ path: String) throws -> [String] {
        try ["a", "s", "v:1"].flatMap { kind in
            try FFmpegTool.ffprobe([
                "-select_streams", kind, "-show_packets", "-show_data_hash", "md5", "-show_entries",
                "packet=stream_index,pts_time,duration_time,data_hash", "-of", "compact", "file:" + path,
            ]).sorted()
        }
            + FFmpegTool.ffprobe([
                "-select_streams", "t", "-show_data_hash", "md5", "-show_entries", "stream=extradata_hash", "-of",
                "compact",
                "file:" + path,
            ])
    }

    /// One field of every frame of the main video: its time in seconds, or "pts" in ticks, or another.
    static func videoTimes(_ path: String, entries: String = "pts_time") throws -> [String] {
        try FFmpegTool.ffprobe([
            "-select_streams", "V:0", "-show_frames", "-show_entries", "frame=\(entries)", "-of", "csv=p=0",
            "file:" + path,
        ]).map { $0.split(separator: ",").first.map(String.init) ?? "" }  // The names of side data come after a comma.
            .filter { !$0.isEmpty }
    }

    /// One MD5 a decoded frame of the main video, in the given pixel format.
    static func frameHashes(_ path: String, as format: String? = nil) throws -> [String] {
        let data = try FFmpegTool.ffmpeg(
            ["-i", "file:" + path, "-map", "0:V:0", "-fps_mode", "passthrough"]
                + (format.map { ["-pix_fmt", $0] } ?? [])
                + ["-f", "framemd5", "-"])
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: ",").last.map { $0.trimmed } }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
