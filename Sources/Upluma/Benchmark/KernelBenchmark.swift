import UplumaFrames
import UplumaKernels
import UplumaResampling

/// Times single kernels on rows of one width at every instruction-set level, on one thread.
struct KernelBenchmark {
    /// Source samples of a row.
    let width: Int
    /// How long each kernel is measured at each level.
    let seconds: Double

    /// One kernel on rows of one kind.
    struct Case {
        let kernel: String
        let variant: String
        /// Samples of a row it writes, or pixels.
        let samples: Int
        /// Bytes it reads and writes, each once.
        let bytes: Int
        /// A multiply-add counts as two; nil where nothing is summed.
        var operations: Int?
        /// What one row takes, at a level.
        let make: (CPULevel) -> () -> Void
    }

    func run() -> [KernelResult] {
        cases.flatMap { item in
            CPULevel.available.map { level in
                let timing = Timing.measureShort(seconds: seconds, item.make(level))
                let nanoseconds = timing.median * 1e6
                return KernelResult(
                    kernel: item.kernel, variant: item.variant, level: level.description, samples: item.samples,
                    nanosecondsMedian: nanoseconds, nanosecondsMinimum: timing.minimum * 1e6,
                    gigabytesPerSecond: Double(item.bytes) / nanoseconds,
                    gigaflops: item.operations.map { Double($0) / nanoseconds })
            }
        }
    }

    private var cases: [Case] {
        let types: [(SampleType, String)] = [(.uint8, "u8"), (.uint16, "u16"), (.float32, "f32")]
        return types.map { sampleCase(loading: $0, $1) } + types.map { sampleCase(storing: $0, $1) }
            + types.flatMap { type in [1, 2].map { downCase(type.0, type.1, targets: $0) } }
            + [alongCase] + types.map { enlargeCase($0, $1, factor: 2) }
            + [3, 4].map { enlargeCase(.uint8, "u8", factor: $0) }
            + [2, 3, 4].map { enlargeCase(.uint8, "u8", factor: $0, addsResidual: true) }
            + [(1, 8, 3), (8, 8, 3), (8, 4, 3), (16, 16, 3), (32, 32, 3), (64, 64, 3), (64, 100, 3), (1, 64, 9)]
            .map { convolutionCase(inputs: $0, outputs: $1, kernel: $2) }
            + [Lane.bf16, .u8].flatMap { lane in
                [(8, 8, 3), (8, 4, 3), (16, 16, 3), (64, 64, 3)].map {
                    convolutionCase(inputs: $0, outputs: $1, kernel: $2, lane: lane)
                }
            }
            + [16, 32, 64].map(winogradCase)
            + [tanhCase, subpixelCase]
            + [(2, Lane.f32), (3, .f32), (4, .f32), (2, .bf16)].map { latticeCase(factor: $0, lane: $1) }
            + [displacedCase("7×7, to 1/2", .reducing(by: 2), planes: 3), displacedCase("3×3", .patch, planes: 1)]
    }

    /// A mapping of 8 or 10 bits, or none.
    private func mapping(_ sample: SampleType) -> SampleMapping {
        sample == .float32
            ? .float : .luma(PictureFormat(chroma: .gray, bitDepth: sample == .uint8 ? 8 : 10), range: .limited)
    }

    private func plane(_ sample: SampleType, width: Int, height: Int = 1) -> Plane {
        let plane = Plane(width: width, height: height, sample: sample)
        plane.storage.withBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        return plane
    }

    private func sampleCase(loading sample: SampleType, _ name: String) -> Case {
        let bytes = width * (sample.byteCount + 4)
        return Case(kernel: "load", variant: name, samples: width, bytes: bytes) { level in
            let (kernels, source) = (SampleKernels(level: level), plane(sample, width: width))
            let (mapping, row) = (mapping(sample), FloatRow(width))
            return { kernels.load(row: 0, of: source, mapping: mapping, into: row.values) }
        }
    }

    private func sampleCase(storing sample: SampleType, _ name: String) -> Case {
        let bytes = width * (sample.byteCount + 4)
        return Case(kernel: "store", variant: name, samples: width, bytes: bytes) { level in
            let (kernels, target) = (SampleKernels(level: level), plane(sample, width: width))
            let (mapping, row) = (mapping(sample), FloatRow(width))
            return { kernels.store(row.values, asRow: 0, of: target, mapping: mapping) }
        }
    }

    /// Lanczos 3 down the columns: six source rows to one row, or the seven that two rows share.
    private func downCase(_ sample: SampleType, _ name: String, targets: Int) -> Case {
        let taps = 5 + targets
        return Case(
            kernel: "down", variant: "\(name), \(taps) rows to \(targets)", samples: width * targets,
            bytes: width * (taps * sample.byteCount + 4 * targets), operations: 2 * width * 6 * targets
        ) { level in
            let (kernels, source) = (FIRKernels(level: level), plane(sample, width: width, height: taps))
            let (first, second, weights) = (FloatRow(width), FloatRow(width), FloatRow(2 * taps))
            return {
                kernels.vertical(
                    source, rows: 0..<taps, weights: weights.values, start: 0, into: first.values,
                    second: targets == 2 ? second.values : nil)
            }
        }
    }

    /// Lanczos 3 along the row to 3/2 of it, which is no whole factor.
    private var alongCase: Case {
        let count = width * 3 / 2
        return Case(
            kernel: "along", variant: "f32, 6 taps, 3/2", samples: count, bytes: 4 * (width + count),
            operations: 2 * 6 * count
        ) { level in
            let axis = SampleAxis(source: width, target: count)
            let filter = FilterTaps(filter: .lanczos3, axis: axis)
            let taps = FIRRowTaps(
                first: filter.first, weights: filter.weights, taps: filter.count, sourceCount: width)
            let (kernels, source) = (FIRKernels(level: level), FloatRow(width + FIRRowTaps.overread))
            let target = FloatRow(taps.paddedCount)
            return { kernels.horizontal(source.values, taps: taps, into: target.values) }
        }
    }

    /// Six taps a phase, to samples; with sub-pixels added where asked.
    private func enlargeCase(_ sample: SampleType, _ name: String, factor: Int, addsResidual: Bool = false) -> Case {
        let count = width * factor
        return Case(
            kernel: "enlarge", variant: "\(name), 6 taps, \(factor)×\(addsResidual ? " + residual" : "")",
            samples: count, bytes: 4 * width + count * (sample.byteCount + (addsResidual ? 4 : 0)),
            operations: 2 * count * (addsResidual ? 7 : 6)
        ) { level in
            let phases = FIRPhases(
                first: (0..<factor).map { 2 * $0 < factor ? 0 : 1 },
                weights: Array(repeating: [0.02, -0.1, 0.6, 0.6, -0.1, 0.02], count: factor))
            let residual = FeatureRows(channels: factor, width: width)
            let ending =
                addsResidual
                ? FIREnding(mapping(sample), adding: .init(residual.row(0), firstChannel: 0))
                : FIREnding(mapping(sample))
            let (kernels, source) = (FIRKernels(level: level), FloatRow(width + 8 + FIRPhases.overread))
            let target = plane(sample, width: count)
            return {
                withExtendedLifetime(residual) {
                    kernels.enlarge(source.values, phases: phases, ending: ending, asRow: 0, of: target)
                }
            }
        }
    }

    /// From rows of one kind of lanes to the same.
    private func convolutionCase(inputs: Int, outputs: Int, kernel: Int, lane: Lane = .f32) -> Case {
        Case(
            kernel: "convolution", variant: "\(lane), \(inputs)→\(outputs), \(kernel)×\(kernel)", samples: width,
            bytes: 4 * width * (lane.planes(channels: inputs) * kernel + lane.planes(channels: outputs)),
            operations: 2 * kernel * kernel * inputs * outputs * width
        ) { level in
            let count = kernel * kernel * inputs * outputs
            let layer = PackedConvolution(
                inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                weights: lane == .u8
                    ? .integers(Array(repeating: 1, count: count), scales: Array(repeating: 0.01, count: outputs))
                    : .floats(Array(repeating: 0.01, count: count)),
                bias: Array(repeating: 0, count: outputs), activation: .leaky(0.3), input: lane, output: lane,
                codes: lane == .u8
                    ? PackedConvolution.Codes(
                        steps: Array(repeating: 1, count: outputs), zeros: Array(repeating: 0, count: outputs)) : nil)
            let source = FeatureRows(channels: inputs, width: width, count: kernel, lane: lane)
            let target = FeatureRows(channels: layer.writtenChannels, width: width, lane: lane)
            let kernels = ConvolutionKernels(level: level)
            return { kernels.convolve(layer, into: target.row(0)) { source.row($0) } }
        }
    }

    /// Four rows by Winograd's way; operations are those of the plain one.
    private func winogradCase(channels: Int) -> Case {
        Case(
            kernel: "winograd", variant: "f32, \(channels)→\(channels), 3×3, 4 rows", samples: 4 * width,
            bytes: 4 * width * channels * (6 + 4), operations: 2 * 9 * channels * channels * 4 * width
        ) { level in
            let layer = WinogradConvolution(
                inputChannels: channels, outputChannels: channels,
                weights: Array(repeating: 0.01, count: 9 * channels * channels),
                bias: Array(repeating: 0, count: channels), activation: .leaky(0.3))
            let layout = ChannelsLastLayout(channels: channels, width: width)
            let rows = FloatRow(10 * layout.byteCount / 4)
            let scratch = FloatRow(layer.scratchByteCount / 4)
            let kernels = WinogradKernels(level: level)
            func row(_ index: Int) -> ChannelsLastRow {
                ChannelsLastRow(at: UnsafeMutableRawPointer(rows.values) + index * layout.byteCount, layout: layout)
            }
            return {
                withExtendedLifetime(rows) {
                    kernels.convolve(layer, into: { row(6 + $0) }, scratch: scratch.values, row: row)
                }
            }
        }
    }

    private var tanhCase: Case {
        let count = (width + 15) / 16 * 16
        return Case(kernel: "tanh", variant: "f32", samples: count, bytes: 8 * count) { level in
            let (kernels, row) = (ConvolutionKernels(level: level), FloatRow(count))
            return { kernels.tanh(row.values, count: count) }
        }
    }

    private var subpixelCase: Case {
        Case(kernel: "subpixels", variant: "f32, 2×", samples: 2 * width, bytes: 4 * 6 * width) { level in
            let (kernels, row) = (ConvolutionKernels(level: level), FloatRow(2 * width))
            let residual = FeatureRows(channels: 2, width: width)
            return { kernels.addSubpixels(of: residual.row(0), firstChannel: 0, factor: 2, to: row.values) }
        }
    }

    /// Per-pixel kernels of 5×5 taps: all rows that one source row becomes.
    private func latticeCase(factor: Int, lane: Lane) -> Case {
        let lattice = AdaptiveLattice(size: 5, factor: factor, intervals: [factor])
        let samples = width * factor * factor
        return Case(
            kernel: "lattice", variant: "\(lane), 5×5, \(factor)×", samples: samples,
            bytes: 4 * (width * (lane.planes(channels: lattice.channels) + lattice.size) + samples),
            operations: 2 * lattice.channels * width
        ) { level in
            let weights = FeatureRows(channels: lattice.channels, width: width, lane: lane)
            let stride = (width + 15) / 16 * 16 + 2 * lattice.reach
            let (source, target) = (FloatRow((2 * lattice.reach + 1) * stride), FloatRow(factor * factor * stride))
            let kernels = AdaptiveKernels(level: level)
            return {
                withExtendedLifetime(weights) {
                    kernels.resample(
                        lattice, weights: weights.row(0), limit: true,
                        row: { UnsafePointer(source.values + ($0 + lattice.reach) * stride + lattice.reach) },
                        into: { target.values + $0 * factor * stride })
                }
            }
        }
    }

    /// A row of the result as wide as a row of the other kernels, not displaced.
    private func displacedCase(_ variant: String, _ taps: DisplacedTaps, planes: Int) -> Case {
        let (columns, rows) = (width * taps.step + 8, 16)
        return Case(
            kernel: "displaced", variant: "f32, \(variant), \(planes) \(planes == 1 ? "plane" : "planes")",
            samples: width * planes, bytes: 4 * (3 * taps.count * width + planes * (columns * rows + width)),
            operations: 2 * 4 * taps.count * width * planes
        ) { level in
            let values = FeatureRows(channels: taps.count, width: width, count: 3)
            let source = FloatRow(planes * columns * rows)
            let target = FloatRow(planes * (width + 16))
            let kernels = DisplacedKernels(level: level)
            return {
                withExtendedLifetime(values) {
                    kernels.resample(
                        taps, row: -taps.start,
                        of: .init(
                            source.values, width: columns, height: rows, stride: columns, planes: planes,
                            planeStride: columns * rows),
                        weights: .init(values.row(0)), horizontal: .init(values.row(1)),
                        vertical: .init(values.row(2)), into: { target.values + $0 * (width + 16) })
                }
            }
        }
    }
}

/// Zeros, 64-byte aligned; not sendable.
private final class FloatRow {
    let values: UnsafeMutablePointer<Float>

    init(_ count: Int) {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * max(count, 1), alignment: 64)
        values = bytes.initializeMemory(as: Float.self, repeating: 0, count: max(count, 1))
    }

    deinit { values.deallocate() }
}

/// Rows of features that hold zeros; not sendable.
private final class FeatureRows {
    private let layout: FeatureLayout
    private let memory: UnsafeMutableRawPointer

    init(channels: Int, width: Int, count: Int = 1, lane: Lane = .f32) {
        layout = FeatureLayout(channels: channels, width: width, lane: lane)
        memory = .allocate(byteCount: count * layout.byteCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * layout.byteCount)
    }

    deinit { memory.deallocate() }

    func row(_ index: Int) -> FeatureRow { FeatureRow(at: memory + index * layout.byteCount, layout: layout) }
}
