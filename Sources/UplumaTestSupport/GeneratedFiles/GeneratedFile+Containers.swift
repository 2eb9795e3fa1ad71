extension GeneratedFile {
    /// Containers and what travels in them beside the picture: sound, subtitles, attachments, chapters, cover art.
    static let containers: [GeneratedFile] = [
        GeneratedFile(
            "plain.mp4", "H.264 and AAC", results: ["mkv", "mp4", "mov"],
            ffmpeg: moving() + tone() + [
                "-c:v", "libx264", "-preset", "fast", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac",
            ])
    ]
}
