import Foundation

extension GeneratedFile {
    /// Frames of the files below before they were broken: all last as long, at 25 a second.
    package static let framesBeforeDamage = 25

    /// Broken files: corrupt packets, missing key frames, garbage, cut tails.
    static let damage = corruptPackets + scrambledVP8 + missingPackets + garbage + cutTails

    /// Noise over the moving picture, so that every packet has something to break; the same in every run.
    private static let noisy = moving(seconds: 1) + ["-vf", "noise=alls=24:allf=t"]
    private static let mpeg4 = noisy + ["-c:v", "mpeg4", "-q:v", "2", "-g", "8"]
    private static let mpeg2 = noisy + ["-c:v", "mpeg2video", "-q:v", "2", "-g", "8", "-bf", "2"]
    private static let h264 =
        noisy + [
            "-c:v", "libx264", "-preset", "fast", "-crf", "20", "-g", "8", "-bf", "0", "-pix_fmt", "yuv420p",
        ]
    /// Clusters of a few frames, to find the way again between them.
    private static let clusters = ["-cluster_time_limit", "160"]

    /// Packets whose bytes are not what the encoder wrote.
    private static let corruptPackets = [
        GeneratedFile("flipped.avi", "MPEG-4 with bits flipped in a P frame", seed: 1, ffmpeg: mpeg4) {
            let packet = try $0.packet(10, isKey: false)
            $0.flip(12, in: packet.range.from(40))
        },
        GeneratedFile("flipped-key.mkv", "H.264 with bits flipped in a key frame", seed: 2, ffmpeg: h264) {
            let packet = try $0.packet(1, isKey: true)
            $0.flip(12, in: packet.range.from(60))
        },
        GeneratedFile("scrambled.mkv", "H.264 with a P frame scrambled", seed: 3, ffmpeg: h264) {
            let packet = try $0.packet(10, isKey: false)
            $0.scramble(packet.range.from(20))
        },
        GeneratedFile("scrambled.mpg", "an MPEG-2 program stream with a frame scrambled", seed: 4, ffmpeg: mpeg2) {
            let packet = try $0.packet(10, isKey: false)
            $0.scramble(packet.range.from(60))
        },
        GeneratedFile(
            "scrambled-jpeg.avi", "Motion JPEG with a frame scrambled", seed: 6,
            ffmpeg: noisy + ["-c:v", "mjpeg", "-q:v", "2"]
        ) {
            let packet = try $0.packet(10, isKey: true)
            $0.scramble(packet.range.from(700))
        },
    ]

    private static let scrambledVP8 = [
        GeneratedFile(
            "scrambled-vp8.mkv", "VP8 with a frame scrambled", seed: 5,
            ffmpeg: noisy + [
                "-c:v", "libvpx", "-crf", "4", "-b:v", "4M", "-g", "8", "-deadline", "realtime",
            ]
        ) {
            let packet = try $0.packet(10, isKey: false)
            $0.scramble(packet.range.from(6))
        }
    ]

    /// Packets that are not there.
    private static let missingPackets = [
        GeneratedFile("lost.mkv", "H.264 without one P frame", seed: 7, ffmpeg: h264 + clusters) {
            try $0.voidBlock(of: $0.packet(10, isKey: false))
        },
        GeneratedFile("lost.ts", "an MPEG-2 transport stream without some packets", seed: 8, ffmpeg: mpeg2) {
            let packet = try $0.packet(10, isKey: false)
            $0.bytes.removeSubrange(packet.range.lowerBound..<packet.range.lowerBound + 3 * 188)
        },
        GeneratedFile("no-key.mkv", "H.264 without its first key frame", seed: 9, ffmpeg: h264 + clusters) {
            try $0.voidBlock(of: $0.packet(0, isKey: true))
        },
        GeneratedFile("no-key.ts", "an MPEG-2 transport stream that begins amid a group", seed: 10, ffmpeg: mpeg2) {
            let (first, next) = (try $0.packet(0, isKey: true), try $0.packet(0, isKey: false))
            $0.bytes.removeSubrange(first.range.lowerBound..<next.range.lowerBound)
        },
    ]

    /// Bytes between packets that are nothing.
    private static let garbage = [
        GeneratedFile("garbage.ts", "noise between packets of a transport stream", seed: 11, ffmpeg: mpeg2) {
            $0.insertGarbage(301, at: try $0.packet(10, isKey: false).range.lowerBound)
        },
        GeneratedFile("garbage.avi", "noise between chunks of AVI", seed: 12, ffmpeg: mpeg4) {
            // The chunk's name and size lie before the packet.
            $0.insertGarbage(301, at: try $0.packet(10, isKey: false).range.lowerBound)
        },
        GeneratedFile("garbage.mkv", "noise between clusters of Matroska", seed: 13, ffmpeg: h264 + clusters) {
            let packet = try $0.packet(10, isKey: false)
            guard let cluster = $0.nextCluster(after: packet.range.lowerBound) else { return }
            $0.insertGarbage(301, at: cluster)
        },
    ]

    /// Files that end amid a packet.
    private static let cutTails = [
        ("cut.ts", mpeg2), ("cut.mpg", mpeg2), ("cut.avi", mpeg4), ("cut.mkv", h264 + clusters),
        ("cut.flv", h264),
    ].enumerated().map { index, file in
        GeneratedFile(file.0, "cut short amid a packet", seed: UInt64(20 + index), ffmpeg: file.1) {
            let packet = try $0.packet($0.packets.filter { !$0.isKey }.count - 3, isKey: false)
            $0.bytes.removeSubrange((packet.range.lowerBound + packet.range.count * 2 / 3)...)
        }
    }
}

extension DamagedFile {
    /// Makes a SimpleBlock of Matroska a Void element of the same size.
    mutating func voidBlock(of packet: Packet) throws {
        // The packet's position is that of its block, or of its bytes: the identifier lies just before them.
        let start = max(0, packet.range.lowerBound - 12)
        guard let block = (start...packet.range.lowerBound).last(where: { bytes[$0] == 0xA3 }) else {
            throw FFmpegTool.Failure(description: "no block before byte \(packet.range.lowerBound)")
        }
        bytes[block] = 0xEC
    }

    /// Where the next Cluster of Matroska begins.
    func nextCluster(after position: Int) -> Int? {
        bytes.range(of: Data([0x1F, 0x43, 0xB6, 0x75]), in: position..<bytes.count)?.lowerBound
    }
}
