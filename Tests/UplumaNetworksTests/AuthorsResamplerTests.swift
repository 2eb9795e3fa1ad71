import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTensors
import UplumaTestSupport

/// The paper's network of CAR at its own size against what the authors' class made of the same weights.
@Suite(.enabled(if: sharedFolder != nil, "UPLUMA_SHARED names no folder of reference vectors"))
struct AuthorsResamplerTests {
    private static func path(_ name: String) throws -> URL {
        try #require(sharedFolder).appendingPathComponent("reference/\(name).safetensors")
    }

    /// Tensors of a weights file: bytes stand for integer · scale, the scale in a tensor of its own.
    private static func tensors(_ name: String) throws -> [String: TypedTensor] {
        let file = try WeightsFile(path: path(name).path)
        var tensors: [String: TypedTensor] = [:]
        for name in file.tensorNames where !name.hasSuffix(".scale") {
            let shape = try #require(file.shape(of: name))
            if let scale = file.shape(of: "\(name).scale") {
                let step = try file.floats("\(name).scale", shape: scale)[0]
                let values = try file.int8s(name, shape: shape).map { Float($0) * step }
                tensors[name] = TypedTensor(name, shape, floats: values)
            } else {
                tensors[name] = TypedTensor(name, shape, floats: try file.floats(name, shape: shape))
            }
        }
        return tensors
    }

    private static func network(_ scale: Int) throws -> FullResampler {
        var tensors = try tensors("car_2x.weights")
        if scale == 4 { tensors.merge(try Self.tensors("car_4x.weights")) { $1 } }
        let bytes = safetensors(
            metadata: ["architecture": "car", "scale": "\(scale)"], tensors: Array(tensors.values))
        return try FullResampler(file: WeightsFile(bytes: bytes, name: "car_\(scale)x"))
    }

    /// Planes of a tensor of one picture.
    private static func planes(_ file: SafetensorsFile, _ name: String) throws -> [Plane] {
        let shape = try #require(file.shapes[name])
        let values = try file.floats(name)
        return (0..<shape[1]).map { channel in
            let plane = Plane(width: shape[3], height: shape[2], sample: .float32)
            plane.fill { x, y in values[(channel * shape[2] + y) * shape[3] + x] }
            return plane
        }
    }

    @Test("features, kernels and displacements", arguments: [2, 4], FullResamplerTests.backends.indices)
    func network(scale: Int, backend: Int) throws {
        let vectors = try SafetensorsFile(Self.path("car_\(scale)x.case1"))
        let shape = try #require(vectors.shapes["input"])
        let input = Tensor(
            TensorShape(channels: 3, height: shape[2], width: shape[3]), values: try vectors.floats("input"))
        let graph = try Self.network(scale).graph(planes: 3, showsFeatures: true)
        let found = try FullResamplerTests.backends[backend]
            .prepare(graph, inputs: [input.shape], precision: .f32, threads: 1).run([input]).map(\.values)
        let taps = (3 * scale + 1) * (3 * scale + 1)
        let count: Int = found[0].count / taps
        var sums = [Float](repeating: 0, count: count)
        for (index, weight) in found[0].enumerated() { sums[index % count] += weight }
        let kernels = found[0].enumerated().map { index, weight in weight / sums[index % count] }
        // The tolerances that come with the vectors; features are up to 11, after sums of thousands of products.
        let cases: [(String, [Float], Double)] = [
            ("features.ds_8", found[3], 1e-4), ("kernels", kernels, 2e-6), ("offsets_h", found[1], 2e-5),
            ("offsets_v", found[2], 2e-5),
        ]
        for (name, values, tolerance) in cases {
            let difference = largestDifference(values, try vectors.floats(name).map(Double.init))
            #expect(difference < tolerance, "\(name): \(difference)")
        }
    }

    @Test("the smaller picture, in bands of several heights", arguments: [2, 4], FullResamplerTests.backends.indices)
    func picture(scale: Int, backend: Int) throws {
        let vectors = try SafetensorsFile(Self.path("car_\(scale)x.case1"))
        let network = try Self.network(scale)
        let sources = try Self.planes(vectors, "input")
        let size = PlaneSize(sources[0].width, sources[0].height)
        let bytes = SampleMapping(sample: .uint8, zero: 0, unit: 255, maximum: 255)
        func reduced(_ target: SampleMapping, bandRows: Int?) throws -> [Plane] {
            let scaler = try FullResamplerScaler(
                network: network, sourceSize: size, planes: 3, source: .float, target: target,
                backend: FullResamplerTests.backends[backend], bandRows: bandRows)
            let made = scaler.targetSize
            let targets = sources.map { _ in Plane(width: made.width, height: made.height, sample: target.sample) }
            try scaler.scale(
                sources, into: targets, rows: 0..<made.height,
                scratch: ScratchMemory(byteCount: scaler.scratchByteCount))
            return targets
        }
        let whole = try reduced(.float, bandRows: .max)
        let raw = largestDifference(
            whole.flatMap { $0.codes.joined() }, try vectors.floats("output_raw").map(Double.init))
        #expect(raw < 1e-5, "\(raw)")
        // A few values lie so near to a half that they may be rounded otherwise.
        let codes = try reduced(bytes, bandRows: nil).flatMap { $0.codes.joined() }
        let rounded = largestDifference(codes, try vectors.floats("output").map(Double.init))
        #expect(rounded <= 1)
        let differing = zip(codes, try vectors.floats("output")).count { $0 != $1 }
        #expect(differing <= 6)
        for rows in FullResamplerTests.backends[backend] is OneDNNBackend ? [3, 8, 13] : [12] {
            for (plane, other) in zip(whole, try reduced(.float, bandRows: rows)) {
                let comparison = PlaneComparison(plane, other)
                #expect(comparison.isBitEqual, "\(rows) rows: \(comparison)")
            }
        }
    }
}
