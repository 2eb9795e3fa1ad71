import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTestSupport

@testable import UplumaNetworks

@Suite struct ScalerChainTests {
    static let mapping = SampleMapping.luma(PictureFormat(chroma: .yuv420, bitDepth: 8), range: .limited)

    struct Way: CustomTestStringConvertible, Sendable {
        let target: (Int, Int)
        let sizes: [PlaneSize]
        /// Words of the note, nil when there is none.
        let note: String?
        var testDescription: String { "15×10 to \(target)" }
    }

    /// From 15×10: sizes between the stages, and what is said about it.
    static let ways = [
        Way(target: (30, 20), sizes: [], note: nil),
        Way(target: (60, 40), sizes: [PlaneSize(30, 20)], note: "60×40 is made by running it twice"),
        Way(
            target: (120, 80), sizes: [PlaneSize(30, 20), PlaneSize(60, 40)],
            note: "120×80 is made by running it 3 times"),
        Way(
            target: (45, 30), sizes: [PlaneSize(30, 20), PlaneSize(60, 40)],
            note: "running it twice and reducing 60×40 to 45×30 with Lanczos 3"),
        Way(target: (23, 15), sizes: [PlaneSize(30, 20)], note: "running it once and reducing 30×20 to 23×15"),
        Way(target: (30, 10), sizes: [PlaneSize(30, 20)], note: "running it once and reducing 30×20 to 30×10"),
        Way(
            target: (150, 100), sizes: [PlaneSize(30, 20), PlaneSize(60, 40), PlaneSize(120, 80)],
            note: "running it 3 times and resizing 120×80 to 150×100"),
        Way(target: (15, 10), sizes: [], note: "only enlarges; 15×10 to 15×10 is made with Lanczos 3 alone"),
        Way(target: (7, 4), sizes: [], note: "only enlarges"),
    ]

    /// SP-VDSR's weights for scale 2 alone, whatever other scales the catalog's entry has.
    private func model() throws -> LoadedModel {
        try ModelCatalog.model(WeightsResource.path(of: "sp-vdsr.safetensors")).load()
    }

    private func source() -> Plane {
        let plane = Plane(width: 15, height: 10, sample: .uint8)
        plane.fill(.noise, maximum: 255, seed: 9)
        return plane
    }

    @Test("a network reaches any size", arguments: ways)
    func reach(way: Way) throws {
        let size = PlaneSize(way.target.0, way.target.1)
        let chain = try model().makeScaler(
            sourceSize: PlaneSize(15, 10), targetSize: size, source: Self.mapping, target: Self.mapping)
        #expect(chain.sourceSize == PlaneSize(15, 10) && chain.targetSize == size)
        #expect(chain.intermediateSizes == way.sizes)
        if let note = way.note {
            #expect(chain.notes.count == 1)
            #expect(chain.notes.joined().contains(note), "\(chain.notes)")
            #expect(try chain.notes.joined().hasPrefix("The network \(model().model.name) "))
        } else {
            #expect(chain.notes.isEmpty)
        }
        // All samples of the target are written.
        let first = GuardedPlane(width: size.width, height: size.height, sample: .uint8)
        let second = GuardedPlane(width: size.width, height: size.height, sample: .uint8)
        second.plane.fill { _, _ in 0 }
        try chain.scale(source(), into: first.plane)
        try chain.scale(source(), into: second.plane)
        #expect(PlaneComparison(first.plane, second.plane).isBitEqual)
        #expect(first.isIntact)
    }

    @Test("two runs are the stages one after the other, without rounding between")
    func composition() throws {
        guard case .network(let networks) = try model().content else { throw NotANetwork() }
        let chain = try #require(networks.chain(factor: 2))
        try composition(of: model(), chain, chain)
    }

    @Test("with several scales the greatest runs first, then the next")
    func severalScales() throws {
        let files = try [2, 4].map { factor in
            let metadata = ["architecture": "sp-vdsr", "scale": "\(factor)", "widths": "1-5-\(factor * factor)"]
            let chain = seededChain(widths: [1, 5, factor * factor], factor: factor)
            return try WeightsFile(bytes: safetensors(metadata: metadata, tensors: tensors(of: chain)), name: "w")
        }
        let networks = try ScaleSet(files: files)
        let model = LoadedModel(model: try model().model, content: .network(networks))
        #expect(model.card.scales == [2, 4])
        try composition(
            of: model, #require(networks.chain(factor: 4)), #require(networks.chain(factor: 2)))
    }

    private struct NotANetwork: Error {}

    /// The model's way to the size that two networks make is those two.
    private func composition(of model: LoadedModel, _ first: ConvolutionChain, _ second: ConvolutionChain) throws {
        let middle = PlaneSize(15 * first.factor, 10 * first.factor)
        let last = PlaneSize(middle.width * second.factor, middle.height * second.factor)
        let chain = try model.makeScaler(
            sourceSize: PlaneSize(15, 10), targetSize: last, source: Self.mapping, target: Self.mapping)
        let between = Plane(width: middle.width, height: middle.height, sample: .float32)
        let expected = Plane(width: last.width, height: last.height, sample: .uint8)
        let found = Plane(width: last.width, height: last.height, sample: .uint8)
        NetworkScaler(chain: first, sourceSize: PlaneSize(15, 10), source: Self.mapping, target: .float)
            .scale(source(), into: between)
        NetworkScaler(chain: second, sourceSize: middle, source: .float, target: Self.mapping)
            .scale(between, into: expected)
        try chain.scale(source(), into: found)
        let comparison = PlaneComparison(expected, found)
        #expect(comparison.isBitEqual, "\(comparison)")
    }

    @Test("stages over strips, planes and scratch memory used again, give the same bits")
    func strips() throws {
        let chain = try model().makeScaler(
            sourceSize: PlaneSize(15, 10), targetSize: PlaneSize(45, 30), source: Self.mapping, target: Self.mapping)
        let expected = Plane(width: 45, height: 30, sample: .uint8)
        try chain.scale(source(), into: expected)
        let intermediates = chain.makeIntermediates()
        #expect(chain.intermediateByteCount == 128 * 20 + 256 * 40)
        let scratch = ScratchMemory(byteCount: chain.scratchByteCount)
        for _ in 0..<2 {
            let found = Plane(width: 45, height: 30, sample: .uint8)
            for (index, stage) in chain.stages.enumerated() {
                let planes = chain.planes(
                    ofStage: index, source: source(), target: found, intermediates: intermediates)
                let height = stage.targetSize.height
                let step = 3 * stage.rowGranularity
                for first in stride(from: 0, to: height, by: step) {
                    try stage.scale(
                        planes.source, into: planes.target, rows: first..<min(first + step, height), scratch: scratch)
                }
            }
            #expect(PlaneComparison(expected, found).isBitEqual)
        }
    }

    @Test("a filter takes one stage to any size", arguments: [(30, 20), (45, 30), (15, 10), (7, 4), (150, 3)])
    func filter(target: (Int, Int)) throws {
        let size = PlaneSize(target.0, target.1)
        let chain = try ModelCatalog.model("mitchell").load().makeScaler(
            sourceSize: PlaneSize(15, 10), targetSize: size, source: Self.mapping, target: Self.mapping)
        #expect(chain.stages.count == 1 && chain.targetSize == size && chain.notes.isEmpty)
        #expect(chain.intermediateByteCount == 0)
    }
}
