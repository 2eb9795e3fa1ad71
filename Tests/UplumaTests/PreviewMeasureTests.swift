import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

struct PreviewMeasureTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func moments(_ options: PreviewOptions) throws -> [PreviewedMoment] {
        var shown: [PreviewedMoment] = []
        try PreviewWork(options, report: { _ in }, isCancelled: { false }).forEachMoment { shown.append($0) }
        return shown
    }

    /// A film of `source`, a filter of FFmpeg, coded losslessly.
    private func film(_ name: String, _ source: String, _ more: [String] = []) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", source, "-c:v", "ffv1", "-pix_fmt", "yuv420p"] + more + [path])
        return path
    }

    @Test("what repeats samples says what its source says; what smooths them says less") func selfConsistency() throws {
        var options = PreviewOptions(
            input: try film("in.mkv", "color=gray:s=64x48:r=25:d=0.2"), output: folder.file("out.png"))
        options.models = ["bilinear"]
        options.moments = .frames([1])
        let flat = try #require(moments(options).first)
        // A flat picture is kept by every filter.
        #expect(flat.pictures.allSatisfy { $0.quality.selfConsistencyPsnrY == .infinity })
        options.job.input = try film("noise.mkv", "testsrc2=s=64x48:r=25:d=0.2,noise=alls=40:all_seed=7")
        let noisy = try #require(moments(options).first?.pictures)
        let (sharp, soft) = (noisy[0].quality.selfConsistencyPsnrY, noisy[1].quality.selfConsistencyPsnrY)
        #expect(try #require(sharp) > #require(soft) + 3, "bilinear loses what lanczos3 keeps")
    }

    @Test("a reference is a film's frame of the same time, or a picture; equal ones are exact") func reference() throws
    {
        let input = try film("in.mkv", "testsrc2=s=64x48:r=25:d=0.4,gblur=1")
        var job = UpscaleOptions(input: input, output: folder.file("large.mkv"))
        job.model = "mitchell"
        job.encoder.name = "ffv1"
        _ = try UpscaleJob(job).run { _ in }
        var options = PreviewOptions(input: input, output: folder.file("out.png"))
        options.models = ["mitchell"]
        options.moments = .frames([0, 4, 9])
        options.reference = job.output
        for moment in try moments(options) {
            #expect(moment.pictures[1].quality.psnrY == .infinity)
            #expect(abs(try #require(moment.pictures[1].quality.ssimY) - 1) < 1e-12, "double precision")
            #expect(try #require(moment.pictures[0].quality.psnrY).isFinite, "lanczos3 is another picture")
        }
        // The same frame as RGB: rounded to codes of red, green and blue, so no longer exact, but by less than a code.
        let still = folder.file("frame.png")
        try FFmpegTool.ffmpeg([
            "-i", job.output, "-vf", "select=eq(n\\,4),scale=in_color_matrix=bt601:flags=accurate_rnd+full_chroma_int",
            "-frames:v", "1", "-pix_fmt", "rgb24", still,
        ])
        options.moments = .frames([4])
        options.reference = still
        let one = try #require(moments(options).first)
        #expect(
            try #require(one.pictures[1].quality.psnrY) > 40, "half a code each is 54 dB; clipped colours cost more")
        options.moments = .frames([3, 4])
        #expect { try moments(options) } throws: { ($0 as? UplumaError)?.kind == .usage }
        options.moments = .frames([4])
        options.reference = input
        #expect { try moments(options) } throws: { error in
            guard let error = error as? UplumaError else { return false }
            return error.kind == .usage && error.message.contains("64×48") && error.message.contains("128×96")
        }
    }

    @Test(
        "an encoded version is what the encoder leaves: all of it, or less",
        arguments: ["ffv1", "libx264", "libvpx-vp9"])
    func encoded(encoder: String) throws {
        let input = try film("in.mkv", "testsrc2=s=64x48:r=25:d=2,noise=alls=20:all_seed=3")
        var options = PreviewOptions(input: input, output: folder.file("out.png"))
        options.models = ["catmullrom"]
        options.moments = .frames([0, 30, 49])
        options.encodes = true
        options.job.encoder.name = encoder
        options.job.encoder.crf = encoder == "ffv1" ? nil : 45
        for moment in try moments(options) {
            #expect(moment.pictures.map(\.version.kind) == [.baseline, .model, .encoded])
            let (before, after) = (moment.pictures[1], moment.pictures[2])
            #expect(after.version.label.contains(encoder) && after.frame.pts == before.frame.pts)
            let left = try #require(after.quality.encodedPsnrY)
            if encoder == "ffv1" {
                #expect(left == .infinity && after.picture == before.picture)
            } else {
                // Strongly coded noise: something is lost, and it still is this frame and no other.
                #expect(left < 45 && left > 18, "frame \(moment.frameNumber ?? -1): \(left) dB")
            }
        }
    }
}
