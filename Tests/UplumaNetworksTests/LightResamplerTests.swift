import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// CAR's light network, from the source's rows to the result's.
@Suite struct LightResamplerTests {
    static let mappings = NetworkScalerTests.mappings
    /// Multiples of the factors and none.
    static let sizes = [(1, 1), (1, 9), (7, 1), (8, 12), (19, 11), (34, 21), (67, 5)].map(PlaneSize.init)

    private func scaler(
        _ form: LightForm, _ size: PlaneSize, _ mapping: SampleMapping, precision: Precision = .f32,
        level: CPULevel = .current
    ) -> LightResamplerScaler {
        LightResamplerScaler(
            network: form.network, sourceSize: size, source: mapping, target: mapping, precision: precision,
            level: level)
    }

    @Test("layers, kernels and taps as the definition has them", arguments: mappings.indices, LightForm.all)
    func reference(index: Int, form: LightForm) throws {
        let (mapping, network) = (Self.mappings[index].mapping, form.network)
        for size in Self.sizes {
            let source = noisePlane(size, mapping)
            let luma = ResamplerReference.Picture([source.plane], mapping)
            let expected = network.reference(luma).resampled(luma, factor: network.factor, size: network.kernelSize)
                .values.map { value in
                    let code = value * Double(mapping.unit) + Double(mapping.zero)
                    return mapping.sample == .float32 ? code : min(max(code, 0), Double(mapping.maximum))
                }
            let scaler = scaler(form, size, mapping)
            #expect(scaler.targetSize.width == (size.width + network.factor - 1) / network.factor)
            let target = try scaled(scaler, source.plane, mapping)
            // Sums of up to 144 samples in single precision, their places 4 · 1e-7 off in a picture of noise; and the
            // half code that rounding moves an integer by.
            let tolerance = (mapping.sample == .float32 ? 0 : 0.5) + 2e-5 * Double(mapping.unit)
            let difference = largestDifference(Array(target.plane.codes.joined()), expected)
            #expect(difference <= tolerance, "\(size): \(difference)")
            #expect(target.isIntact && source.isIntact)
        }
    }

    @Test("kernels vary, displacements reach far, and results leave 0...1", arguments: LightForm.all)
    func range(form: LightForm) {
        let luma = ResamplerReference.Picture([noisePlane(PlaneSize(34, 21)).plane])
        let prediction = form.network.reference(luma)
        for displacements in [prediction.horizontal, prediction.vertical] {
            let values = displacements.values
            #expect(values.contains { $0 > 0.5 } && values.contains { $0 < -0.5 })
        }
        #expect(prediction.weights.values.contains { $0 < 0 } && prediction.weights.values.contains { $0 > 0.02 })
    }

    @Test("any division into strips and any level gives the same bits", arguments: mappings.indices, LightForm.all)
    func strips(index: Int, form: LightForm) throws {
        let mapping = Self.mappings[index].mapping
        let size = PlaneSize(41, 67)
        let source = noisePlane(size, mapping).plane
        var noise = SeededNoise(seed: 7)
        for precision in [Precision.f32, .bf16] where StreamingExecutor.supports(precision, form.network.layers) {
            let whole = try scaled(
                scaler(form, size, mapping, precision: precision, level: .portable), source, mapping)
            for level in CPULevel.available {
                let scaler = scaler(form, size, mapping, precision: precision, level: level)
                let height = scaler.targetSize.height
                var cuts: Set = [0, height]
                for _ in 0..<Int.random(in: 0...5, using: &noise) {
                    cuts.insert(Int.random(in: 0...height, using: &noise))
                }
                let strips = zip(cuts.sorted(), cuts.sorted().dropFirst()).map { $0..<$1 }
                let cut = try scaled(scaler, source, mapping, strips: strips.reversed())
                let comparison = PlaneComparison(whole.plane, cut.plane)
                #expect(comparison.isBitEqual && cut.isIntact, "\(precision), \(level), \(strips): \(comparison)")
            }
        }
    }

    @Test("bfloat16 layers cost little", arguments: LightForm.all.filter { $0.network.layers.count > 1 })
    func bfloat16(form: LightForm) throws {
        let size = PlaneSize(41, 31)
        let source = noisePlane(size).plane
        let made = try [Precision.f32, .bf16].map {
            try scaled(scaler(form, size, .float, precision: $0), source).plane
        }
        // Features are rounded to 8 bits, 0.4 % of themselves; a displacement moves by up to 0.4 % of the factor then, in
        // a picture of noise, and a sum by a share of that.
        let comparison = PlaneComparison(made[0], made[1])
        #expect(comparison.largest < 0.05 && comparison.largest > 0, "\(comparison)")
    }

    @Test("a constant picture stays what it is", arguments: LightForm.all)
    func constant(form: LightForm) throws {
        for size in Self.sizes {
            for value in [Float(0), 0.25, 1] {
                let source = Plane(width: size.width, height: size.height, sample: .float32)
                source.fill { _, _ in value }
                let found = try scaled(scaler(form, size, .float), source).plane.codes.joined()
                // Kernels sum to one up to the rounding of up to 144 numbers of order 0.1.
                #expect(found.allSatisfy { abs($0 - value) < 5e-6 }, "\(size), \(value)")
            }
        }
    }

    @Test("what lies beyond the samples' limits is cut for integers alone", arguments: mappings)
    func limits(mapping: (name: String, mapping: SampleMapping)) throws {
        let mapping = mapping.mapping
        // The four pixels that become one, doubled, less their surroundings.
        let kernel = (0..<16).map { [5, 6, 9, 10].contains($0) ? Float(0.5) : -1 / 12 }
        let layer = ConvolutionLayer(
            inputChannels: 4, outputChannels: 48, kernel: 1, weights: Array(repeating: 0, count: 192),
            bias: kernel + Array(repeating: 0, count: 32), activation: .none)
        let scaler = LightResamplerScaler(
            network: LightResampler(layers: [layer], factor: 2, kernelSize: 4), sourceSize: PlaneSize(24, 8),
            source: mapping, target: mapping)
        let top = mapping.sample == .float32 ? 1 : mapping.maximum
        let source = Plane(width: 24, height: 8, sample: mapping.sample)
        source.fill { x, _ in x < 12 ? 0 : top }
        let found = try scaled(scaler, source, mapping).plane.codes.joined()
        if mapping.sample == .float32 {
            #expect(found.contains { $0 < -0.2 } && found.contains { $0 > 1.2 })
        } else {
            #expect(found.min() == 0 && found.max() == mapping.maximum)
        }
    }

    @Test("a box that is not displaced gives the mean of the pixels that become one", arguments: [2, 4], [0, 1, 2])
    func box(factor: Int, margin: Int) throws {
        let size = factor + 2 * margin
        let isInside = (0..<size * size).map { tap in
            [tap / size, tap % size].allSatisfy { (margin..<margin + factor).contains($0) }
        }
        let inputs = factor * factor
        let layer = ConvolutionLayer(
            inputChannels: inputs, outputChannels: 3 * size * size, kernel: 3,
            weights: Array(repeating: 0, count: 3 * size * size * inputs * 9),
            bias: isInside.map { $0 ? 1 / Float(inputs) : 0 } + Array(repeating: 0, count: 2 * size * size),
            activation: .none)
        let network = LightResampler(layers: [layer], factor: factor, kernelSize: size)
        let (width, height) = (7 * factor + 1, 5 * factor - 1)
        let source = noisePlane(PlaneSize(width, height)).plane
        let scaler = LightResamplerScaler(
            network: network, sourceSize: PlaneSize(width, height), source: .float, target: .float)
        let (pixels, found) = (source.codes, try scaled(scaler, source).plane.codes)
        for y in 0..<scaler.targetSize.height {
            for x in 0..<scaler.targetSize.width {
                var sum = 0.0
                for dy in 0..<factor {
                    for dx in 0..<factor {
                        sum += Double(pixels[min(factor * y + dy, height - 1)][min(factor * x + dx, width - 1)])
                    }
                }
                // Up to 16 numbers below one, added in single precision.
                #expect(abs(Double(found[y][x]) - sum / Double(inputs)) < 1e-6, "\(x), \(y)")
            }
        }
    }

    @Test("memory grows with the width, not with the height, and stays small at 3840", arguments: LightForm.all)
    func memory(form: LightForm) {
        func bytes(_ width: Int, _ height: Int) -> Int {
            scaler(form, PlaneSize(width, height), .float).scratchByteCount
        }
        #expect(bytes(720, 4000) == bytes(720, 400) && bytes(1440, 400) > bytes(720, 400))
        var noise = SeededNoise(seed: 3)
        let shipped = seededLightResampler(
            [4, 32, 32, 32, 32, 32, 32], kernels: [3, 3, 3, 3, 3, 3, 1], factor: 2, size: 6, noise: &noise)
        let largest = LightResamplerScaler(
            network: shipped, sourceSize: PlaneSize(3840, 2160), source: .float, target: .float)
        // Rows of seven layers for one thread; no bands of columns are needed.
        #expect(largest.scratchByteCount < 48 << 20, "\(largest.scratchByteCount)")
    }
}
