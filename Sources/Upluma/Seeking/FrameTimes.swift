import UplumaFrames
import UplumaMedia

/// When each frame of a file is shown, read from its packets without decoding them.
///
/// That holds where every packet is one picture with a time of its own. Field pictures in packets of their own, hidden
/// pictures and packed ones break it; so the beginning is decoded, too, and held against the packets.
struct FrameTimes {
    /// In order, in the video stream's time base. Of a file that was not read to its end: of the first frames.
    let times: [Int64]
    /// Whether these are all frames.
    let isComplete: Bool

    /// Pictures that may come out later than others that are shown after them: as many as H.264 and HEVC reorder at most.
    private static let reordering = 32
    /// Frames of the beginning that are decoded: two seconds of film.
    private static let checked = 48

    /// - Parameters:
    ///   - source: not yet read from.
    ///   - count: how many frames are wanted; nil is all.
    /// - Returns: nil where packets do not tell.
    /// - Throws: `MediaError` when the file cannot be read, or `UplumaError` when cancelled.
    init?(
        _ source: MediaSource, first count: Int? = nil, threads: Int, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        guard source.facts.hasTimeStamps else { return nil }
        let decoder = try VideoDecoder(source, threads: threads)
        var (packets, frames): ([Int64], [Int64]) = ([], [])
        var isOver = false
        while !isOver, count.map({ packets.count < $0 + Self.reordering }) ?? true {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            let packet = try source.read()
            isOver = packet == nil
            if let packet, packet.streamIndex == source.facts.video.index {
                guard let pts = packet.pts else { return nil }
                packets.append(pts)
                if frames.count < Self.checked { try decoder.decode(packet) { frames.append($0.pts) } }
            }
        }
        if frames.count < Self.checked, isOver { try decoder.decode(nil) { frames.append($0.pts) } }
        // Read-ahead stopped in between: what is still in the decoder says nothing against the packets.
        packets.sort()
        let isOne = zip(packets, frames).allSatisfy { $0 == $1 }
        guard isOne, Set(packets).count == packets.count,
            !isOver || frames.count >= Self.checked || frames.count == packets.count
        else { return nil }
        times = isOver ? packets : Array(packets.dropLast(Self.reordering))
        isComplete = isOver
    }

    /// When cycles of five frames begin, as inverse telecine counts them.
    func cycleStarts(of video: VideoFacts) -> [Int64]? {
        guard isComplete, let rate = video.frameRate else { return nil }
        return Deinterlacer.cycleStarts(times, rate: rate, timeBase: video.timeBase)
    }
}
