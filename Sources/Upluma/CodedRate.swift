import UplumaMedia

/// How many bits a source spends on a pixel of its main video.
///
/// Counted in packets, because what headers state is often something else: MPEG-2 states the peak its decoder must bear,
/// FLV what its encoder was asked for, Matroska and transport streams nothing; and a file's size holds the sound, too.
enum CodedRate {
    /// Up to this many packets a file is read from its beginning; a longer one is looked at in some places.
    static let shortFile = 2000
    /// The places, as shares of the duration.
    static let places = [0.1, 0.3, 0.5, 0.7, 0.9]
    /// Packets read at a place. Reading goes from key frame to key frame, so that their share is right.
    static let packetsPerPlace = 48...600

    /// Bits per coded pixel, of all frames or those at `places`.
    ///
    /// Opens the file once more, so that the job's own reading is not disturbed.
    /// - Returns: nil for a pipe, or when no packet can be read.
    /// - Throws: `MediaError` when the file cannot be opened or reading was cancelled.
    static func bitsPerPixel(of facts: MediaFacts, isCancelled: @escaping @Sendable () -> Bool) throws -> Double? {
        guard facts.isSeekable else { return nil }
        let source = try MediaSource(
            path: facts.path, allowsNetwork: facts.allowsNetwork, isCancelled: isCancelled)
        source.keepOnly(streams: [])
        var count = PacketCount()
        if let duration = facts.duration, let frames = facts.video.frameCount, frames > shortFile {
            for place in places {
                do {
                    try source.seek(toSeconds: place * duration)
                    try count.add(from: source, limits: packetsPerPlace)
                } catch let error as MediaError where error.category != .cancelled {
                    continue  // What is damaged there is the decoder's to report.
                }
            }
        } else {
            do {
                try count.add(from: source, limits: shortFile...shortFile)
            } catch let error as MediaError where error.category != .cancelled {}
        }
        guard count.packets > 0 else { return nil }
        let pixels = Double(facts.video.width * facts.video.height)
        return Double(count.bytes) * 8 / (Double(count.packets) * pixels)
    }
}

private struct PacketCount {
    var packets = 0
    var bytes = 0

    /// Adds the main video's packets up to the first key frame behind `limits.lowerBound` of them.
    mutating func add(from source: MediaSource, limits: ClosedRange<Int>) throws {
        var here = 0
        while here < limits.upperBound, let packet = try source.read() {
            guard packet.streamIndex == source.facts.video.index else { continue }
            if packet.isKeyframe, here >= limits.lowerBound { return }
            here += 1
            packets += 1
            bytes += packet.size
        }
    }
}
