import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// The chunks of a file hold its frames, each once and as a run from the beginning makes them, in whatever order they are
/// made.
struct ChunkSourceTests {
    @Test("every generated file, in four chunks, the last first", arguments: GeneratedFile.all)
    func generated(_ file: GeneratedFile) throws {
        let folder = try TemporaryDirectory()
        try check(try file.make(in: folder))
    }

    @Test("files of several groups of pictures, in every container", arguments: SearchedFile.all)
    func searched(_ file: SearchedFile) throws {
        let folder = try TemporaryDirectory()
        try check(try file.make(in: folder))
    }

    private func check(_ path: String) throws {
        var options = UpscaleOptions(input: path, output: "result.mkv")
        options.incompatibleStreams = .drop
        func source() throws -> ChunkSource {
            let plan = try UpscalePlan(options, report: { _ in }, isCancelled: { false })
            return ChunkSource(plan, notes: RunNotes(tell: { _ in }), isCancelled: { false })
        }
        let first = try source()
        let whole = try WholeRun(path, first.plan.fields).frames
        try #require(!whole.isEmpty, "\(path) has frames")
        // Places between frames and on them.
        let places = Set([1, 2, 3].map { whole[$0 * whole.count / 4].pts + ($0 == 2 ? 1 : 0) }).sorted()
        let chunks = zip([nil] + places.map(Optional.some), places.map(Optional.some) + [nil])
        for (order, made) in [
            ("one after the other", try frames(Array(chunks), of: first)),
            ("the last first", try frames(chunks.reversed(), of: source()).sorted { $0.pts < $1.pts }),
        ] {
            #expect(made.map(\.pts) == whole.map(\.pts), "\(order): the times")
            let different = zip(made, whole).filter { $0.digest != $1.digest || $0.condition != $1.condition }
            #expect(different.isEmpty, "\(order): frames at \(different.map(\.1.pts)) of \(whole.map(\.pts))")
        }
    }

    /// The frames of chunks, in the order that they are made in.
    private func frames(_ chunks: [(Int64?, Int64?)], of source: ChunkSource) throws -> [WholeRun.Entry] {
        var entries: [WholeRun.Entry] = []
        for (start, end) in chunks {
            try source.go(to: start)
            while let frame = try source.next() {
                if let start, frame.pts < start { continue }
                if let end, frame.pts >= end {
                    source.giveBack(frame, next: end)
                    break
                }
                entries.append(
                    WholeRun.Entry(pts: frame.pts, condition: frame.condition, digest: WholeRun.digest(frame)))
            }
        }
        return entries
    }
}
