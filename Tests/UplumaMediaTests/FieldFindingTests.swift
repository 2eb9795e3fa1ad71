import Testing
import UplumaFrames

@testable import UplumaMedia

/// Decisions about fields, as pure functions of what was counted.
@Suite struct FieldFindingTests {
    @Test(
        "a look is judged by how the rows fit each other and the neighbours'",
        arguments: [
            // Nothing moves: 2 % is coding noise.
            (100.0, 102.0, 101.0, FieldLook()),
            // The neighbours' fields are a whole frame away, its own at no distance.
            (100, 200, 200, FieldLook(.progressive)),
            // The same, one neighbour moving a little faster.
            (100, 200, 190, FieldLook(.progressive)),
            // A whole frame beside one that shares a field with it; idet alone takes it for interlaced.
            (100, 200, 150, FieldLook(isUnclear: true)),
            // Motion in a picture without detail, below what coding can make.
            (0, 0.015, 0.01, FieldLook()),
            // Fields half a frame from each other and from one neighbour, 1.5 frames from the other.
            (120, 160, 121, FieldLook(.topFirst)),
            (120, 121, 160, FieldLook(.bottomFirst)),
            // Fields of two pictures that lie whole in the neighbours.
            (180, 220, 100, FieldLook(.topFirst, isWoven: true)),
            (180, 100, 220, FieldLook(.bottomFirst, isWoven: true)),
        ])
    func look(own: Double, topFirst: Double, bottomFirst: Double, expected: FieldLook) {
        #expect(FieldLook(own: own, topFirst: topFirst, bottomFirst: bottomFirst) == expected)
    }

    /// Frames by letters: `p` progressive, `t` and `b` interlaced, `T` and `B` woven, `u` unclear, `.` nothing to see.
    private func samples(_ letters: String, mark: FieldStructure = .progressive, repeats: Bool = false) -> [FieldSample]
    {
        letters.map { letter in
            let look: FieldLook =
                switch letter {
                case "p": FieldLook(.progressive)
                case "t": FieldLook(.topFirst)
                case "b": FieldLook(.bottomFirst)
                case "T": FieldLook(.topFirst, isWoven: true)
                case "B": FieldLook(.bottomFirst, isWoven: true)
                case "u": FieldLook(isUnclear: true)
                default: FieldLook()
                }
            return FieldSample(mark: mark, repeatsField: repeats, look: look)
        }
    }

    private func repeated(_ letters: String, _ times: Int) -> String {
        (0..<times).map { _ in letters }.joined()
    }

    @Test("three cycles of two woven frames in five are film, nothing less") func cadence() {
        let film = { (letters: String) in FilmCadence.film(in: samples(letters)).filter { $0 }.count }
        #expect(film("pTTpp" + "pTTpp" + "pTTpp") == 15)
        #expect(film("pTTpp" + "p.Tpp" + "pTTpp") == 15, "one is hidden")
        #expect(film("pTTpp" + "p..pp" + "pTTpp") == 0)
        #expect(film("pTTpp" + "pTTpT" + "pTTpp") == 15, "one is astray")
        #expect(film("TTTTTTTTTTTTTTT") == 0, "fields of shifted film: all frames are woven")
        #expect(film("pTTpppTTpp") == 0, "too short")
        // Up to four frames before the cut fit the pattern by chance.
        #expect((20...24).contains(film(repeated("t", 15) + repeated("pTTpp", 4))), "from the cut on")
        #expect(film("pttpp" + "pTtpp" + "ptTpp") == 0, "what is combed is not yet woven")
    }

    @Test("a run is cut into places of a second, the last one longer by up to half")
    func places() {
        for (count, expected) in [(0, []), (10, [10]), (44, [44]), (45, [30, 15]), (100, [30, 30, 40])] {
            let places = FieldCounts.places(of: samples(repeated("p", count)), length: 30)
            #expect(places.map(\.looked) == expected, "\(count) frames")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Letters of each run with its mark.
        let runs: [(String, FieldStructure)]
        var rate = Rational(25, 1)
        var repeats = false
        var takesFieldMatching = true
        let structure: FieldFinding.Structure
        var order = FieldStructure.unknown
        let treatment: FieldFinding.Treatment
        var testDescription: String { name }
    }

    private static let (p, t, b) = (
        String(repeating: "p", count: 30), String(repeating: "t", count: 30), String(repeating: "b", count: 30)
    )
    private static let film = String(repeating: "pTTpp", count: 6)
    private static let ntsc = Rational(30000, 1001)
    private static let asMarked = FieldFinding.Treatment.filter(.auto, order: nil)

    static let cases: [Case] = [
        Case(name: "nothing was looked at", runs: [], structure: .unknown, treatment: asMarked),
        Case(
            name: "nothing moves", runs: [(String(repeating: ".", count: 30), .topFirst)], structure: .unknown,
            treatment: asMarked),
        Case(
            name: "progressive and so marked", runs: [(p, .progressive)], structure: .progressive, treatment: asMarked),
        Case(
            name: "progressive, marked as interlaced", runs: [(p, .topFirst)], structure: .progressive, treatment: .keep
        ),
        Case(
            name: "too little seen to contradict a mark", runs: [("pppppppp......", .topFirst)],
            structure: .progressive, treatment: asMarked),
        Case(
            name: "a few frames that look wrong",
            runs: [("tttttbbbbb" + String(repeating: "p", count: 20), .progressive)],
            structure: .progressive, treatment: asMarked),
        Case(
            name: "what moves fits neither", runs: [(String(repeating: "uuut", count: 8), .progressive)],
            structure: .unknown, treatment: asMarked),
        Case(
            name: "interlaced and so marked", runs: [(t, .topFirst), (t, .topFirst)], structure: .interlaced,
            order: .topFirst, treatment: asMarked),
        Case(
            name: "interlaced, unmarked", runs: [(b, .progressive)], structure: .interlaced, order: .bottomFirst,
            treatment: .filter(.bwdif, order: .bottomFirst)),
        Case(
            name: "marked with the wrong order", runs: [(t, .bottomFirst)], structure: .interlaced, order: .topFirst,
            treatment: .filter(.bwdif, order: .topFirst)),
        Case(
            name: "now one order, now the other, unmarked", runs: [(t, .progressive), (b, .progressive)],
            structure: .interlaced, treatment: .filter(.measured, order: nil)),
        Case(
            name: "now one order, now the other, marked", runs: [(t, .topFirst), (b, .bottomFirst)],
            structure: .interlaced, treatment: asMarked),
        Case(
            name: "some scenes interlaced, unmarked", runs: [(p, .progressive), (t, .progressive)],
            structure: .partlyInterlaced, order: .topFirst, treatment: .filter(.measured, order: nil)),
        Case(
            name: "some scenes interlaced, and only those marked", runs: [(p, .progressive), (t, .topFirst)],
            structure: .partlyInterlaced, order: .topFirst, treatment: asMarked),
        Case(
            name: "some scenes interlaced, all marked", runs: [(p, .topFirst), (t, .topFirst)],
            structure: .partlyInterlaced, order: .topFirst, treatment: asMarked),
        Case(
            name: "telecined, marked", runs: [(film, .topFirst)], rate: ntsc, structure: .telecined, order: .topFirst,
            treatment: .filter(.ivtc, order: .topFirst)),
        Case(
            name: "telecined, unmarked", runs: [(film, .progressive), (film, .progressive)], rate: ntsc,
            structure: .telecined, order: .topFirst, treatment: .filter(.ivtc, order: .topFirst)),
        Case(
            name: "telecined at a depth that field matching does not take", runs: [(film, .progressive)], rate: ntsc,
            takesFieldMatching: false, structure: .telecined, order: .topFirst,
            treatment: .filter(.bwdif, order: .topFirst)),
        Case(
            name: "the pattern at another rate", runs: [(film, .progressive)], structure: .filmAndVideo,
            order: .topFirst, treatment: .filter(.measured, order: nil)),
        Case(
            name: "the pattern where fields are repeated by flags, too", runs: [(film, .topFirst)], rate: ntsc,
            repeats: true, structure: .filmAndVideo, order: .topFirst, treatment: asMarked),
        Case(
            name: "film, and film with too little motion to show the pattern",
            runs: [(film, .topFirst), (String(repeating: "p.t..", count: 6), .topFirst)], rate: ntsc,
            structure: .telecined, order: .topFirst, treatment: .filter(.ivtc, order: .topFirst)),
        Case(
            name: "film, and whole pictures at the rate of video", runs: [(film, .progressive), (p, .progressive)],
            rate: ntsc, structure: .filmAndVideo, order: .topFirst, treatment: .filter(.measured, order: nil)),
        Case(
            name: "film and video, unmarked", runs: [(film, .progressive), (t, .progressive)], rate: ntsc,
            structure: .filmAndVideo, order: .topFirst, treatment: .filter(.measured, order: nil)),
        Case(
            name: "film and video, marked", runs: [(film, .topFirst), (t, .topFirst)], rate: ntsc,
            structure: .filmAndVideo, order: .topFirst, treatment: asMarked),
    ]

    @Test("counts decide", arguments: cases) func finding(given: Case) {
        let places = given.runs.flatMap {
            FieldCounts.places(
                of: samples($0.0, mark: $0.1, repeats: given.repeats), length: FieldAnalysis.placeLength)
        }
        let finding = FieldFinding(
            places: places, frameRate: given.rate, takesFieldMatching: given.takesFieldMatching)
        #expect(finding.structure == given.structure)
        #expect(finding.order == given.order)
        #expect(finding.treatment == given.treatment)
        let isSilent = given.structure == .unknown || given.structure == .progressive && given.treatment != .keep
        #expect((finding.note == nil) == isSilent)
        #expect(finding.note?.contains("\(finding.counts.looked) frames looked at") ?? true)
        #expect(finding.note.map { $0.contains("bwdif") || $0.contains("23.976") } ?? true, "what is done is said")
    }
}
