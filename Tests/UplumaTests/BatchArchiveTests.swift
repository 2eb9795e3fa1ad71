import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma
@testable import UplumaMedia

/// What archive mode sets, and what is made beside a result.
@Suite struct BatchArchiveTests {
    private static func options(_ change: (inout UpscaleOptions) -> Void = { _ in }) -> UpscaleOptions {
        var options = UpscaleOptions(input: "in.avi", output: "out.mkv")
        change(&options)
        return options
    }

    @Test(
        "options that ask for something else are told in a sentence",
        arguments: [
            (options { $0.encoder.name = "libx264" }, "libx264"), (options { $0.encoder.crf = 12 }, "--crf"),
            (options { $0.encoder.preset = "slow" }, "--encoder-preset"),
            (options { $0.encoder.options = ["level": "1"] }, "level to be 3"),
            (options { $0.encoder.options = ["slicecrc": "0"] }, "slicecrc to be 1"),
            (options { $0.encoder.options = ["slices": "2"] }, "slices to be at least 4"),
            (options { $0.pixelFormat = "gray14le" }, "gray14le"),
            (options { $0.pixelFormat = "nonsense" }, "nonsense"),
            (options { $0.output = "a.b/out.mp4" }, ".mp4"),
        ])
    func contradictions(asked: UpscaleOptions, named: String) throws {
        var options = asked
        let error = #expect(throws: UplumaError.self) { try ArchiveSettings.apply(to: &options) }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
        #expect(options.encoder.options == asked.encoder.options && options.encoder.name == asked.encoder.name)
    }

    @Test("what fits is kept") func fitting() throws {
        var options = Self.options {
            ($0.encoder.name, $0.pixelFormat, $0.output) = ("ffv1", "yuv422p10le", "a.b/out")
            $0.encoder.options = ["slices": "12", "level": "3"]
        }
        try ArchiveSettings.apply(to: &options)
        ArchiveSettings.fit(&options, width: 4096, height: 3072)
        #expect(options.encoder.options["slices"] == "12" && options.encoder.options["slicecrc"] == "1")
        options = Self.options()
        try ArchiveSettings.apply(to: &options)
        #expect(options.encoder.name == "ffv1" && options.encoder.options["slices"] == "4")
        ArchiveSettings.fit(&options, width: 1440, height: 1152)
        #expect(options.encoder.options["slices"] == "16")
    }

    @Test(
        "each number of slices is coded, told by FFmpeg's decoder, and the same on any number of threads",
        arguments: [(96, 64, 4), (1280, 720, 9), (1440, 1152, 16), (2880, 2304, 24)])
    func slices(width: Int, height: Int, slices: Int) throws {
        let folder = try TemporaryDirectory()
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(width / 2)x\(height / 2):r=25:d=0.12", "-vf", "noise=alls=8:allf=t"]
                + ["-c:v", "ffv1", "-pix_fmt", "yuv420p", source])
        var streams: Set<String> = []
        for threads in [1, 2, 4] {
            var options = UpscaleOptions(input: source, output: folder.file("out-\(threads).mkv"))
            (options.model, options.threads) = ("lanczos3", threads)
            try ArchiveSettings.apply(to: &options)
            ArchiveSettings.fit(&options, width: width, height: height)
            _ = try UpscaleJob(options).run { _ in }
            let hash = try FFmpegTool.ffmpeg(
                ["-i", options.output, "-map", "0:v", "-c", "copy", "-f", "streamhash", "-"])
            streams.insert(String(decoding: hash, as: UTF8.self))
            let findings = try FrameChecksums.read(options.output) { _, _ in }
            #expect(findings.ffv1 == FrameChecksums.FFV1Findings(version: 3, slices: slices, frames: 3))
            #expect(findings.isWhole && findings.frames == 3)
        }
        #expect(streams.count == 1)
        let said = try ProcessResult.running(
            "/usr/bin/env", ["ffmpeg", "-v", "debug", "-debug", "1", "-i", folder.file("out-1.mkv"), "-f", "null", "-"]
        ).errorText
        #expect(said.contains("ver:3."))
        #expect(said.contains("ec:1"))
        #expect(said.contains("intra:1"))
    }

    /// Formats and sizes that only lossless coding takes.
    private static let formats = try? [
        "gray.mkv", "gray-12.mkv", "yuv420p16le.mkv", "yuv444p16le.mkv", "yuv440p.mkv",
        "yuv411p.mkv", "yuv410p.mkv", "odd-yuv420p.mkv", "odd-yuv410p.mkv", "two.mkv", "column.mkv", "h264-10.mkv",
        "rgb.avi", "jpeg422.mov",
    ].map(GeneratedFile.named)

    @Test("every picture format is stored in version 3, whole", arguments: formats ?? [])
    func format(file: GeneratedFile) throws {
        let sample = try ArchiveSample()
        let work = try sample.work(on: try file.make(in: sample.folder), output: "out.mkv")
        let findings = try FrameChecksums.read(work.joined) { _, _ in }
        #expect(findings.ffv1?.version == 3 && findings.ffv1?.isProtected == true && findings.isWhole, "\(findings)")
        #expect(findings.frames == work.outcome.frames)
    }

    @Test("what stands beside a result, before the result itself") func beside() throws {
        let sample = try ArchiveSample()
        let work = try sample.add("tapes/beach", isNamed: false)
        #expect(
            try sample.files == [
                "data/tapes/beach.mkv.json", "data/tapes/beach.mkv.partial", "data/tapes/beach.result.framemd5",
                "data/tapes/beach.source.framemd5",
            ])
        let record = try ArchiveRecord.read(sample.path("data/tapes/beach.mkv.json"))
        #expect(record.format == ArchiveRecord.currentFormat && record.statement.contains("cannot be undone"))
        #expect(record.source.path == work.file.source && record.source.bytes == work.file.sourceBytes)
        #expect(record.source.sha256 == (try ContentHash.ofFile(work.file.source)))
        #expect(record.result.name == "beach.mkv" && record.result.sha256 == work.outcome.hash)
        #expect(record.result.facts.width == 96 && record.source.facts.width == 48)
        #expect(record.result.frameChecksums.frames == 10 && record.source.frameChecksums.frames == 10)
        #expect(
            record.result.frameChecksums.sha256
                == (try ContentHash.ofFile(sample.path("data/tapes/beach.result.framemd5"))))
        #expect(record.coding == ArchiveRecord.Coding(codec: "ffv1", version: 3, slices: 4))
        #expect(record.model?.name == "lanczos3" && record.execution == ["lanczos3 in f32"])
        #expect(record.assumptions == ["Nothing is known."] && record.notes == ["A remark."])
        #expect(record.options.encoder.options == work.options.encoder.options)
        #expect(record.options.chromaFilter == "lanczos3" && record.verification?.passed == true)
        #expect(record.agents.map(\.agentName).prefix(2) == ["Upluma", "libavcodec"])
    }

    @Test("events have the vocabulary's words, identifiers of their own, and the same ones when redone") func events()
        throws
    {
        let sample = try ArchiveSample()
        let work = try sample.add("a", isNamed: false)
        let record = try ArchiveRecord.read(sample.path("data/a.mkv.json"))
        #expect(
            record.events.map(\.eventType.rawValue) == [
                "creation", "message digest calculation", "message digest calculation", "message digest calculation",
                "message digest calculation", "validation", "validation",
            ])
        let identifiers = record.events.map(\.eventIdentifier.value)
        #expect(Set(identifiers).count == identifiers.count && identifiers.allSatisfy { UUID(uuidString: $0) != nil })
        #expect(record.events.allSatisfy { !$0.linkedAgents.isEmpty && !$0.linkedObjects.isEmpty })
        #expect(record.events[0].eventTypeUri == "http://id.loc.gov/vocabulary/preservation/eventType/cre")
        #expect(record.events[0].linkedObjects.map(\.role) == [.source, .outcome])
        #expect(try work.finish().events.map(\.eventIdentifier.value) == identifiers)
        // The keys are those of the standard's names, in snake case.
        let text = try sample.text("data/a.mkv.json")
        for key in [
            "event_identifier", "event_type", "event_date_time", "event_detail", "event_outcome", "linked_objects",
            "frame_checksums", "sha256", "work_seconds", "chroma_filter", "pixel_format",
        ] {
            #expect(text.contains("\"\(key)\" :"), "\(key)")
        }
    }

    private func kind(_ body: () throws -> Void) -> FailureKind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? UplumaError)?.kind
        }
    }

    @Test("a result that is not whole, or a source that changed, gets nothing that looks complete") func refusals()
        throws
    {
        let sample = try ArchiveSample()
        var work = try sample.add("a", isNamed: false)
        for name in ArchiveNames(result: sample.layout.result(of: work.file)).beside {
            try FileManager.default.removeItem(atPath: name)
        }
        func named() throws -> [String] { try sample.files.filter { !$0.hasSuffix(".partial") } }

        work.outcome.frames += 1
        #expect(kind { try work.finish() } == .inputOutput)
        work.outcome.frames -= 1
        #expect(kind { try work.finish(isCancelled: { true }) } == .interrupted)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: work.joined))
        try sample.flip("data/a.mkv.partial")
        #expect(kind { try work.finish() } == .inputOutput)
        try bytes.write(to: URL(fileURLWithPath: work.joined))
        work.file.sourceChanged += 1
        #expect(kind { try work.finish() } == .badInput)
        work.file.sourceChanged -= 1
        #expect(try named().isEmpty)
        // All is there to do it again, over what is left.
        try work.finish()
        #expect(try named().count == 3 && sample.files.count == 4)
    }

    @Test("a job whose result is no archive's is a fault of the program") func otherCoding() throws {
        let sample = try ArchiveSample()
        let work = try sample.add("a", isNamed: false)
        try FFmpegTool.ffmpeg(["-i", work.file.source, "-c:v", "ffv1", "-level", "1", "-f", "matroska", work.joined])
        #expect(kind { try work.finish() } == .internal)
    }
}
