import CFFmpeg
import UplumaFrames

/// An MD5 of every decoded frame of a file's main video, as text: what proves, with another program, that a file still
/// decodes to the same pictures.
///
/// The text is that of
///
///     ffmpeg -copyts -noautorotate -i FILE -map 0:V:0 -fps_mode passthrough -enc_time_base -1 -noautoscale \
///         -bitexact -f framemd5 OUT
///
/// for whole files (`-map` names the stream where the main video is another). Times are those of FFmpeg's decoder in the
/// stream's time base, before anything is mended, deinterlaced, turned or converted. Three things differ. A duration is that
/// of the frame, the usual one where it has none; FFmpeg before 6.0 writes the usual one for all. Where the pixel format
/// changes on the way, the program `ffmpeg` converts to the first. Times of elementary streams, which it counts in
/// microseconds, may be a few ticks less there.
package enum FrameChecksums {
    /// What the reading told.
    package struct Findings: Sendable, Equatable {
        package var frames = 0
        /// What the decoder said against packets, the first ones, each with the number of the frame it was met at.
        package var complaints: [Complaint] = []
        /// All complaints.
        package var complaintCount = 0
        /// Nil for streams that are not FFV1.
        package var ffv1: FFV1Findings?

        /// Whether nothing was found against the stream.
        package var isWhole: Bool { complaintCount == 0 && ffv1?.isWhole ?? true }
    }

    package struct Complaint: Sendable, Equatable {
        /// From 0.
        package var frame: Int
        /// FFmpeg's words.
        package var text: String
    }

    /// What FFV1's own checksums told.
    package struct FFV1Findings: Sendable, Equatable {
        /// Of the stream; nil where its header is damaged, or older than version 3.
        package var version: Int?
        /// Slices of the first frame.
        package var slices = 0
        /// Frames whose slices were looked at.
        package var frames = 0
        /// Frames with slices that do not fit their CRC or cannot be found, the first ones.
        package var damaged: [DamagedFrame] = []
        /// All of them.
        package var damagedCount = 0

        /// Whether slices have CRCs: where none of any frame fits, there are none.
        package var isProtected: Bool { version != nil && damagedCount < frames }
        /// Whether no slice was found that does not fit its CRC, as far as there are CRCs.
        package var isWhole: Bool { !isProtected || damagedCount == 0 }
    }

    /// A frame with damaged slices.
    package struct DamagedFrame: Sendable, Equatable {
        /// From 0.
        package var frame: Int
        /// From 0, within the frame; empty where the slices cannot even be found.
        package var slices: [Int]
    }

    /// Places that are named; the others are counted.
    package static let mostNamed = 20

    /// Reads a file and hands out the lines one by one.
    ///
    /// - Parameters:
    ///   - path: of a file, not a pipe.
    ///   - threads: of the decoder; 0 is all.
    ///   - isCancelled: asked at every packet.
    ///   - line: receives each line without its end, and the number of frames so far; what it throws ends the reading.
    /// - Throws: `MediaError` where the file cannot be read.
    package static func read(
        _ path: String, threads: Int = 0, isCancelled: @escaping @Sendable () -> Bool = { false },
        line: (_ text: String, _ frames: Int) throws -> Void
    ) throws -> Findings {
        let reader = try RawVideoReader(path: path, threads: threads, isCancelled: isCancelled)
        let text = FrameChecksumText(reader.facts.video)
        var findings = Findings()
        let isFFV1 = reader.facts.video.codec == "ffv1"
        if isFFV1 { findings.ffv1 = FFV1Findings(version: FFV1Stream.version(header: reader.header)) }
        var packets = 0
        try reader.read { packet in
            if isFFV1 { findings.ffv1?.add(FFV1Stream.slices(in: packet), frame: packets) }
            packets += 1
        } complaint: { words in
            findings.complaintCount += 1
            if findings.complaints.count < mostNamed {
                findings.complaints.append(Complaint(frame: findings.frames, text: words))
            }
        } picture: { picture in
            if !text.isBegun { for head in text.header(picture.frame) { try line(head, 0) } }
            let own = try text.line(picture)
            findings.frames += 1
            try line(own, findings.frames)
        }
        if !text.isBegun { for head in text.header(nil) { try line(head, 0) } }
        return findings
    }
}

extension FrameChecksums.FFV1Findings {
    fileprivate mutating func add(_ found: FFV1Stream.Slices, frame: Int) {
        if frame == 0 { slices = found.count }
        frames += 1
        guard !found.isComplete || !found.damaged.isEmpty else { return }
        damagedCount += 1
        if damaged.count < FrameChecksums.mostNamed {
            // Numbers count from the packet's end where its beginning could not be reached: they would be wrong.
            damaged.append(
                FrameChecksums.DamagedFrame(frame: frame, slices: found.isComplete ? found.damaged : []))
        }
    }
}
