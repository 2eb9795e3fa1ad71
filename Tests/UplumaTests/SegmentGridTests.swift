import Testing
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Segments cover the clock without gaps, whatever its ticks and wherever it begins.
struct SegmentGridTests {
    @Test(
        "each time stamp lies in one segment, and each segment begins at its own start",
        arguments: [("mp4", "25"), ("mkv", "30000/1001"), ("ts", "24000/1001"), ("avi", "12.5")])
    func places(container: String, rate: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("in.\(container)")
        try FFmpegTool.ffmpeg(
            ["-itsoffset", "3", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=\(rate):d=2", "-c:v", "mpeg4", path])
        let source = try MediaSource(path: path)
        let grid = SegmentGrid(source)
        for segment in [0, 1, 2, 7, 360, 12345] {
            let start = grid.start(of: segment)
            #expect(grid.segment(of: start) == segment)
            #expect(grid.segment(of: start - 1) == max(0, segment - 1))
            #expect(grid.segment(of: grid.start(of: segment + 1) - 1) == segment)
            let seconds =
                Double(start) * source.facts.video.timeBase.doubleValue
                - Double(source.facts.startMicroseconds) / 1_000_000
            // A tick is the most that rounding costs.
            #expect(abs(seconds - Double(segment * SegmentGrid.seconds)) <= source.facts.video.timeBase.doubleValue)
        }
        #expect(grid.segment(of: grid.start(of: 0) - 1_000_000) == 0)
    }
}
