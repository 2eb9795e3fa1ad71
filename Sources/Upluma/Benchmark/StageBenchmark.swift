import Dispatch
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling

/// Times the steps of enlarging one 4:2:0 picture with one model: single parts on one thread, then the whole frame on one
/// thread, in strips, and with a frame on each thread.
struct StageBenchmark {
    private let benchmark: Benchmark
    private let model: LoadedModel
    private let scale: Int
    private let chromaFilter: ResampleFilter

    init(_ benchmark: Benchmark, model: LoadedModel) {
        self.benchmark = benchmark
        self.model = model
        scale = model.card.scales.first ?? 2
        // A filter enlarges chroma, too; beside a network the job's usual one does.
        if case .filter(let filter) = model.content {
            chromaFilter = filter
        } else {
            chromaFilter = ResampleFilter(named: UpscaleOptions(input: "", output: "").chromaFilter) ?? .lanczos3
        }
    }

    func run() throws -> [StageResult] {
        try parts() + [
            measure("luma", planeRun(lumaScaler(), .luma(format, range: .limited), count: 1)),
            measure("chroma", planeRun(chromaScaler(), .chroma(format, range: .limited), count: 2)),
            measure("frame", frameRun(threads: 1)),
        ]
            + (benchmark.threads == 1
                ? []
                : [
                    measure("frame in strips", threads: benchmark.threads, stripRun()),
                    measure("frames in flight", threads: benchmark.threads, count: benchmark.threads * Self.framesEach)
                    {
                        try frameRun(threads: benchmark.threads, framesEach: Self.framesEach)
                    },
                ])
    }

    /// Frames each thread makes in one run with a frame on each: enough for the wait at the end not to count.
    private static let framesEach = 4

    private var format: PictureFormat { benchmark.pictureFormat }
    private var mapping: SampleMapping { benchmark.lumaMapping }
    private var sourceSize: PlaneSize { PlaneSize(benchmark.width, benchmark.height) }
    private var targetSize: PlaneSize { PlaneSize(benchmark.width * scale, benchmark.height * scale) }

    private func measure(
        _ stage: String, threads: Int = 1, count: Int = 1, _ prepare: @autoclosure () throws -> () throws -> Void
    ) throws -> StageResult {
        try measure(stage, threads: threads, count: count, prepare)
    }

    private func measure(
        _ stage: String, threads: Int = 1, count: Int = 1, _ prepare: () throws -> () throws -> Void
    ) throws -> StageResult {
        let memory = PeakMemory.begin()
        let timing = try Timing.measure(seconds: benchmark.seconds, count: count, prepare())
        return StageResult(
            network: model.card.name, stage: stage, threads: threads, width: benchmark.width, height: benchmark.height,
            millisecondsMedian: timing.median, millisecondsMinimum: timing.minimum, peakResidentBytes: memory.peakBytes)
    }

    // MARK: Parts of a network

    /// What a network's luma is made of, apart from each other. Networks that read an enlargement or predict
    /// kernels, and filters, have none of them.
    private func parts() throws -> [StageResult] {
        guard case .network(let networks) = model.content, let factor = networks.factors.first,
            let chain = networks.network(factor: factor)?.chain, chain.input == .source
        else { return [] }
        var results = [try measure("load", loadRun()), try measure("layers", layersRun(chain))]
        if let filter = chain.base { results.append(try measure("base", baseRun(filter))) }
        results.append(try measure("store", storeRun()))
        if let filter = chain.base, filterStream(filter, to: mapping).wholeFactor == chain.subpixels {
            results.append(try measure("base, residual and store as one", endRun(filter)))
        }
        return results
    }

    private func loadRun() -> () -> Void {
        let (samples, source, mapping) = (SampleKernels(), plane(sourceSize), mapping)
        let row = ScratchMemory(byteCount: 4 * sourceSize.width)
        return {
            row.withBytes { bytes in
                let values = bytes.assumingMemoryBound(to: Float.self)
                for y in 0..<source.height { samples.load(row: y, of: source, mapping: mapping, into: values) }
            }
        }
    }

    private func layersRun(_ chain: ConvolutionChain) -> () -> Void {
        let runner = LayerRunner(chain, size: sourceSize, threads: 1)
        // The input row stays as it is: loading has a result of its own.
        return { runner.run { _, _ in } }
    }

    private func filterStream(_ filter: ResampleFilter, to target: SampleMapping) -> FIRRowStream {
        FIRRowStream(filter: filter, sourceSize: sourceSize, targetSize: targetSize, source: mapping, target: target)
    }

    private func baseRun(_ filter: ResampleFilter) -> () -> Void {
        let (stream, source) = (filterStream(filter, to: .float), plane(sourceSize))
        let scratch = ScratchMemory(byteCount: stream.scratchByteCount)
        let row = ScratchMemory(byteCount: 4 * stream.rowStride)
        return {
            scratch.withBytes { memory in
                row.withBytes { bytes in
                    var cursor = stream.begin(atTargetRow: 0, scratch: memory)
                    let values = bytes.assumingMemoryBound(to: Float.self)
                    for _ in 0..<stream.targetSize.height { cursor.nextRow(from: source, into: values) }
                }
            }
        }
    }

    private func storeRun() -> () -> Void {
        let (samples, target, mapping) = (SampleKernels(), plane(targetSize), mapping)
        let row = ScratchMemory(byteCount: 4 * targetSize.width)
        row.withBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0, count: row.byteCount) }
        return {
            row.withBytes { bytes in
                let values = bytes.assumingMemoryBound(to: Float.self)
                for y in 0..<target.height { samples.store(values, asRow: y, of: target, mapping: mapping) }
            }
        }
    }

    private func endRun(_ filter: ResampleFilter) -> () -> Void {
        let (stream, source, target) = (filterStream(filter, to: mapping), plane(sourceSize), plane(targetSize))
        let scratch = ScratchMemory(byteCount: stream.scratchByteCount)
        let layout = FeatureLayout(channels: scale * scale, width: sourceSize.width)
        let features = ScratchMemory(byteCount: layout.byteCount)
        features.withBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0, count: features.byteCount) }
        let scale = scale
        return {
            scratch.withBytes { memory in
                features.withBytes { bytes in
                    var cursor = stream.begin(atTargetRow: 0, scratch: memory)
                    let row = FeatureRow(at: bytes, layout: layout)
                    for y in 0..<target.height {
                        cursor.nextRow(
                            from: source, adding: .init(row, firstChannel: y % scale * scale), asRow: y, of: target)
                    }
                }
            }
        }
    }

    // MARK: Planes and frames

    private func lumaScaler() throws -> ScalerChain {
        try model.makeScaler(sourceSize: sourceSize, targetSize: targetSize, source: mapping, target: mapping)
    }

    private func chromaScaler() -> ScalerChain {
        let mapping = SampleMapping.chroma(format, range: .limited)
        let grid = SampleGrid.chroma(
            source: sourceSize, target: targetSize, format: format.chroma, location: color.chromaLocation)
        return ScalerChain(stages: [FIRScaler(filter: chromaFilter, grid: grid, source: mapping, target: mapping)])
    }

    private var color: ColorDescription { ColorDescription() }

    private func plane(_ size: PlaneSize) -> Plane {
        let plane = Plane(width: size.width, height: size.height, sample: format.sample)
        plane.fillWithPattern(bitDepth: format.bitDepth)
        return plane
    }

    /// `count` planes one after the other, on one thread.
    private func planeRun(_ scaler: ScalerChain, _ mapping: SampleMapping, count: Int) -> () throws -> Void {
        let planes = (0..<count).map { _ in (plane(scaler.sourceSize), plane(scaler.targetSize)) }
        let (between, scratch) = (scaler.makeIntermediates(), ScratchMemory(byteCount: scaler.scratchByteCount))
        return {
            for (source, target) in planes {
                try scaler.scale(source, into: target, intermediates: between, scratch: scratch)
            }
        }
    }

    /// Luma, then each chroma plane, all threads on each.
    private func stripRun() throws -> () throws -> Void {
        let lumaScaler = try lumaScaler()
        let luma = StripRunner(lumaScaler, threads: benchmark.threads)
        let chroma = StripRunner(chromaScaler(), threads: benchmark.threads)
        let runs = [(luma, lumaScaler), (chroma, chromaScaler()), (chroma, chromaScaler())]
        let planes = runs.map { (plane($0.1.sourceSize), plane($0.1.targetSize)) }
        return {
            for (run, plane) in zip(runs, planes) { try run.0.scale(plane.0, into: plane.1) }
        }
    }

    /// A frame on each thread at a time, as in a job.
    private func frameRun(threads: Int, framesEach: Int = 1) throws -> () throws -> Void {
        let upscaler = try FrameUpscaler(
            scale: scale, model: model, chromaFilter: chromaFilter,
            source: FrameUpscaler.Picture(format: format, width: benchmark.width, height: benchmark.height),
            color: color, targetFormat: format)
        let frames = (0..<threads).map { benchmark.patternFrame($0) }
        let workers = Workers(workspaces: (0..<threads).map { _ in upscaler.makeWorkspace() })
        return {
            let failure = FirstFailure()
            DispatchQueue.concurrentPerform(iterations: threads) { worker in
                failure.catching {
                    for _ in 0..<framesEach {
                        _ = try upscaler.upscale(frames[worker], workspace: workers.workspaces[worker])
                    }
                }
            }
            try failure.rethrow()
        }
    }

    /// Lets threads reach their memory: worker `n` touches element `n` alone, so nothing is shared.
    private struct Workers: @unchecked Sendable {
        let workspaces: [FrameUpscaler.Workspace]
    }
}

extension Benchmark {
    /// Frame `number` of a moving pattern at the benchmark's size.
    func patternFrame(_ number: Int) -> Frame {
        let frame = FramePool(format: pictureFormat, width: width, height: height).take()
        for plane in frame.planes { plane.fillWithPattern(bitDepth: bitDepth, shift: 2 * number) }
        return frame
    }
}
