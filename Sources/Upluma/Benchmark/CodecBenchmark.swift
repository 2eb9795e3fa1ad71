import Foundation
import UplumaFrames
import UplumaMedia
import UplumaResampling

/// Times decoder and encoder as a job uses them: a generated clip, H.264 by libx264 at the job's usual settings, all
/// threads.
struct CodecBenchmark {
    private let benchmark: Benchmark
    private static let clipFrames = 48
    private static let frameRate = Rational(25, 1)

    init(_ benchmark: Benchmark) { self.benchmark = benchmark }

    /// Decoding at the source's size, encoding at twice that.
    ///
    /// - Throws: `UplumaError`, `MediaError`: no libx264 in this FFmpeg, no room for temporary files.
    func run() throws -> [StageResult] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "upluma-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clip = folder.appendingPathComponent("clip.mkv").path
        try makeClip(clip, in: folder)
        return [try decoding(clip), try encoding()]
    }

    private func result(_ stage: String, _ run: () throws -> Void) rethrows -> StageResult {
        let memory = PeakMemory.begin()
        let timing = try Timing.measure(seconds: benchmark.seconds, count: CodecBenchmark.clipFrames, run)
        return StageResult(
            network: "", stage: stage, threads: benchmark.threads, width: benchmark.width, height: benchmark.height,
            millisecondsMedian: timing.median, millisecondsMinimum: timing.minimum, peakResidentBytes: memory.peakBytes)
    }

    private func decoding(_ clip: String) throws -> StageResult {
        try result("decode") {
            let source = try MediaSource(path: clip)
            let decoder = try VideoDecoder(source, threads: benchmark.threads)
            while let packet = try source.read() { try decoder.decode(packet) { _ in } }
            try decoder.decode(nil) { _ in }
        }
    }

    private func encoding() throws -> StageResult {
        let format = benchmark.pictureFormat
        let pool = FramePool(format: format, width: 2 * benchmark.width, height: 2 * benchmark.height)
        // A few frames in turn: their making is not to count, and all of them would take much memory.
        let frames = (0..<8).map { number in
            let frame = pool.take()
            for plane in frame.planes { plane.fillWithPattern(bitDepth: format.bitDepth, shift: 2 * number) }
            return frame
        }
        return try result("encode") {
            let encoder = try encoder(format, width: frames[0].width, height: frames[0].height)
            for number in 0..<CodecBenchmark.clipFrames {
                // There and back again, so that motion goes on.
                let step = number % (2 * frames.count - 2)
                var frame = frames[min(step, 2 * frames.count - 2 - step)]
                frame.pts = Int64(number)
                frame.duration = 1
                try encoder.encode(frame) { _ in }
            }
            try encoder.encode(nil) { _ in }
        }
    }

    private func encoder(_ format: PictureFormat, width: Int, height: Int) throws -> VideoEncoder {
        let options = UpscaleOptions(input: "", output: "").encoder
        let settings = EncoderSettings(
            name: options.name, crf: options.crf, preset: options.preset, threads: benchmark.threads)
        let container = try MediaContainer(outputName: "benchmark.mkv")
        return try VideoEncoder(
            EncoderChoice(settings, container: container), settings: settings,
            picture: OutputPicture(
                width: width, height: height, format: format, color: ColorDescription(), sampleAspect: nil,
                timeBase: Rational(1, 25), frameRate: CodecBenchmark.frameRate),
            container: container)
    }

    /// An H.264 clip of the benchmark's size: a moving pattern of half the size, enlarged by a job like any other.
    private func makeClip(_ path: String, in folder: URL) throws {
        let (width, height) = ((benchmark.width + 1) / 2, (benchmark.height + 1) / 2)
        var half = Benchmark(width: width, height: height)
        half.bitDepth = benchmark.bitDepth
        let depth = half.bitDepth == 8 ? "" : "p\(half.bitDepth)"
        var bytes = Data("YUV4MPEG2 W\(width) H\(height) F25:1 Ip A1:1 C420\(depth)\n".utf8)
        for number in 0..<CodecBenchmark.clipFrames {
            bytes += Data("FRAME\n".utf8)
            let frame = half.patternFrame(number)
            for plane in frame.planes {
                plane.withBytes { base in
                    for y in 0..<plane.height {
                        bytes += Data(bytes: base + y * plane.stride, count: plane.width * plane.sample.byteCount)
                    }
                }
            }
        }
        let raw = folder.appendingPathComponent("clip.y4m")
        try bytes.write(to: raw)
        var options = UpscaleOptions(input: raw.path, output: path)
        options.model = ResampleFilter.bilinear.name
        options.chromaFilter = ResampleFilter.bilinear.name
        options.threads = benchmark.threads
        _ = try UpscaleJob(options).run { _ in }
    }
}
