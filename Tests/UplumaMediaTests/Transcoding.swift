import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

/// Remarks collected from the classes under test.
final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var handler: NoteHandler { { [self] line in lines.withLock { $0.append(line) } } }
    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

/// The whole way from a file to a file without upscaling: what the pipeline does, on one thread.
struct Transcoding {
    var settings = EncoderSettings(name: "ffv1", threads: 1)
    var format: PictureFormat?
    var span: MediaWriter.Span?
    var refusal = MediaWriter.Refusal.fail
    var notes = Notes()
    /// What the encoder is told of chroma; nil for what the source says.
    var location: ChromaLocation?
    /// How the file says it was made.
    var maker: String?

    /// Returns the number of frames.
    @discardableResult
    func run(_ input: String, _ output: String, named name: String? = nil) throws -> Int {
        let source = try MediaSource(path: input, notes: notes.handler)
        let video = source.facts.video
        let decoder = try VideoDecoder(source, threads: 2, notes: notes.handler)
        let container = try MediaContainer(outputName: name ?? output)
        let choice = try EncoderChoice(settings, container: container)
        let negotiated = try choice.negotiate(format ?? video.format, range: video.color.range)
        if let note = negotiated.note { notes.handler(note) }
        var color = video.color
        if let location { color.chromaLocation = location }
        let picture = OutputPicture(
            width: video.width, height: video.height, format: negotiated.format, color: color,
            sampleAspect: video.sampleAspect, timeBase: video.timeBase, frameRate: video.frameRate)
        let encoder = try VideoEncoder(choice, settings: settings, picture: picture, container: container)
        let writer = try MediaWriter(
            path: output, container: container, source: source, encoder: encoder, span: span, onRefusal: refusal,
            maker: maker,
            notes: notes.handler)
        source.keepOnly(streams: writer.copiedStreams)
        try writer.start()
        if let span {
            try source.seek(toSeconds: Double(span.start - source.facts.startMicroseconds) / 1_000_000)
        }
        let isInside = { (frame: Frame) -> Bool in
            guard let span else { return true }
            let micros = Double(frame.pts) * video.timeBase.doubleValue * 1_000_000
            return micros >= Double(span.start) - 1 && micros < Double(span.end ?? .max)
        }
        var frames = 0
        let encode = { (frame: Frame) in
            guard isInside(frame) else { return }
            frames += 1
            try encoder.encode(frame) { try writer.writeEncoded($0) }
        }
        while let packet = try source.read() {
            if packet.streamIndex == video.index {
                try decoder.decode(packet, each: encode)
            } else {
                try writer.writeCopied(packet)
            }
        }
        try decoder.decode(nil, each: encode)
        try encoder.encode(nil) { try writer.writeEncoded($0) }
        try writer.finish()
        return frames
    }
}
