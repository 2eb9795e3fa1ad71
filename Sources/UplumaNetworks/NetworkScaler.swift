package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// Enlarges a plane with a network, all its layers, filters and conversions in one pass.
///
/// The result is limited to 0...1 (also where the target's mapping could hold more, as the SP-VDSR article has it) and
/// stored through the target's mapping, integers rounded to nearest. A strip computes `chain.halo` rows of the layers'
/// grid above and below itself again. Where the layers read an enlargement, its rows are made as they are needed, too.
package struct NetworkScaler: PlaneScaler {
    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    package var rowGranularity: Int { subpixels }
    package let scratchByteCount: Int

    /// What the layers correct.
    private enum Base: Sendable {
        /// Nothing: they make the whole picture.
        case none
        /// Rows of values, to which sub-pixels are added.
        case values(FIRRowStream)
        /// Rows that take sub-pixels while they are filtered and end in the target's samples: one pass instead of four.
        case samples(FIRRowStream)

        var scratchByteCount: Int {
            switch self {
            case .none: 0
            case .values(let stream), .samples(let stream): stream.scratchByteCount
            }
        }
    }

    private let subpixels: Int
    private let executor: StreamingExecutor
    /// What the layers read where that is not the source itself.
    private let enlargement: FIRRowStream?
    private let base: Base
    private let samples: SampleKernels
    private let kernels: ConvolutionKernels
    private let sourceMapping: SampleMapping
    private let targetMapping: SampleMapping
    /// Floats of the row that a result is put together in.
    private let rowStride: Int

    /// - Parameters:
    ///   - chain: the network.
    ///   - sourceSize: any size; the target is `chain.factor` times as wide and high.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - precision: one that `StreamingExecutor.supports` for the network.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        chain: ConvolutionChain, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        precision: Precision = .f32, level: CPULevel = .current
    ) {
        subpixels = chain.subpixels
        self.sourceSize = sourceSize
        let targetSize = PlaneSize(sourceSize.width * chain.factor, sourceSize.height * chain.factor)
        self.targetSize = targetSize
        func stream(_ filter: ResampleFilter, to mapping: SampleMapping = .float) -> FIRRowStream {
            FIRRowStream(
                filter: filter, grid: SampleGrid(source: sourceSize, target: targetSize), source: source,
                target: mapping, level: level)
        }
        executor = StreamingExecutor(
            chain: chain, size: chain.layerSize(of: sourceSize), precision: precision, level: level)
        if case .enlarged(let filter) = chain.input { enlargement = stream(filter) } else { enlargement = nil }
        if let filter = chain.base {
            let fused = stream(filter, to: target)
            base = fused.wholeFactor == chain.subpixels ? .samples(fused) : .values(stream(filter))
        } else {
            base = .none
        }
        samples = SampleKernels(level: level)
        kernels = ConvolutionKernels(level: level)
        sourceMapping = source
        targetMapping = target
        rowStride = (targetSize.width + 15) / 16 * 16
        scratchByteCount =
            executor.scratchByteCount + (enlargement?.scratchByteCount ?? 0) + base.scratchByteCount
            + rowStride * MemoryLayout<Float>.stride
    }

    package func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        check(source, target, rows: rows, scratch: scratch)
        guard !rows.isEmpty else { return }
        let layerRows = rows.lowerBound / subpixels..<rows.upperBound / subpixels
        // Closures that are made for every row would copy the whole scaler.
        let (subpixels, samples, kernels, sourceMapping) = (subpixels, samples, kernels, sourceMapping)
        scratch.withBytes { memory in
            var free = memory
            func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
                defer { free += byteCount }
                return free
            }
            var layers = executor.begin(rows: layerRows, scratch: take(executor.scratchByteCount))
            var inputs = enlargement.map {
                $0.begin(atTargetRow: executor.firstInputRow(of: layerRows), scratch: take($0.scratchByteCount))
            }
            let baseMemory = take(base.scratchByteCount)
            var bases: FIRRowCursor?
            var isFused = false
            switch base {
            case .none: break
            case .values(let stream): bases = stream.begin(atTargetRow: rows.lowerBound, scratch: baseMemory)
            case .samples(let stream):
                bases = stream.begin(atTargetRow: rows.lowerBound, scratch: baseMemory)
                isFused = true
            }
            let row = take(rowStride * MemoryLayout<Float>.stride).bindMemory(to: Float.self, capacity: rowStride)
            for y in layerRows {
                let made = layers.nextRow { y, values in
                    if inputs == nil {
                        samples.load(row: y, of: source, mapping: sourceMapping, into: values)
                    } else {
                        inputs?.nextRow(from: source, into: values)
                    }
                }
                for dy in 0..<subpixels {
                    if isFused {
                        bases?.nextRow(
                            from: source, adding: FIREnding.Residual(made, firstChannel: subpixels * dy),
                            asRow: subpixels * y + dy, of: target)
                        continue
                    }
                    if bases == nil { row.update(repeating: 0, count: rowStride) }
                    bases?.nextRow(from: source, into: row)
                    kernels.addSubpixels(of: made, firstChannel: subpixels * dy, factor: subpixels, to: row)
                    samples.store(row, asRow: subpixels * y + dy, of: target, mapping: targetMapping)
                }
            }
        }
    }
}
