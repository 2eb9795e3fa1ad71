import UplumaFrames
import UplumaMedia

/// Picks frames of a film that have detail and differ from each other, from key frames spread evenly over it.
///
/// The first is the one with the most detail; each further one is the one farthest from all that are picked (farthest-point
/// sampling), of those with at least a quarter of the usual detail: no fades, no black.
enum SceneSearch {
    /// A frame that may be picked.
    struct Candidate: Sendable {
        /// From the beginning of the file.
        let seconds: Double
        /// Mean difference of neighbouring luma samples, in 8-bit code values.
        let detail: Double
        /// Means of luma and chroma over a raster, in 8-bit code values.
        let signature: [Float]
    }

    /// Places at which a key frame is looked for; more where many frames are wanted.
    private static let places = 48
    /// Least share of the usual detail.
    private static let leastDetail = 0.25
    /// Files up to this length are read from end to end where they have too few key frames, in seconds.
    private static let readable = 60.0

    /// When to look, in order.
    ///
    /// - Throws: `UplumaError` of kind `usage` for a source that can be read only once; `MediaError`.
    static func times(_ count: Int, _ seeker: FrameSeeker) throws -> [Double] {
        guard seeker.facts.isSeekable else {
            throw UplumaError(
                .usage, "Scenes cannot be searched in standard input, which is read only once. Give times with --at.")
        }
        var candidates: [Candidate] = []
        try seeker.forEachKeyFrame(places: max(places, 4 * count)) { candidates.append(candidate($0, $1)) }
        let length = seeker.facts.video.duration ?? seeker.facts.duration ?? 0
        if candidates.count < max(2 * count, 8), length <= readable {
            candidates = try fromEndToEnd(seeker, length: length, wanted: max(places, 4 * count))
        }
        guard !candidates.isEmpty else {
            throw UplumaError(
                .badInput, "No picture of \"\(seeker.facts.path)\" could be decoded. Check that the file plays.")
        }
        return pick(count, of: candidates).map { candidates[$0].seconds }.sorted()
    }

    private static func fromEndToEnd(_ seeker: FrameSeeker, length: Double, wanted: Int) throws -> [Candidate] {
        let walk = try seeker.walkFromBeginning()
        var candidates: [Candidate] = []
        var next = -Double.infinity
        while let frame = try walk.step() {
            let seconds = max(0, seeker.seconds(frame.pts))
            guard seconds >= next, frame.condition == .whole else { continue }
            next = seconds + length / Double(wanted)
            candidates.append(candidate(frame, seconds))
        }
        return candidates
    }

    /// Positions of those that are picked, the first with the most detail.
    static func pick(_ count: Int, of candidates: [Candidate]) -> [Int] {
        let usual = candidates.map(\.detail).sorted()[candidates.count / 2]
        let able = candidates.indices.filter { candidates[$0].detail >= leastDetail * usual }
        guard let first = able.max(by: { candidates[$0].detail < candidates[$1].detail }) else { return [] }
        var picked = [first]
        var distance = candidates.map { Self.distance($0.signature, candidates[first].signature) }
        while picked.count < count, picked.count < able.count {
            let rest = able.filter { !picked.contains($0) }
            guard let farthest = rest.max(by: { distance[$0] < distance[$1] }) else { break }
            picked.append(farthest)
            for index in candidates.indices {
                distance[index] = min(
                    distance[index], Self.distance(candidates[index].signature, candidates[farthest].signature))
            }
        }
        return picked
    }

    private static func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    // MARK: Measuring

    private static let columns = 16
    private static let rows = 12

    static func candidate(_ frame: Frame, _ seconds: Double) -> Candidate {
        let perCode = 1 / Float(1 << (frame.format.bitDepth - 8))
        var signature: [Float] = []
        for plane in frame.planes { signature += means(plane, perCode: perCode) }
        return Candidate(
            seconds: seconds, detail: detail(frame.planes[0], perCode: Double(perCode)), signature: signature)
    }

    /// Means over a raster, of every other sample of every other row: enough to tell scenes apart.
    private static func means(_ plane: Plane, perCode: Float) -> [Float] {
        var sums = [Float](repeating: 0, count: columns * rows)
        var counts = sums
        plane.withBytes { base in
            for y in Swift.stride(from: 0, to: plane.height, by: 2) {
                let row = base + y * plane.stride
                let cell = y * rows / plane.height * columns
                for x in Swift.stride(from: 0, to: plane.width, by: 2) {
                    sums[cell + x * columns / plane.width] += Float(code(row, x, plane.sample))
                    counts[cell + x * columns / plane.width] += 1
                }
            }
        }
        return zip(sums, counts).map { $1 > 0 ? perCode * $0 / $1 : 0 }
    }

    private static func detail(_ plane: Plane, perCode: Double) -> Double {
        guard plane.width > 1, plane.height > 1 else { return 0 }
        var sum = 0
        plane.withBytes { base in
            for y in 0..<plane.height - 1 {
                let (row, below) = (base + y * plane.stride, base + (y + 1) * plane.stride)
                for x in 0..<plane.width - 1 {
                    let own = code(row, x, plane.sample)
                    sum += abs(own - code(row, x + 1, plane.sample)) + abs(own - code(below, x, plane.sample))
                }
            }
        }
        return perCode * Double(sum) / Double(2 * (plane.width - 1) * (plane.height - 1))
    }

    private static func code(_ row: UnsafeMutableRawPointer, _ x: Int, _ sample: SampleType) -> Int {
        sample == .uint8
            ? Int(row.load(fromByteOffset: x, as: UInt8.self)) : Int(row.load(fromByteOffset: 2 * x, as: UInt16.self))
    }
}
