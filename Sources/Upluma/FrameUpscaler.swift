package import UplumaFrames
package import UplumaNetworks
package import UplumaResampling

/// Makes the picture of another size of each frame, at the target's depth and subsampling: luma enlarged by a model, or
/// reduced by a downscaler, or one after the other with floats between; chroma by a filter, in one step.
///
/// A value fixed for a whole job, used by all workers at once, each with a workspace of its own. Results do not depend on
/// the number of workers.
package final class FrameUpscaler: Sendable {
    /// One end of the work: what a picture is made of.
    package struct Picture: Sendable, Equatable {
        package var format: PictureFormat
        package var width: Int
        package var height: Int

        package init(format: PictureFormat, width: Int, height: Int) {
            self.format = format
            self.width = width
            self.height = height
        }
    }

    package let source: Picture
    /// The picture as it is stored: `source` times the scale, divided by the downscaler's factor and rounded up, one column
    /// or row more where the encoder needs it.
    package let target: Picture
    /// What the user should know of how model and downscaler are applied.
    package let notes: [String]
    /// How the model's networks are run, a line each.
    package var runs: [String] { luma.runs.map(\.reason) }
    /// `target` without what the encoder needs more.
    let exact: Picture
    private let luma: ScalerChain
    private let chroma: ChromaScalers?
    private let aspect: Rational?
    private let fitting: FrameFitter.Target
    private let turn: PictureTurn?
    private let pool: FramePool

    /// - Parameters:
    ///   - scale: how many times the model enlarges, in both directions; 1 without a model.
    ///   - model: what enlarges luma; nil for nothing.
    ///   - downscaler: what reduces luma, after the model; nil for nothing.
    ///   - chromaFilter: what resamples chroma.
    ///   - source: the decoded picture.
    ///   - color: range and chroma location of the source; the target keeps both.
    ///   - targetFormat: depth and subsampling of the result.
    ///   - sizeMultiple: what the stored width and height must be multiples of.
    ///   - execution: how networks are to be run.
    ///   - sampleAspect: width over height of a sample of source and result; nil when nobody says.
    ///   - placement: where chroma lies in the source; nil for both planes at the source's location.
    ///   - targetLocation: where chroma is put; nil for the source's location.
    ///   - turn: done to each frame first; `source`, `sampleAspect` and `placement` are those of the turned picture.
    /// - Throws: `ExecutionError` or `GraphError`: model or downscaler cannot be run so.
    package init(
        scale: Int, model: LoadedModel?, downscaler: LoadedDownscaler? = nil, chromaFilter: ResampleFilter,
        source: Picture, color: ColorDescription,
        targetFormat: PictureFormat, sizeMultiple: (width: Int, height: Int) = (1, 1),
        execution: Execution = .automatic,
        sampleAspect: Rational? = nil, placement: ChromaPlacement? = nil, targetLocation: ChromaLocation? = nil,
        turn: PictureTurn? = nil
    ) throws {
        self.turn = turn
        let targetLocation = targetLocation ?? color.chromaLocation
        aspect = sampleAspect
        self.source = source
        let size = PlaneSize(source.width, source.height)
        let change = PictureScale(scale: scale, factor: downscaler?.factor ?? 1)
        let targetSize = change.target(size)
        exact = Picture(format: targetFormat, width: targetSize.width, height: targetSize.height)
        let roundedUp = { (size: Int, multiple: Int) in (size + multiple - 1) / multiple * multiple }
        target = Picture(
            format: targetFormat, width: roundedUp(exact.width, sizeMultiple.width),
            height: roundedUp(exact.height, sizeMultiple.height))
        luma = try ScalerChain(
            model, downscaler, change, from: size, source: .luma(source.format, range: color.range),
            target: .luma(targetFormat, range: color.range), execution: execution)
        if source.format.chroma != .gray && targetFormat.chroma != .gray {
            let grids = ChromaScalers.Grids(
                luma: change.grid(size), format: source.format.chroma,
                placement: placement ?? ChromaPlacement(color.chromaLocation, source.format.chroma),
                targetFormat: targetFormat.chroma, location: targetLocation)
            chroma = ChromaScalers(
                chromaFilter, grids, source: .chroma(source.format, range: color.range),
                target: .chroma(targetFormat, range: color.range))
        } else {
            chroma = nil
        }
        fitting = FrameFitter.Target(
            format: targetFormat, grid: change.grid(size), sampleAspect: sampleAspect, range: color.range,
            location: targetLocation)
        pool = FramePool(format: target.format, width: target.width, height: target.height)
        var notes = luma.notes
        if target != exact {
            notes.append(
                "The encoder needs multiples of \(sizeMultiple.width)×\(sizeMultiple.height): the picture of "
                    + "\(exact.width)×\(exact.height) is stored as \(target.width)×\(target.height), its last column or "
                    + "row repeated.")
        }
        self.notes = notes
    }

    /// Bytes of one result.
    package var targetFrameBytes: Int { pool.bytesPerFrame }

    /// Bytes of the workspace of one worker that divides a frame among some threads.
    package func workspaceByteCount(threads: Int) -> Int {
        luma.intermediateByteCount + threads * (luma.scratchByteCount + (chroma?.scratchByteCount ?? 0))
            + (turn == nil ? 0 : source.frameBytes)
    }

    /// Memory of one worker, allocated once and used for every frame it makes. Not sendable: one thread at a time.
    package final class Workspace {
        fileprivate let luma: StripRunner
        fileprivate let chroma: ChromaRunners?
        private let threads: Int
        /// For pictures unlike the job's. Few: a recording changes between two or three forms.
        private var fitters: [FrameFitter.Source: FrameFitter] = [:]
        /// For turned pictures.
        private var pool: FramePool?
        private static let mostFitters = 4

        fileprivate init(_ upscaler: FrameUpscaler, threads: Int) {
            luma = StripRunner(upscaler.luma, threads: threads)
            chroma = upscaler.chroma.map { ChromaRunners($0, threads: threads) }
            self.threads = threads
        }

        fileprivate func upright(_ frame: Frame, _ turn: PictureTurn) -> Frame {
            let size = turn.size(width: frame.width, height: frame.height)
            if let pool, pool.format == frame.format, pool.width == size.width, pool.height == size.height {
                return turn.turned(frame, pool: pool)
            }
            let pool = FramePool(format: frame.format, width: size.width, height: size.height)
            self.pool = pool
            return turn.turned(frame, pool: pool)
        }

        fileprivate func fitter(_ frame: Frame, _ target: FrameFitter.Target) -> FrameFitter {
            let source = FrameFitter.Source(frame)
            if let fitter = fitters[source] { return fitter }
            if fitters.count >= Workspace.mostFitters { fitters = [:] }
            let fitter = FrameFitter(source, into: target, threads: threads)
            fitters[source] = fitter
            return fitter
        }
    }

    /// - Parameter threads: among how many each frame is divided; the samples do not depend on it.
    package func makeWorkspace(threads: Int = 1) -> Workspace { Workspace(self, threads: threads) }

    /// Whether a frame is of the form the job was made for, as all are in most files.
    private func isExpected(_ frame: Frame) -> Bool {
        frame.width == source.width && frame.height == source.height && frame.format == source.format
            && (frame.color.range == .full) == (fitting.range == .full)
            && (aspect == nil || frame.sampleAspect == nil || frame.sampleAspect == aspect)
    }

    /// The frame in its new size, with the source's time stamp, duration, colour, shape and attachments.
    ///
    /// A frame of another size, format, range or shape than the job's is fitted into the same picture (`FrameFitter`).
    ///
    /// - Throws: what stopped model or downscaler.
    package func upscale(_ frame: Frame, workspace: Workspace) throws -> Frame {
        // A format that appears on the way and cannot be turned is shown as it is stored.
        let frame = turn.map { $0.fits(frame.format.chroma) ? workspace.upright(frame, $0) : frame } ?? frame
        let fitter = isExpected(frame) ? nil : workspace.fitter(frame, fitting)
        var result = pool.take()
        for (index, plane) in result.planes.enumerated() {
            let size = target.format.planeSize(index, width: exact.width, height: exact.height)
            let part = Plane(
                storage: plane.storage, offset: plane.offset, stride: plane.stride, width: size.width,
                height: size.height, sample: plane.sample)
            if let fitter {
                try fitter.fill(index, of: frame, into: part)
            } else if index == 0 {
                try workspace.luma.scale(frame.planes[0], into: part)
            } else if let chroma = workspace.chroma {
                try chroma.scale(frame.planes[index], index, into: part)
            } else {
                part.fill(code: 1 << (target.format.bitDepth - 1))
            }
            plane.replicateEdges(from: size)
        }
        result.color = frame.color
        result.sampleAspect = fitter == nil ? frame.sampleAspect : aspect
        result.pts = frame.pts
        result.duration = frame.duration
        result.attachments = frame.attachments
        return result
    }
}

extension ScalerChain {
    /// The way of luma through a model, a downscaler or both; floats lie between them.
    fileprivate init(
        _ model: LoadedModel?, _ downscaler: LoadedDownscaler?, _ change: PictureScale, from size: PlaneSize,
        source: SampleMapping, target: SampleMapping, execution: Execution
    ) throws {
        precondition(model != nil || downscaler != nil && change.scale == 1, "something makes the new picture")
        let enlarging = try model?.makeScaler(
            sourceSize: size, targetSize: change.enlarged(size), source: source,
            target: downscaler == nil ? target : .float, execution: execution)
        let reducing = try downscaler?.makeScaler(
            sourceSize: change.enlarged(size), source: enlarging == nil ? source : .float, target: target,
            execution: execution)
        let chains = [enlarging, reducing].compactMap { $0 }
        var runs: [ExecutionPlan] = []
        for run in chains.flatMap(\.runs) where !runs.contains(run) { runs.append(run) }
        self.init(stages: chains.flatMap(\.stages), notes: chains.flatMap(\.notes), runs: runs)
    }
}
