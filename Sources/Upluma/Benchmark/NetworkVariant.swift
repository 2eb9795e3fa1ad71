import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling

/// One way to run a network: what a result of the benchmark is about.
struct NetworkVariant {
    let network: String
    /// Arithmetic.
    let precision: String
    /// What runs it: `fused` (the streaming executor) or `fir`.
    let backend: String
    /// A multiply-add counts as two.
    let operationsPerInputPixel: Int
    /// Makes what one run needs, and returns that run: one plane on all threads.
    let prepare: () throws -> () throws -> Void
}

extension Benchmark {
    /// Every way to run what `name` stands for: an entry of the catalog, a weights file, or a chain of convolutions.
    ///
    /// - Throws: `UnknownModelError`, `WeightsError`.
    func variants(of name: String) throws -> [NetworkVariant] {
        if let spec = ChainSpec(name) {
            return Precision.allCases.filter { $0.isNative(at: .current) }.compactMap { precision in
                let chain = precision == .int8 ? spec.quantizedChain() : spec.chain()
                guard StreamingExecutor.supports(precision, chain.layers) else { return nil }
                return NetworkVariant(
                    network: name, precision: precision.rawValue, backend: ExecutionBackend.fused.rawValue,
                    operationsPerInputPixel: chain.operationsPerInputPixel, prepare: { layersRun(chain, precision) })
            }
        }
        let model = try ModelCatalog.model(name).load()
        func variant(_ precision: String, _ backend: String, _ execution: Execution) -> NetworkVariant {
            NetworkVariant(
                network: model.card.name, precision: precision, backend: backend,
                operationsPerInputPixel: model.card.operationsPerInputPixel,
                prepare: { try planeRun(model, execution) })
        }
        guard case .network(let networks) = model.content else { return [variant("f32", "fir", .automatic)] }
        return ExecutionPlan.all(model: model.model, network: networks.members[0]).map {
            variant($0.precision.rawValue, $0.backend.rawValue, $0.execution)
        }
    }

    var pictureFormat: PictureFormat { PictureFormat(chroma: .yuv420, bitDepth: bitDepth) }
    var lumaMapping: SampleMapping { .luma(pictureFormat, range: .limited) }

    /// From a plane of samples to an enlarged plane of samples.
    private func planeRun(_ model: LoadedModel, _ execution: Execution) throws -> () throws -> Void {
        let scale = model.card.scales.first ?? 2
        let sizes = (source: PlaneSize(width, height), target: PlaneSize(width * scale, height * scale))
        let scaler = try model.makeScaler(
            sourceSize: sizes.source, targetSize: sizes.target, source: lumaMapping, target: lumaMapping,
            execution: execution)
        let source = Plane(width: width, height: height, sample: pictureFormat.sample)
        source.fillWithPattern(bitDepth: bitDepth)
        let target = Plane(width: sizes.target.width, height: sizes.target.height, sample: pictureFormat.sample)
        let runner = StripRunner(scaler, threads: threads)
        return { try runner.scale(source, into: target) }
    }

    /// The layers alone, from a plane of samples to the last layer's features, which are dropped.
    private func layersRun(_ chain: ConvolutionChain, _ precision: Precision) -> () -> Void {
        let source = Plane(width: width, height: height, sample: pictureFormat.sample)
        source.fillWithPattern(bitDepth: bitDepth)
        let runner = LayerRunner(
            chain, size: PlaneSize(width, height), precision: precision, threads: threads)
        let (samples, mapping) = (SampleKernels(), lumaMapping)
        return { runner.run { samples.load(row: $0, of: source, mapping: mapping, into: $1) } }
    }
}
