import Testing
import UplumaFrames
import UplumaTestSupport

@testable import UplumaMedia

/// What is found in real files, and what the filters make of it.
@Suite struct FieldAnalysisTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let structure: FieldFinding.Structure
        var order = FieldStructure.unknown
        let treatment: FieldFinding.Treatment
        /// Words of the note; nil when none is due.
        let note: String?
        var testDescription: String { file }
    }

    private static let asMarked = FieldFinding.Treatment.filter(.auto, order: nil)

    static let cases: [Case] = [
        Case(
            file: "top-first.mpg", structure: .interlaced, order: .topFirst, treatment: asMarked,
            note: "interlaced, marked so, top field first"),
        Case(
            file: "bottom-first.mpg", structure: .interlaced, order: .bottomFirst, treatment: asMarked,
            note: "interlaced, marked so, bottom field first"),
        Case(
            file: "woven.avi", structure: .interlaced, order: .topFirst,
            treatment: .filter(.bwdif, order: .topFirst),
            note: "marked as progressive, but its pictures are interlaced, top field first"),
        Case(
            file: "woven.mkv", structure: .interlaced, order: .bottomFirst,
            treatment: .filter(.bwdif, order: .bottomFirst),
            note: "marked as progressive, but its pictures are interlaced, bottom field first"),
        Case(
            file: "marked-progressive.mpg", structure: .progressive, treatment: .keep,
            note: "marked as interlaced, but its pictures are not"),
        Case(
            file: "wrong-order.mpg", structure: .interlaced, order: .topFirst,
            treatment: .filter(.bwdif, order: .topFirst),
            note: "marked as bottom field first, but its pictures are interlaced, top field first"),
        Case(
            file: "telecined.mpg", structure: .telecined, order: .topFirst, treatment: .filter(.ivtc, order: .topFirst),
            note: "telecined film (2:3"),
        Case(
            file: "telecined.avi", structure: .telecined, order: .topFirst, treatment: .filter(.ivtc, order: .topFirst),
            note: "telecined film (2:3"),
        Case(
            file: "film-and-video.avi", structure: .filmAndVideo, order: .topFirst,
            treatment: .filter(.measured, order: nil), note: "partly telecined film"),
        Case(
            file: "partly-woven.mkv", structure: .partlyInterlaced, order: .topFirst,
            treatment: .filter(.measured, order: nil), note: "partly interlaced"),
        Case(
            file: "pal.dv", structure: .interlaced, order: .bottomFirst, treatment: asMarked,
            note: "interlaced, marked so, bottom field first"),
        Case(file: "soft-telecine.m2v", structure: .progressive, treatment: asMarked, note: nil),
        Case(file: "soft-telecine.mpg", structure: .progressive, treatment: asMarked, note: nil),
        Case(file: "soft-telecine.ts", structure: .progressive, treatment: asMarked, note: nil),
        // Too little moves there.
        Case(file: "xvid.avi", structure: .unknown, treatment: asMarked, note: nil),
    ]

    private func decoded(_ path: String) throws -> (frames: [Frame], facts: MediaFacts) {
        let source = try MediaSource(path: path)
        let decoder = try VideoDecoder(source)
        var frames: [Frame] = []
        while let packet = try source.read() {
            if packet.streamIndex == source.facts.video.index { try decoder.decode(packet) { frames.append($0) } }
        }
        try decoder.decode(nil) { frames.append($0) }
        return (frames, source.facts)
    }

    private func treated(_ frames: [Frame], _ finding: FieldFinding, _ video: VideoFacts) throws -> [Frame] {
        guard case .filter(let mode, let order) = finding.treatment else { return frames }
        let deinterlacer = try Deinterlacer(mode, video, order: order)
        var result: [Frame] = []
        for frame in frames { try deinterlacer.filter(frame) { result.append($0) } }
        try deinterlacer.filter(nil) { result.append($0) }
        return result
    }

    /// Mean difference of luma, in levels.
    private func difference(_ a: Frame, _ b: Frame) -> Double {
        let (a, b) = (a.planes[0], b.planes[0])
        var sum = 0
        a.withBytes { first in
            b.withBytes { second in
                for y in 0..<a.height {
                    for x in 0..<a.width {
                        sum += abs(
                            Int(first.load(fromByteOffset: y * a.stride + x, as: UInt8.self))
                                - Int(second.load(fromByteOffset: y * b.stride + x, as: UInt8.self)))
                    }
                }
            }
        }
        return Double(sum) / Double(a.width * a.height)
    }

    @Test("marks are held against the pictures, and the note says what is done", arguments: cases)
    func finding(given: Case) throws {
        let path = try GeneratedFile.named(given.file).make(in: folder)
        let (frames, facts) = try decoded(path)
        let finding = try #require(try FieldAnalysis.finding(for: facts))
        #expect(finding.counts.looked == frames.count, "a short file is looked at wholly")
        #expect(finding.structure == given.structure, "\(finding.counts)")
        #expect(finding.order == given.order, "\(finding.counts)")
        #expect(finding.treatment == given.treatment, "\(finding.counts)")
        #expect((finding.note == nil) == (given.note == nil), "\(finding.note ?? "")")
        if let note = given.note { #expect(finding.note?.contains(note) == true, "\(finding.note ?? "")") }
        #expect((finding.warning == nil) == [.progressive, .unknown].contains(given.structure))

        let result = try treated(frames, finding, facts.video)
        if case .filter(.ivtc, _) = finding.treatment {
            #expect(result.count == frames.count * 4 / 5)
            return
        }
        #expect(result.map(\.pts) == frames.map(\.pts) && result.map(\.duration) == frames.map(\.duration))
        if given.structure == .progressive {
            #expect(
                zip(result, frames).allSatisfy { zip($0.planes, $1.planes).allSatisfy { $0.storage === $1.storage } },
                "not even copied")
        } else if given.structure == .interlaced {
            #expect(result.allSatisfy { $0.fields == .progressive })
        }
    }

    @Test("film comes out of either kind of telecined file", arguments: ["telecined.mpg", "telecined.avi"])
    func film(name: String) throws {
        let (frames, facts) = try decoded(GeneratedFile.named(name).make(in: folder))
        let finding = try #require(try FieldAnalysis.finding(for: facts))
        let result = try treated(frames, finding, facts.video)
        let film = try decoded(
            Samples.make(
                "film.mkv", in: folder, source: GeneratedFile.pictures("24000/1001", seconds: 2),
                ["-pix_fmt", "yuv420p", "-c:v", "ffv1"])
        ).frames
        try #require(result.count == 48 && film.count == 48)
        for (index, pair) in zip(result, film).enumerated() {
            // Levels that coding loses; the next film frame differs by more than the limit, see below.
            #expect(difference(pair.0, pair.1) < 1.5, "frame \(index)")
        }
        #expect(difference(film[0], film[1]) > 1.5, "the limit tells one film frame from the next")
        let ticks = Double(facts.video.timeBase.denominator) / Double(facts.video.timeBase.numerator)
        for (index, frame) in result.enumerated() {
            // Half a source frame: AVI counts in frames, so film's times are rounded to them.
            #expect(
                abs(Double(frame.pts - result[0].pts) / ticks - Double(index) * 1001 / 24000) <= 1001.0 / 30000,
                "frame \(index)")
        }
    }

    @Test("frames that look whole stay bit for bit in a source of both kinds") func partly() throws {
        let (frames, facts) = try decoded(GeneratedFile.named("partly-woven.mkv").make(in: folder))
        let finding = try #require(try FieldAnalysis.finding(for: facts))
        let result = try treated(frames, finding, facts.video)
        let isSame = zip(result, frames).map { $0.planes[0].storage === $1.planes[0].storage }
        // 30 frames of each kind; beside the cut, and where little moves, looks may err.
        #expect(isSame.prefix(30).filter { $0 }.count >= 28)
        #expect(isSame.dropFirst(30).filter { !$0 }.count >= 28)
    }

    @Test("the earlier field's picture is kept, by what is found", arguments: ["tff", "bff"], [false, true])
    func order(scan: String, isMarkedWrongly: Bool) throws {
        // A bar of 16 columns that moves two columns a field.
        let mark = isMarkedWrongly ? (scan == "tff" ? "bff" : "tff") : "prog"
        let path = try Samples.make(
            "bar.mkv", in: folder,
            source: "color=gray:s=192x64:r=50:d=1.2,format=gray,geq=lum='16+200*between(X-2*N\\,0\\,15)'",
            [
                "-vf", "interlace=lowpass=off:scan=\(scan),setfield=\(mark),format=yuv420p", "-c:v", "mpeg2video",
                "-q:v", "2", "-flags", "+ildct+ilme",
            ])
        let (frames, facts) = try decoded(path)
        let finding = try #require(try FieldAnalysis.finding(for: facts))
        #expect(finding.order == (scan == "tff" ? .topFirst : .bottomFirst))
        let result = try treated(frames, finding, facts.video)
        #expect(result.count == 30)
        for (index, frame) in result.enumerated() {
            let plane = frame.planes[0]
            var (weight, sum) = (0, 0)
            plane.withBytes { bytes in
                for y in 0..<plane.height {
                    for x in 0..<plane.width
                    where bytes.load(fromByteOffset: y * plane.stride + x, as: UInt8.self) > 116 {
                        weight += 1
                        sum += x
                    }
                }
            }
            let middle = Double(sum) / Double(max(1, weight))
            // A column: the later field's bar is two further.
            #expect(abs(middle - (Double(4 * index) + 7.5)) < 1, "frame \(index) at \(middle)")
        }
    }

    @Test("only an excerpt's own pictures count") func excerpt() throws {
        let (_, facts) = try decoded(GeneratedFile.named("partly-woven.mkv").make(in: folder))
        for (start, end, structure) in [
            (0.0, 1.0, FieldFinding.Structure.progressive), (1.4, 2.4, .interlaced), (0, nil, .partlyInterlaced),
        ] as [(Double, Double?, FieldFinding.Structure)] {
            let finding = try #require(try FieldAnalysis.finding(for: facts, start: start, end: end))
            #expect(finding.structure == structure, "\(start) to \(String(describing: end)): \(finding.counts)")
            #expect(finding.counts.looked == (end.map { Int((($0 - start) * 25).rounded()) } ?? 60))
        }
    }

    @Test("a long file is looked at in eight places, a second each") func places() throws {
        let path = try Samples.make(
            "long.mkv", in: folder, source: "smptebars=s=64x48:r=25:d=40,scroll=horizontal=0.02",
            ["-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-g", "50", "-bf", "2"])
        let facts = try MediaSource(path: path).facts
        let finding = try #require(try FieldAnalysis.finding(for: facts))
        #expect(finding.counts.looked == 240 && finding.structure == .progressive)
    }

    @Test("what has no fields, or cannot be read twice, is not looked at") func skipped() throws {
        for source in ["testsrc2=s=64x14:r=25:d=0.4", "testsrc2=s=64x48:r=50:d=0.4", "testsrc2=s=14x48:r=25:d=0.4"] {
            let facts = try MediaSource(path: Samples.make("in.mkv", in: folder, source: source, ["-c:v", "ffv1"]))
                .facts
            #expect(try FieldAnalysis.finding(for: facts) == nil, "\(source)")
        }
        var facts = try MediaSource(path: GeneratedFile.named("woven.mkv").make(in: folder)).facts
        facts.isSeekable = false
        #expect(try FieldAnalysis.finding(for: facts) == nil)
    }

    @Test("pictures of more than 8 bits, and grey ones", arguments: ["yuv422p10le", "gray", "gray10le", "yuv420p16le"])
    func depths(format: String) throws {
        let path = try Samples.make(
            "in.mkv", in: folder, source: GeneratedFile.pictures("50", seconds: 1.2),
            [
                "-vf", "interlace=lowpass=off,setfield=prog,format=\(format)", "-c:v", "ffv1", "-field_order",
                "progressive",
            ])
        let finding = try #require(try FieldAnalysis.finding(for: MediaSource(path: path).facts))
        #expect(finding.structure == .interlaced && finding.order == .topFirst, "\(finding.counts)")
    }

    @Test("cancelling ends the looking") func cancelled() throws {
        let facts = try MediaSource(path: GeneratedFile.named("woven.mkv").make(in: folder)).facts
        let error = #expect(throws: MediaError.self) {
            try FieldAnalysis.finding(for: facts, isCancelled: { true })
        }
        #expect(error?.category == .cancelled)
    }
}
