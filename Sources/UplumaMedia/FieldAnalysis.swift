import Foundation
import Synchronization
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
        let length = (end ?? facts.video.duration ?? facts.duration).map { $0 - start }
        let places = starts(length: length, rate: facts.video.frameRate).map {
            Place(seconds: start + $0.seconds, frames: $0.frames)
        }
        let range = Range(start: start, end: end)
        let open: @Sendable () throws -> MediaSource = {
            let source = try MediaSource(
                path: facts.path, allowsNetwork: facts.allowsNetwork, isCancelled: isCancelled)
            source.keepOnly(streams: [])
            return source
        }
        let samples: [[FieldSample]]
        do {
            samples =
                try looksAtOnce(at: places, range, open, threads) ?? looksInTurn(at: places, range, open, threads)
        } catch let error as MediaError where error.category != .cancelled {
            return nil
        }
        return FieldFinding(
            places: samples.flatMap { FieldCounts.places(of: $0, length: placeLength) },
            frameRate: facts.video.frameRate, takesFieldMatching: (try? Deinterlacer(.ivtc, facts.video)) != nil)
    }

    /// Seconds between places, from which on each has key frames of its own: twice the usual distance of key frames.
    private static let farApart = 20.0

    /// Where to look, and at how many frames.
    private struct Place: Sendable {
        /// From the beginning of the file.
        let seconds: Double
        let frames: Int
    }

    /// The part that is looked at, in seconds from the beginning of the file.
    private struct Range: Sendable {
        let start: Double
        let end: Double?

        /// Time stamp after which frames count, and that from which on they do not.
        func limits(_ source: MediaSource) -> (after: Int64, until: Int64) {
            (start > 0 ? source.pts(atSeconds: start) - 1 : .min, end.map { source.pts(atSeconds: $0) } ?? .max)
        }
    }

    /// One place after the other: what was looked at for one place does not count for the next.
    private static func looksInTurn(
        at places: [Place], _ range: Range, _ open: () throws -> MediaSource, _ threads: Int
    ) throws -> [[FieldSample]] {
        let source = try open()
        var (reached, limit) = range.limits(source)
        var result: [[FieldSample]] = []
        for place in places {
            do {
                if place.seconds > 0 { try source.seek(toSeconds: place.seconds) }
                let run = try look(at: source, after: reached, until: limit, frames: place.frames, threads)
                reached = max(reached, run.reached)
                result.append(run.samples)
            } catch let error as MediaError where error.category != .cancelled {
                continue
            }
        }
        return result
    }

    /// All places on as many threads as there are processors, with the result of one after the other.
    ///
    /// - Returns: nil where a place reached into the next one, or failed: then they must be taken in turn.
    private static func looksAtOnce(
        at places: [Place], _ range: Range, _ open: @Sendable () throws -> MediaSource, _ threads: Int
    ) throws -> [[FieldSample]]? {
        let workers = min(places.count, threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount)
        // Nearer places may lie in one group of pictures, through which one walk leads.
        let isFar = zip(places, places.dropFirst()).allSatisfy { $1.seconds - $0.seconds >= farApart }
        guard workers > 1, isFar else { return nil }
        let looks = Mutex([Look?](repeating: nil, count: places.count))
        let cancelled = Mutex<MediaError?>(nil)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            do {
                let source = try open()
                let (after, limit) = range.limits(source)
                for index in stride(from: worker, to: places.count, by: workers) {
                    let place = places[index]
                    if place.seconds > 0 { try source.seek(toSeconds: place.seconds) }
                    let look = try look(at: source, after: after, until: limit, frames: place.frames, threads)
                    looks.withLock { $0[index] = look }
                }
            } catch let error as MediaError where error.category == .cancelled {
                cancelled.withLock { $0 = error }
            } catch {
                // The place stays empty.
            }
        }
        if let error = cancelled.withLock({ $0 }) { throw error }
        let done = looks.withLock { $0.compactMap { $0 } }
        let isApart = zip(done, done.dropFirst()).allSatisfy { $0.reached < $1.first ?? $0.reached }
        return done.count == places.count && isApart ? done.map(\.samples) : nil
    }

    /// What was seen of a place.
    private struct Look: Sendable {
        var samples: [FieldSample] = []
        /// Times of the first frame and the last.
        var first: Int64?
        var reached: Int64
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
    private static func look(
        at source: MediaSource, after: Int64, until limit: Int64, frames: Int, _ threads: Int
    ) throws -> Look {
        let decoder = try VideoDecoder(source, threads: threads)
        var measurement = FieldMeasurement()
        var result = Look(reached: after)
        var (passed, isDone) = (0, false)
        let each = { (frame: Frame) throws in
            passed += 1
            if frame.pts >= limit || passed > frames + approach { isDone = true }
            guard !isDone, frame.pts > after || after == .min else { return }
            if let look = measurement.add(frame) { result.samples[result.samples.count - 1].look = look }
            result.samples.append(FieldSample(mark: frame.fields, repeatsField: frame.repeatsField))
            result.first = result.first ?? frame.pts
            result.reached = frame.pts
            if result.samples.count == frames { isDone = true }
        }
        do {
            while !isDone, let packet = try source.read() {
                if packet.streamIndex == source.facts.video.index { try decoder.decode(packet, each: each) }
            }
            if !isDone { try decoder.decode(nil, each: each) }
        } catch let error as MediaError where error.category != .cancelled {
            // What came before the fault still tells.
        }
        return result
    }
}
