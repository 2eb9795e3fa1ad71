import Foundation

extension GeneratedFile {
    /// Clocks: variable rates, edit lists, odd starts, missing time stamps, odd rates, excerpts.
    static let time = clocks + starts + rates + stampless + ends

    private static let h264 = ["-c:v", "libx264", "-preset", "fast", "-bf", "2", "-pix_fmt", "yuv420p"]
    private static let passthrough = ["-fps_mode", "passthrough"]

    /// A moving picture on a millisecond clock, frame N at the expression's milliseconds.
    private static func timed(_ expression: String, seconds: Double = 1) -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=\(seconds),settb=1/1000,setpts='\(expression)'"]
    }

    private static let clocks = [
        GeneratedFile(
            "variable.mkv", "a variable frame rate on Matroska's clock",
            ffmpeg: timed("40*N+mod(N*N*7\\,33)") + h264 + passthrough),
        GeneratedFile(
            "variable.mp4", "a variable frame rate on MP4's clock", results: ["mkv", "mp4"],
            ffmpeg: timed("40*N+mod(N*N*7\\,33)") + h264 + passthrough + ["-video_track_timescale", "1000"]),
        GeneratedFile(
            "gap.mkv", "a pause of 900 ms",
            ffmpeg: timed("40*N+if(gt(N\\,7)\\,900\\,0)", seconds: 0.8) + h264 + passthrough),
        GeneratedFile(
            "twins.mkv", "two frames at every time",
            ffmpeg: moving(seconds: 0.4) + ["-c:v", "ffv1", "-bsf:v", "setts=ts=floor(N/2)*80"]),
        GeneratedFile(
            "durationless.mov", "packets without a duration", results: ["mkv", "mov"],
            ffmpeg: moving(seconds: 0.4) + ["-c:v", "mpeg4", "-bsf:v", "setts=duration=0"]),
    ]

    private static let starts = [
        GeneratedFile(
            "late.mkv", "begins at 5.25 s", ffmpeg: moving() + h264 + ["-output_ts_offset", "5.25"]),
        GeneratedFile(
            "late.mp4", "begins at 5.25 s by an empty edit, sound with encoder delay", results: ["mkv", "mp4"],
            ffmpeg: moving() + tone() + h264 + ["-c:a", "aac", "-output_ts_offset", "5.25"]),
        GeneratedFile("late.ts", "begins at 6.65 s", ffmpeg: moving() + h264 + ["-output_ts_offset", "5.25"]),
        GeneratedFile(
            "wrapped.ts", "its 33-bit clock overflows on the way", results: ["mkv", "mp4"],
            ffmpeg: moving(seconds: 1) + h264 + ["-output_ts_offset", "95441.9"]),
        GeneratedFile(
            "negative.mp4", "pictures before zero, hidden by the edit list", results: ["mkv", "mp4"],
            ffmpeg: moving() + h264 + ["-avoid_negative_ts", "disabled", "-output_ts_offset", "-0.08"]),
        GeneratedFile(
            "negative-offsets.mp4", "decoding times after presentation times", results: ["mkv", "mp4"],
            ffmpeg: moving() + h264 + ["-movflags", "+negative_cts_offsets"]),
        GeneratedFile("cut-by-edit.mp4", "an edit list that begins between key frames", results: ["mkv", "mp4"]) {
            path, scratch in
            let whole = scratch.file("whole.mp4")
            try FFmpegTool.ffmpeg(
                moving(seconds: 1.2) + tone(seconds: 1.2) + h264 + ["-g", "12", "-c:a", "aac", whole])
            try FFmpegTool.ffmpeg(["-ss", "0.3", "-i", whole, "-c", "copy", path])
        },
    ]

    private static let rates = [
        GeneratedFile(
            "film-rate.mp4", "23.976 frames a second", results: ["mkv", "mp4"],
            ffmpeg: moving(rate: "24000/1001") + h264),
        GeneratedFile(
            "ntsc.avi", "29.97 frames a second, B-frames without presentation times",
            ffmpeg: moving(rate: "30000/1001") + ["-c:v", "mpeg4", "-bf", "2"]),
        GeneratedFile(
            "fields-50.ts", "50 fields a second",
            ffmpeg: moving(rate: "50") + ["-vf", "interlace", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"]),
        GeneratedFile("sixty.mp4", "59.94 frames a second", ffmpeg: moving(rate: "60000/1001") + h264),
        GeneratedFile("fast.mkv", "120 frames a second", ffmpeg: moving(rate: "120", seconds: 0.25) + h264),
    ]

    private static let stampless = [
        GeneratedFile("h264.avi", "H.264 with B-frames in AVI, without presentation times", ffmpeg: moving() + h264),
        GeneratedFile("packed.avi", "XviD's packed bitstream: a B-frame in the chunk of its P-frame") { path, scratch in
            let stream = scratch.file("stream.m4v")
            try FFmpegTool.ffmpeg(moving() + ["-c:v", "mpeg4", "-bf", "1", "-g", "100", stream])
            let packed = PackedBitstream.file(packing: try Data(contentsOf: URL(fileURLWithPath: stream)))
            try packed.write(to: URL(fileURLWithPath: path))
        },
        GeneratedFile("raw.h264", "an H.264 elementary stream", ffmpeg: moving() + h264),
        GeneratedFile(
            "film.h264", "an H.264 elementary stream of 23.976 frames a second",
            ffmpeg: moving(rate: "24000/1001") + h264),
        GeneratedFile(
            "raw.hevc", "an HEVC elementary stream",
            ffmpeg: moving() + ["-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p"]),
        GeneratedFile(
            "raw.m2v", "an MPEG-2 elementary stream", ffmpeg: moving() + ["-c:v", "mpeg2video", "-bf", "2"]),
        GeneratedFile("raw.m4v", "an MPEG-4 elementary stream", ffmpeg: moving() + ["-c:v", "mpeg4", "-bf", "2"]),
    ]

    private static let ends = [
        GeneratedFile(
            "deep.mkv", "H.264 of which the last frames wait in the decoder",
            ffmpeg: moving(seconds: 1) + h264 + [
                "-bf", "8", "-b_strategy", "0", "-refs", "8", "-x264-params", "b-pyramid=normal",
            ]),
        GeneratedFile("single.mkv", "one frame", ffmpeg: moving(seconds: 0.04) + h264),
        GeneratedFile(
            "long-sound.mkv", "sound goes on for a second",
            ffmpeg: moving() + tone(seconds: 1.5) + h264 + ["-c:a", "aac"]),
        GeneratedFile(
            "long-picture.mkv", "the picture goes on for a second",
            ffmpeg: moving(seconds: 1.4) + tone() + h264 + ["-c:a", "aac"]),
        GeneratedFile("sound.flv", "H.264 and AAC in FLV", ffmpeg: moving() + tone() + h264 + ["-c:a", "aac"]),
        GeneratedFile("raw.ivf", "VP8 in IVF", ffmpeg: moving() + ["-c:v", "libvpx"]),
    ]
}
