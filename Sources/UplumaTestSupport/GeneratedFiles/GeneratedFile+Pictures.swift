import Foundation

extension GeneratedFile {
    /// Pictures: shapes, codecs, depths, subsamplings, chroma locations, colour, sizes, rotation, HDR, changes on the way.
    package static let pictures =
        discs + tapes + codings + depths + samples + sizes + turned + light + unsaid + changing

    private static let lossless = ["--encoder", "ffv1"]
    /// For pictures of full television size.
    private static let quick = ["--model", "lanczos3"]

    /// Shapes of DVDs, in small: width and height have the proportions of 720×576 and 720×480.
    private static let discs = [
        ("pal-narrow", "72x56", "16/15"), ("pal-wide", "72x56", "64/45"), ("ntsc-narrow", "72x48", "8/9"),
        ("ntsc-wide", "72x48", "32/27"),
    ].map { name, size, aspect in
        GeneratedFile(
            "\(name).vob", "MPEG-2 with samples of \(aspect)",
            ffmpeg: moving(size: size) + ["-vf", "setsar=\(aspect)", "-c:v", "mpeg2video", "-g", "6", "-f", "vob"])
    }

    private static let tapes: [GeneratedFile] = [
        GeneratedFile(
            "pal-dv.avi", "DV at 25 frames a second, 4:2:0 with Cb and Cr on lines of their own", options: quick,
            ffmpeg: moving(seconds: 0.08, size: "720x576") + ["-c:v", "dvvideo", "-pix_fmt", "yuv420p"]),
        GeneratedFile(
            "ntsc-dv.avi", "DV at 29.97 frames a second, 4:1:1", options: ["--model", "lanczos3"] + lossless,
            ffmpeg: moving(rate: "30000/1001", seconds: 0.06, size: "720x480") + [
                "-c:v", "dvvideo", "-pix_fmt", "yuv411p",
            ]),
    ]

    private static let codings: [GeneratedFile] = [
        GeneratedFile(
            "xvid.avi", "MPEG-4 part 2 with B-frames in AVI",
            ffmpeg: moving() + ["-c:v", "mpeg4", "-bf", "2", "-vtag", "XVID"]),
        GeneratedFile("divx3.avi", "MS-MPEG-4 version 3", ffmpeg: moving() + ["-c:v", "msmpeg4"]),
        GeneratedFile("wmv2.asf", "Windows Media Video 8", ffmpeg: moving() + ["-c:v", "wmv2"]),
        GeneratedFile("mpeg1.mpg", "MPEG-1", ffmpeg: moving() + ["-c:v", "mpeg1video"]),
        GeneratedFile("flv1.flv", "Sorenson H.263", ffmpeg: moving() + ["-c:v", "flv"]),
        GeneratedFile("h263.3gp", "H.263", ffmpeg: moving(size: "128x96") + ["-c:v", "h263"]),
        GeneratedFile("jpeg.avi", "MJPEG, full range", ffmpeg: moving() + ["-c:v", "mjpeg"]),
        GeneratedFile(
            "jpeg422.mov", "MJPEG, 4:2:2, full range", ffmpeg: moving() + ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"]),
        GeneratedFile("theora.ogv", "Theora", ffmpeg: moving() + ["-c:v", "libtheora"]),
        GeneratedFile("vp9.webm", "VP9", ffmpeg: moving() + ["-c:v", "libvpx-vp9", "-cpu-used", "8"]),
        GeneratedFile("huffyuv.avi", "HuffYUV", ffmpeg: moving() + ["-c:v", "huffyuv", "-pix_fmt", "yuv422p"]),
        GeneratedFile("raw.avi", "uncompressed", ffmpeg: moving() + ["-c:v", "rawvideo", "-pix_fmt", "yuv420p"]),
        GeneratedFile(
            "hevc.mkv", "HEVC",
            ffmpeg: moving() + ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"]
                + ["-pix_fmt", "yuv420p"]),
        GeneratedFile(
            "prores.mov", "ProRes 4:2:2 of 10 bits", ffmpeg: moving() + ["-c:v", "prores_ks", "-profile:v", "2"]),
        GeneratedFile("svq1.mov", "Sorenson Video 1, 4:1:0", options: lossless, ffmpeg: moving() + ["-c:v", "svq1"]),
    ]

    private static let depths: [GeneratedFile] =
        [
            GeneratedFile(
                "h264-10.mkv", "H.264 of 10 bits", ffmpeg: moving() + ["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]),
            GeneratedFile(
                "hevc-10.mkv", "HEVC of 10 bits", options: ["--encoder", "libx265", "--encoder-preset", "ultrafast"],
                ffmpeg: moving() + ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"]
                    + ["-pix_fmt", "yuv420p10le"]),
            GeneratedFile(
                "gray-12.mkv", "grey of 12 bits", options: lossless,
                ffmpeg: moving() + ["-c:v", "ffv1", "-pix_fmt", "gray12le", "-strict", "-1"]),
            GeneratedFile(
                "gray.mkv", "grey", options: lossless, ffmpeg: moving() + ["-c:v", "ffv1", "-pix_fmt", "gray"]),
        ]
        + ["yuv420p16le", "yuv422p12le", "yuv444p16le", "yuv440p", "yuv411p", "yuv410p"].map { format in
            GeneratedFile(
                "\(format).mkv", "FFV1 in \(format)", options: lossless,
                ffmpeg: moving() + ["-c:v", "ffv1", "-pix_fmt", format, "-strict", "-1"])
        }

    /// What is not Y'CbCr without alpha.
    private static let samples: [GeneratedFile] = [
        GeneratedFile(
            "rgb.avi", "uncompressed RGB", options: lossless,
            ffmpeg: moving() + ["-c:v", "rawvideo", "-pix_fmt", "bgr24"]),
        GeneratedFile(
            "png.mov", "PNG with alpha", options: lossless, ffmpeg: moving() + ["-c:v", "png", "-pix_fmt", "rgba"]),
        GeneratedFile(
            "palette.avi", "a palette", options: lossless, ffmpeg: moving() + ["-c:v", "rawvideo", "-pix_fmt", "pal8"]),
        GeneratedFile("palette.gif", "GIF", options: lossless, ffmpeg: moving()),
        GeneratedFile(
            "animation.mov", "QuickTime's run lengths", options: lossless, ffmpeg: moving() + ["-c:v", "qtrle"]),
        GeneratedFile(
            "prores4444.mov", "ProRes 4444 with alpha", options: lossless,
            ffmpeg: moving() + ["-c:v", "prores_ks", "-pix_fmt", "yuva444p10le", "-profile:v", "4"]),
    ]

    private static let sizes: [GeneratedFile] =
        ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p"].map { format in
            GeneratedFile(
                "odd-\(format).mkv", "odd width and height in \(format)", options: lossless,
                ffmpeg: moving() + ["-vf", "crop=63:47:0:0:exact=1", "-c:v", "ffv1", "-pix_fmt", format])
        } + [
            GeneratedFile("two.mkv", "2×2", ffmpeg: drawn("2x2") + ["-c:v", "ffv1", "-pix_fmt", "yuv420p"]),
            GeneratedFile(
                "column.mkv", "one column", options: lossless,
                ffmpeg: drawn("1x8") + ["-c:v", "ffv1", "-pix_fmt", "yuv444p"]),
            GeneratedFile(
                "wide.mkv", "8192 columns", options: quick,
                ffmpeg: moving(seconds: 0.04, size: "8192x16") + ["-c:v", "ffv1", "-pix_fmt", "yuv420p"]),
        ]

    /// The moving picture, made so small that its source would not draw it.
    private static func drawn(_ size: String) -> [String] {
        moving() + ["-vf", "scale=\(size.replacingOccurrences(of: "x", with: ":"))"]
    }

    /// MP4's display matrices: quarter turns and mirrors.
    private static let turned: [GeneratedFile] = DisplayMatrix.all.map { name, matrix in
        GeneratedFile("turned-\(name).mp4", "a display matrix: \(name)", results: ["mp4", "mov"]) { path, _ in
            try FFmpegTool.ffmpeg(
                moving() + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "file:" + path])
            try DisplayMatrix.write(matrix, into: path)
        }
    }

    private static let light: [GeneratedFile] = [
        GeneratedFile(
            "hlg.mkv", "hybrid log-gamma in BT.2020",
            ffmpeg: moving() + [
                "-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc",
                "arib-std-b67", "-colorspace", "bt2020nc", "-color_range", "tv", "-chroma_sample_location", "topleft",
            ])
    ]

    /// What only the pictures say, not the headers.
    private static let unsaid: [GeneratedFile] = [
        GeneratedFile("vp8.webm", "VP8", ffmpeg: moving() + ["-c:v", "libvpx", "-cpu-used", "8"]),
        GeneratedFile(
            "hdr10.mkv", "HDR10, its light levels in the coding only",
            options: ["--encoder", "libx265", "--encoder-preset", "ultrafast"],
            ffmpeg: moving() + [
                "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020",
                "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_range", "tv",
                "-x265-params",
                "log-level=error:hdr10=1:repeat-headers=1:max-cll=1000,400:master-display="
                    + "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)",
            ]),
    ]

    /// Recordings joined end to end.
    private static let changing: [GeneratedFile] = [
        joined(
            "size.ts", "another size on the way", seconds: 0.48,
            [moving() + ["-c:v", "mpeg2video"], moving(size: "96x64") + ["-c:v", "mpeg2video"]]),
        joined(
            "shape.ts", "4:3 within 16:9",
            ["16/15", "64/45", "16/15"].map {
                moving(seconds: 0.24, size: "72x56") + ["-vf", "setsar=\($0)", "-c:v", "mpeg2video"]
            }),
        joined(
            "format.ts", "4:2:0 of 8 bits, then 4:2:2 of 10",
            ["yuv420p", "yuv422p10le"].map {
                moving(seconds: 0.24) + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", $0]
            }),
    ]

    /// Files that each set of arguments makes, one after the other in one file.
    private static func joined(_ name: String, _ about: String, seconds: Double = 0.24, _ parts: [[String]])
        -> GeneratedFile
    {
        GeneratedFile(name, about) { path, scratch in
            let ending = name.split(separator: ".").last.map(String.init) ?? ""
            var bytes = Data()
            for (index, part) in parts.enumerated() {
                let file = scratch.file("\(index).\(ending)")
                // The clock goes on; clocks that jump are a trouble of their own.
                try FFmpegTool.ffmpeg(part + ["-output_ts_offset", "\(Double(index) * seconds)", file])
                bytes.append(try Data(contentsOf: URL(fileURLWithPath: file)))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
        }
    }
}
