import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTensors
import UplumaTestSupport

/// The paper's network of CAR with narrow seeded layers, from the source's rows to the result's.
@Suite struct FullResamplerTests {
    static let backends: [any GraphBackend] = [ReferenceBackend(), OneDNNBackend()]
    /// Multiples of 8 and none, below the least side and above it.
    static let sizes = [(1, 1), (16, 24), (19, 11), (9, 41), (33, 50)].map(PlaneSize.init)
    /// Some twenty layers of narrow sums in single precision, then samples whose places are 8 · 1e-6 off at most, in a
    /// picture of noise.
    static let tolerance = 3e-5

    @Test("network, sizes, edges and taps as the definition has them", arguments: backends.indices, FullForm.all)
    func reference(index: Int, form: FullForm) throws {
        let network = try form.network
        for size in Self.sizes {
            let sources = (0..<form.channels).map { noisePlane(size, seed: UInt64($0)).plane }
            let expected = form.reduced(ResamplerReference.Picture(sources)).values
            let scaler = try FullResamplerScaler(
                network: network, sourceSize: size, planes: form.channels, source: .float, target: .float,
                backend: Self.backends[index])
            let target = scaler.targetSize
            let targets = sources.map { _ in Plane(width: target.width, height: target.height, sample: .float32) }
            try scaler.scale(
                sources, into: targets, rows: 0..<target.height,
                scratch: ScratchMemory(byteCount: scaler.scratchByteCount))
            let difference = largestDifference(targets.flatMap { $0.codes.joined() }, expected)
            #expect(difference < Self.tolerance, "\(size): \(difference)")
        }
    }

    @Test("luma is read as grey by a network of three channels", arguments: FullForm.all.filter { $0.channels == 3 })
    func grey(form: FullForm) throws {
        let mapping = NetworkScalerTests.mappings[0].mapping
        let size = PlaneSize(27, 37)
        let source = noisePlane(size, mapping)
        let luma = ResamplerReference.Picture([source.plane, source.plane, source.plane], mapping)
        let reduced = form.reduced(luma)
        let codes = reduced.values[..<(reduced.width * reduced.height)].map { $0 * Double(mapping.unit) }
        for index in Self.backends.indices {
            let scaler = try FullResamplerScaler(
                network: form.network, sourceSize: size, source: mapping, target: mapping,
                backend: Self.backends[index])
            let target = try scaled(scaler, source.plane, mapping)
            // Half a code of rounding, besides.
            let difference = largestDifference(Array(target.plane.codes.joined()), codes)
            #expect(difference < 0.5 + Self.tolerance * Double(mapping.unit), "\(difference)")
            #expect(target.isIntact && source.isIntact)
        }
    }

    @Test("bands of any height and strips of bands give the same bits", arguments: backends.indices, FullForm.all)
    func bands(index: Int, form: FullForm) throws {
        let size = PlaneSize(43, 141)
        let source = noisePlane(size).plane
        let network = try form.network
        func scaler(_ rows: Int?, _ precision: Precision = .f32, _ level: CPULevel = .current) throws
            -> FullResamplerScaler
        {
            try FullResamplerScaler(
                network: network, sourceSize: size, source: .float, target: .float, backend: Self.backends[index],
                precision: precision, level: level, bandRows: rows)
        }
        let isOneDNN = Self.backends[index] is OneDNNBackend
        for precision in isOneDNN ? OneDNNBackend.precisions : [.f32] {
            let whole = try scaled(scaler(.max, precision, .portable), source)
            for rows in isOneDNN ? [1, 3, 8, 17, nil] : [5, nil] {
                let scaler = try scaler(rows, precision)
                let (height, step) = (scaler.targetSize.height, scaler.rowGranularity)
                let strips = stride(from: 0, to: height, by: 2 * step).map { $0..<min($0 + 2 * step, height) }
                let cut = try scaled(scaler, source, strips: strips.reversed())
                let comparison = PlaneComparison(whole.plane, cut.plane)
                #expect(comparison.isBitEqual && cut.isIntact, "\(precision), \(step) rows: \(comparison)")
            }
        }
    }

    @Test("every level samples to the same bits", arguments: FullForm.all)
    func levels(form: FullForm) throws {
        let size = PlaneSize(43, 21)
        let source = noisePlane(size).plane
        let made = try CPULevel.available.map { level in
            try scaled(
                FullResamplerScaler(
                    network: form.network, sourceSize: size, source: .float, target: .float, backend: OneDNNBackend(),
                    level: level), source)
        }
        for other in made { #expect(PlaneComparison(made[0].plane, other.plane).isBitEqual) }
    }

    @Test("a constant picture stays what it is, in every precision", arguments: FullForm.all)
    func constant(form: FullForm) throws {
        for size in Self.sizes {
            for precision in OneDNNBackend.precisions {
                let scaler = try FullResamplerScaler(
                    network: form.network, sourceSize: size, source: .float, target: .float, backend: OneDNNBackend(),
                    precision: precision)
                let source = Plane(width: size.width, height: size.height, sample: .float32)
                source.fill { _, _ in 0.75 }
                let found = try scaled(scaler, source).plane.codes.joined()
                // Kernels sum to one up to the rounding of up to 625 positive numbers.
                #expect(found.allSatisfy { abs($0 - 0.75) < 1e-5 }, "\(size), \(precision)")
            }
        }
    }

    @Test("taps that are not displaced give the mean of the pixels that become one", arguments: [2, 4])
    func box(factor: Int) throws {
        let form = FullForm(factor: factor, channels: 1)
        let side = form.size
        // Taps in the middle of groups of 2 × 2 pixels.
        let places = (0..<side).map { abs($0 - side / 2) < factor / 2 && ($0 - side / 2 + factor / 2) % 2 == 1 }
        let kernel = (0..<side * side).map { Float(places[$0 / side] && places[$0 % side] ? 1 : 0) }
        let tensors = form.tensors.map { tensor -> (name: String, shape: [Int], values: [Float]) in
            let isLast = ["kernels_weight.4", "offsets_h_generation.4", "offsets_v_generation.4"].contains {
                tensor.name.hasPrefix("\($0).")
            }
            guard isLast else { return tensor }
            let isKernel = tensor.name == "kernels_weight.4.bias"
            return (tensor.name, tensor.shape, isKernel ? kernel : tensor.values.map { _ in 0 })
        }
        let network = try FullForm(factor: factor, channels: 1, tensors: tensors).network
        let (width, height) = (8 * factor + 1, 6 * factor - 1)
        let scaler = try FullResamplerScaler(
            network: network, sourceSize: PlaneSize(width, height), source: .float, target: .float,
            backend: OneDNNBackend())
        let source = noisePlane(PlaneSize(width, height)).plane
        let (pixels, found) = (source.codes, try scaled(scaler, source).plane.codes)
        for y in 0..<scaler.targetSize.height {
            for x in 0..<scaler.targetSize.width {
                var sum = 0.0
                for dy in 0..<factor {
                    for dx in 0..<factor {
                        sum += Double(pixels[min(factor * y + dy, height - 1)][min(factor * x + dx, width - 1)])
                    }
                }
                // Weights of 1e-6, the lowest there are, for all other taps.
                let mean = sum / Double(factor * factor)
                #expect(abs(Double(found[y][x]) - mean) < 1e-6 * Double(side * side), "\(x), \(y)")
            }
        }
    }

    @Test("memory grows with the width, not with the height", arguments: FullForm.all)
    func memory(form: FullForm) throws {
        let network = try form.network
        func bytes(_ width: Int, _ height: Int) throws -> Int {
            try FullResamplerScaler(
                network: network, sourceSize: PlaneSize(width, height), source: .float, target: .float,
                backend: OneDNNBackend(), bandRows: 8
            ).scratchByteCount
        }
        #expect(try bytes(320, 4000) == bytes(320, 800) && bytes(640, 800) > bytes(320, 800))
    }
}
