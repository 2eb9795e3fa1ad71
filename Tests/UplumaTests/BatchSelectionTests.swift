import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Which files a batch takes by their names and by what opening them told.
@Suite struct BatchSelectionTests {
    @Test("the endings are lower case, sorted, and each there once")
    func endings() {
        #expect(VideoFileNames.endings == Set(VideoFileNames.endings.map { $0.lowercased() }).sorted())
        for ending in ["avi", "divx", "vob", "rmvb", "wmv", "m2ts", "dv", "y4m"] {
            #expect(VideoFileNames.isVideo("film." + ending) && VideoFileNames.isVideo("FILM." + ending.uppercased()))
        }
        for name in ["notes.txt", "film", "avi", ".avi", "film.avi.part", "cover.jpg", "sound.mp3"] {
            #expect(!VideoFileNames.isVideo(name), "\(name)")
        }
    }

    @Test(
        "a name's ending is told from a dot in it",
        arguments: [
            ("a.avi", "a", "avi"), ("a.b.MPG", "a.b", "MPG"), ("Mr. Smith", "Mr. Smith", nil),
            ("Part 1.2", "Part 1.2", nil),
            ("a.x7", "a", "x7"), (".avi", ".avi", nil), ("...avi", "..", "avi"), ("a.", "a.", nil),
            ("a.longer", "a.longer", nil), ("a.YUV4MPEG", "a", "YUV4MPEG"),
        ] as [(String, String, String?)])
    func parts(name: String, stem: String, ending: String?) {
        let parts = VideoFileNames.parts(of: name)
        #expect(parts.stem == stem && parts.ending == ending)
    }

    @Test(
        "sizes: below is smaller both ways, whichever way up",
        arguments: [
            ("720p", 720, 576, true), ("720p", 1280, 720, false), ("720p", 1280, 536, false), ("720p", 960, 720, false),
            ("720p", 576, 1024, true), ("720p", 720, 1280, false), ("1080p", 1440, 1080, false),
            ("1080", 1280, 720, true),
            ("480p", 848, 352, false), ("480p", 352, 288, true), ("480i", 720, 480, false), ("576P", 720, 480, true),
            ("1280x720", 1279, 719, true), ("1280x720", 1280, 536, false), ("720x1280", 1279, 719, true),
            ("2160p", 1920, 1080, true), ("2160p", 3840, 1600, false),
        ])
    func limits(text: String, width: Int, height: Int, isBelow: Bool) throws {
        let limit = try #require(PictureSizeLimit(text))
        #expect(limit.isAbove(width: width, height: height) == isBelow)
        #expect(limit.description == text)
        let copy = try JSONDecoder().decode(PictureSizeLimit.self, from: JSONEncoder().encode(limit))
        #expect(copy == limit)
    }

    @Test(
        "texts that are no size",
        arguments: ["", "p", "720q", "-720", "0", "0x5", "1x", "x1", "1x2x3", "99999", "7 20", "+5"])
    func noLimits(text: String) { #expect(PictureSizeLimit(text) == nil) }

    @Test("what opening a file told leaves it out, with the reason")
    func refusals() throws {
        var selection = BatchSelection(inputs: ["x"])
        func reason(_ codec: String, _ width: Int, _ height: Int, _ seconds: Double?) throws -> String? {
            try selection.refusal(codec: codec, width: width, height: height, seconds: seconds)
        }
        #expect(try reason("h264", 1920, 1080, 1) == nil)
        selection.below = PictureSizeLimit("720p")
        #expect(try reason("h264", 1920, 1080, 1) == "Its pictures are 1920×1080, and --below 720p takes smaller ones.")
        #expect(try reason("mpeg4", 640, 480, nil) == nil)
        selection.atLeast = PictureSizeLimit("480p")
        #expect(try reason("mpeg4", 320, 240, 1)?.contains("--at-least 480p") == true)
        selection.codecs = ["xvid", "WMV*", "h.264"]
        #expect(try reason("mpeg4", 640, 480, 1) == nil && reason("wmv3", 640, 480, 1) == nil)
        #expect(try reason("h264", 640, 480, 1) == nil)
        #expect(try reason("hevc", 640, 480, 1) == "Its codec is hevc, and --codec takes xvid, WMV*, h.264.")
        selection.notCodecs = ["wmv"]
        #expect(try reason("wmv3", 640, 480, 1) == "Its codec is wmv3, which --not-codec leaves out.")
        (selection.minimumSeconds, selection.maximumSeconds) = (60, 3600)
        #expect(try reason("mpeg4", 640, 480, 59.5) == "It is 59.5 s long, and --shortest takes 60 s and more.")
        #expect(try reason("mpeg4", 640, 480, 3601) == "It is 3601 s long, and --longest takes 3600 s at most.")
        #expect(try reason("mpeg4", 640, 480, nil) == nil && reason("mpeg4", 640, 480, 60) == nil)
        try selection.check()
    }

    @Test("options that cannot go together, or are none, are told before the walk")
    func mistakes() {
        func change(_ body: (inout BatchSelection) -> Void) -> UplumaError? {
            var selection = BatchSelection(inputs: ["x"])
            body(&selection)
            return #expect(throws: UplumaError.self) { try selection.check() }
        }
        #expect(change { $0.includes = ["[a"] }?.message.contains("--include") == true)
        #expect(change { $0.excludes = [""] }?.message.contains("--exclude") == true)
        #expect(change { $0.codecs = ["{a,"] }?.message.contains("--codec") == true)
        #expect(change { $0.nameTemplate = "{title}" }?.message.contains("{number}") == true)
        #expect(change { $0.nameTemplate = "{name}.2x" }?.kind == .usage)
        #expect(
            change { ($0.below, $0.atLeast) = (PictureSizeLimit("480p"), PictureSizeLimit("720p")) }?.kind == .usage)
        #expect(change { ($0.minimumSeconds, $0.maximumSeconds) = (2, 1) }?.kind == .usage)
    }

    @Test("a selection outlives the ledger")
    func coding() throws {
        var selection = BatchSelection(inputs: ["a b", "c\nd"])
        selection.below = PictureSizeLimit("720p")
        selection.nameTemplate = "{name} {scale}x.mp4"
        #expect(try JSONDecoder().decode(BatchSelection.self, from: JSONEncoder().encode(selection)) == selection)
    }
}
