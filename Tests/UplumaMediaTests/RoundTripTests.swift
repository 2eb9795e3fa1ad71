import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct RoundTripTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test("a film with all kinds of streams comes out whole", arguments: ["mkv", "mp4"])
    func everything(kind: String) throws {
        let film = try Samples.film(kind, in: folder)
        let result = folder.file("out.\(kind)")
        let run = Transcoding(settings: EncoderSettings(name: "libx264", options: ["qp": "0"]))
        let frames = try run.run(film, result)

        #expect(frames == 30)
        #expect(try Probe.copiedHashes(result) == Probe.copiedHashes(film))
        #expect(try Probe.streams(result) == Probe.streams(film))
        #expect(try Probe.chapters(result) == Probe.chapters(film))
        #expect(try Probe.videoTimes(result) == Probe.videoTimes(film))
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(film))
        #expect(run.notes.all == [])
    }
}
