import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

struct SceneSearchTests {
    private func candidate(_ seconds: Double, detail: Double, _ signature: Float...) -> SceneSearch.Candidate {
        SceneSearch.Candidate(seconds: seconds, detail: detail, signature: signature)
    }

    @Test("the most detailed comes first, then the farthest; what has little detail is left out") func choice() {
        let candidates = [
            candidate(0, detail: 0.1, 255), candidate(1, detail: 8, 10), candidate(2, detail: 9, 12),
            candidate(3, detail: 8, 100), candidate(4, detail: 7, 60),
        ]
        #expect(SceneSearch.pick(1, of: candidates) == [2])
        #expect(SceneSearch.pick(2, of: candidates) == [2, 3])
        #expect(SceneSearch.pick(3, of: candidates) == [2, 3, 4])
        // Black is never among them, however many are asked for.
        #expect(Set(SceneSearch.pick(9, of: candidates)) == [1, 2, 3, 4])
    }

    @Test("detail and means are those of the samples, at every depth", arguments: [8, 10, 16])
    func measures(depth: Int) throws {
        let (width, height) = (33, 25)
        let step = 1 << (depth - 8)
        let format = PictureFormat(chroma: .gray, bitDepth: depth)
        func frame(_ code: (Int, Int) -> Int) -> Frame {
            let plane = Plane(width: width, height: height, sample: format.sample)
            plane.withBytes { base in
                for y in 0..<height {
                    for x in 0..<width {
                        let row = base + y * plane.stride
                        if depth == 8 {
                            row.storeBytes(of: UInt8(code(x, y)), toByteOffset: x, as: UInt8.self)
                        } else {
                            row.storeBytes(of: UInt16(code(x, y) * step), toByteOffset: 2 * x, as: UInt16.self)
                        }
                    }
                }
            }
            return Frame(format: format, width: width, height: height, planes: [plane])
        }
        let flat = SceneSearch.candidate(frame { _, _ in 77 }, 1)
        #expect(flat.detail == 0 && flat.signature.allSatisfy { abs($0 - 77) < 1e-3 })
        // A ramp of 2 to the right and 1 downwards: (2 + 1) / 2.
        let ramp = SceneSearch.candidate(frame { 2 * $0 + $1 }, 2)
        #expect(abs(ramp.detail - 1.5) < 1e-9)
        let first = try #require(ramp.signature.first)
        let last = try #require(ramp.signature.last)
        #expect(first < 10 && last > 75)
    }

    @Test("of a film of three scenes, three frames are one of each") func film() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("scenes.mp4")
        // Three pictures of two seconds each, between them black.
        let scenes = ["testsrc2", "smptebars", "mandelbrot"].map { "\($0)=s=160x128:r=25,trim=duration=2" }
        let black = "color=black:s=160x128:r=25,trim=duration=1"
        let all = [black] + scenes.flatMap { [$0, black] }
        let graph =
            all.enumerated().map { "\($1),setsar=1,format=yuv420p[s\($0)]" }.joined(separator: ";") + ";"
            + all.indices.map { "[s\($0)]" }.joined() + "concat=n=\(all.count)"
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", graph, "-c:v", "libx264", "-g", "10", path])
        let plan = try UpscalePlan(
            UpscaleOptions(input: path, output: "out.mkv"), report: { _ in }, isCancelled: { false })
        let times = try SceneSearch.times(
            3, FrameSeeker(plan, notes: { _ in }, isCancelled: { false }))
        #expect(times.map { Int($0 / 3) } == [0, 1, 2], "\(times)")
        #expect(times.allSatisfy { $0.truncatingRemainder(dividingBy: 3) >= 0.9 }, "none of the black ones: \(times)")
    }
}
