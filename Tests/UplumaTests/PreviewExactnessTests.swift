import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// What a preview shows is what the job hands to its encoder: the same frame of a whole run into a lossless file has the same
/// samples, bit for bit.
struct PreviewExactnessTests {
    struct Case: Sendable, CustomStringConvertible {
        let file: String
        var scale = 2
        var downscaler: String?
        var model = "sp-vdsr"
        var description: String { "\(file), \(model) ×\(scale)\(downscaler.map { ", \($0)" } ?? "")" }
    }

    static let cases =
        [
            "plain.mp4", "variable.mkv", "late.ts", "ntsc.avi", "packed.avi", "cut-by-edit.mp4", "top-first.mpg",
            "woven.mkv", "telecined.mpg", "film-and-video.avi", "soft-telecine.ts", "disc.mpg", "web.webm",
        ].map { Case(file: $0) } + [
            Case(file: "plain.mp4", scale: 4, model: "lanczos3"), Case(file: "plain.mp4", downscaler: "car-2x"),
            Case(file: "plain.mp4", scale: 3, model: "auto"), Case(file: "plain.mp4", model: "dair-light"),
        ]

    @Test("a previewed frame is frame N of the whole run", arguments: cases) func exact(_ test: Case) throws {
        let folder = try TemporaryDirectory()
        let input = try GeneratedFile.named(test.file).make(in: folder)
        var preview = PreviewOptions(input: input, output: folder.file("preview.png"))
        preview.job.scale = test.scale
        preview.job.downscaler = test.downscaler
        preview.models = [test.model]
        var job = preview.job
        job.model = test.model
        job.output = folder.file("whole.mkv")
        job.encoder.name = "ffv1"
        // What libx264 takes is what the preview's job makes.
        job.incompatibleStreams = .drop
        let summary = try UpscaleJob(job).run { _ in }
        let whole = try decoded(job.output)
        try #require(whole.count == summary.frames && whole.count > 2)
        let numbers = [0, whole.count / 2, whole.count - 1]
        preview.moments = .frames(numbers)
        var shown: [PreviewedMoment] = []
        try PreviewWork(preview, report: { _ in }, isCancelled: { false }).forEachMoment { shown.append($0) }
        try #require(shown.map(\.frameNumber) == numbers)
        for (moment, number) in zip(shown, numbers) {
            let picture = try #require(moment.pictures.last)
            try #require(picture.frame.format == whole[number].format)
            for (own, other) in zip(picture.frame.planes, whole[number].planes) {
                let comparison = PlaneComparison(own, other)
                #expect(comparison.isBitEqual, "frame \(number): \(comparison)")
            }
        }
    }

    private func decoded(_ path: String) throws -> [Frame] {
        let source = try MediaSource(path: path)
        let decoder = try VideoDecoder(source)
        var frames: [Frame] = []
        while let packet = try source.read() {
            if packet.streamIndex == source.facts.video.index { try decoder.decode(packet) { frames.append($0) } }
        }
        try decoder.decode(nil) { frames.append($0) }
        return frames
    }
}
