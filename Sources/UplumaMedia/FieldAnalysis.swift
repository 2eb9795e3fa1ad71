import UplumaFrames

/// Looks at some of a file's pictures, before a job, for what they are: of one moment, of two, or film in video.
///
/// The file is opened anew; up to 240 frames are decoded from eight places, spread evenly, or a short file wholly, and their
/// luma measured (`FieldMeasurement`).
package enum FieldAnalysis {
    /// Frames of each place: six cycles of film, a second.
    static let placeLength = 30
    private static let placeCount = 8
    /// Up to here a source is read from end to end, from one place.
    private static let wholeLength = 360
    /// Frames that may be decoded on the way from a key frame to a place.
    private static let approach = 300
    /// Rows that a raster with fields has: fewer tell nothing, and above the 1,080 (or 1,152) lines of HD there are none.
    private static let heights = 16...1152
    /// Frames a second above which frames are whole: no system has more than 60 fields.
    private static let highestRate = 31.0

    /// Frames with what was measured.
    ///
    /// - Parameters:
    ///   - facts: of the input; a pipe cannot be read twice.
    ///   - start: seconds from the beginning where looking begins.
    ///   - end: seconds where it ends; nil is the end of the file.
    ///   - threads: of the decoder; 0 lets FFmpeg choose.
    ///   - isCancelled: asked while reading blocks.
    /// - Returns: nil where looking is not possible or not worth while.
    /// - Throws: `MediaError`, only of category `cancelled`: what is wrong with the file is the job's to say.
    package static func finding(
        for facts: MediaFacts, start: Double = 0, end: Double? = nil, threads: Int = 0,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> FieldFinding? {
        guard isWorthwhile(facts) else { return nil }
        var places: [FieldCounts] = []
        do {
            let source = try MediaSource(
                path: facts.path, allowsNetwork: facts.allowsNetwork, isCancelled: isCancelled)
            source.keepOnly(streams: [])
            let length = (end ?? facts.video.duration ?? facts.duration).map { $0 - start }
            var reached = start > 0 ? source.pts(atSeconds: start) - 1 : Int64.min
            let limit = end.map { source.pts(atSeconds: $0) } ?? Int64.max
            for place in starts(length: length, rate: facts.video.frameRate) {
                do {
                    if start + place.seconds > 0 { try source.seek(toSeconds: start + place.seconds) }
                    let run = try look(at: source, after: reached, until: limit, frames: place.frames, threads)
                    reached = max(reached, run.reached)
                    places += FieldCounts.places(of: run.samples, length: placeLength)
                } catch let error as MediaError where error.category != .cancelled {
                    continue
                }
            }
        } catch let error as MediaError where error.category != .cancelled {
            return nil
        }
        return FieldFinding(
            places: places, frameRate: facts.video.frameRate,
            takesFieldMatching: (try? Deinterlacer(.ivtc, facts.video)) != nil)
    }

    private static func isWorthwhile(_ facts: MediaFacts) -> Bool {
        let video = facts.video
        let isFast = (video.frameRate?.doubleValue ?? 0) > highestRate && !video.fieldOrder.isInterlaced
        return facts.isSeekable && heights.contains(video.height) && video.width >= heights.lowerBound && !isFast
            && video.frameCount != 1
    }

    /// Where to look, in seconds from the beginning of what is looked at.
    private static func starts(length: Double?, rate: Rational?) -> [(seconds: Double, frames: Int)] {
        guard let length, length * (rate?.doubleValue ?? 25) > Double(wholeLength) else { return [(0, wholeLength)] }
        return (0..<placeCount).map { ((Double($0) + 0.5) / Double(placeCount) * length, placeLength) }
    }

    /// Decodes frames of one place.
    ///
    /// - Parameters:
    ///   - after: time of the last frame looked at already, or before which nothing is to be looked at.
    ///   - limit: time from which on nothing is.
    /// - Returns: frames in order, and the time of the last one.
    private static func look(
        at source: MediaSource, after: Int64, until limit: Int64, frames: Int, _ threads: Int
    ) throws -> (samples: [FieldSample], reached: Int64) {
        let decoder = try VideoDecoder(source, threads: threads)
        var measurement = FieldMeasurement()
        var samples: [FieldSample] = []
        var reached = after
        var (passed, isDone) = (0, false)
        let each = { (frame: Frame) throws in
            passed += 1
            if frame.pts >= limit || passed > frames + approach { isDone = true }
            guard !isDone, frame.pts > after || after == .min else { return }
            if let look = measurement.add(frame) { samples[samples.count - 1].look = look }
            samples.append(FieldSample(mark: frame.fields, repeatsField: frame.repeatsField))
            reached = frame.pts
            if samples.count == frames { isDone = true }
        }
        do {
            while !isDone, let packet = try source.read() {
                if packet.streamIndex == source.facts.video.index { try decoder.decode(packet, each: each) }
            }
            if !isDone { try decoder.decode(nil, each: each) }
        } catch let error as MediaError where error.category != .cancelled {
            // What came before the fault still tells.
        }
        return (samples, reached)
    }
}
