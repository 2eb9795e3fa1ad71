package import UplumaFrames
package import UplumaNetworks
package import UplumaResampling

/// Makes the larger picture of each frame: luma by a model, chroma by a filter, at the target's depth and subsampling.
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
    /// The picture as it is stored: `source` times the scale, one column or row more where the encoder needs it.
    package let target: Picture
    /// What the user should know of how the model is applied.
    package let notes: [String]
    /// How the model's networks are run, a line each.
    package var runs: [String] { luma.runs.map(\.reason) }
    private let enlarged: Picture
    private let luma: ScalerChain
    private let chroma: ScalerChain?
    private let pool: FramePool

    /// - Parameters:
    ///   - scale: target over source, in both directions.
    ///   - model: what enlarges luma.
    ///   - chromaFilter: what enlarges chroma.
    ///   - source: the decoded picture.
    ///   - color: range and chroma location of the source; the target keeps both.
    ///   - targetFormat: depth and subsampling of the result.
    ///   - sizeMultiple: what the stored width and height must be multiples of.
    ///   - execution: how networks are to be run.
    /// - Throws: `ExecutionError` or `GraphError`: the model cannot be run so.
    package init(
        scale: Int, model: LoadedModel, chromaFilter: ResampleFilter, source: Picture, color: ColorDescription,
        targetFormat: PictureFormat, sizeMultiple: (width: Int, height: Int) = (1, 1), execution: Execution = .automatic
    ) throws {
        self.source = source
        enlarged = Picture(format: targetFormat, width: source.width * scale, height: source.height * scale)
        let roundedUp = { (size: Int, multiple: Int) in (size + multiple - 1) / multiple * multiple }
        target = Picture(
            format: targetFormat, width: roundedUp(enlarged.width, sizeMultiple.width),
            height: roundedUp(enlarged.height, sizeMultiple.height))
        luma = try model.makeScaler(
            sourceSize: PlaneSize(source.width, source.height), targetSize: PlaneSize(enlarged.width, enlarged.height),
            source: .luma(source.format, range: color.range), target: .luma(targetFormat, range: color.range),
            execution: execution)
        if source.format.chroma != .gray && targetFormat.chroma != .gray {
            let grid = SampleGrid.chroma(
                source: PlaneSize(source.width, source.height), format: source.format.chroma,
                location: color.chromaLocation, target: PlaneSize(enlarged.width, enlarged.height),
                targetFormat: targetFormat.chroma, targetLocation: color.chromaLocation)
            chroma = ScalerChain(stages: [
                FIRScaler(
                    filter: chromaFilter, grid: grid, source: .chroma(source.format, range: color.range),
                    target: .chroma(targetFormat, range: color.range))
            ])
        } else {
            chroma = nil
        }
        pool = FramePool(format: target.format, width: target.width, height: target.height)
        var notes = luma.notes
        if target != enlarged {
            notes.append(
                "The encoder needs multiples of \(sizeMultiple.width)×\(sizeMultiple.height): the picture of "
                    + "\(enlarged.width)×\(enlarged.height) is stored as \(target.width)×\(target.height), its last column or "
                    + "row repeated.")
        }
        self.notes = notes
    }

    /// Bytes of one result.
    package var targetFrameBytes: Int { pool.bytesPerFrame }

    /// Bytes of the workspace of one worker that divides a frame among some threads.
    package func workspaceByteCount(threads: Int) -> Int {
        luma.intermediateByteCount + threads * (luma.scratchByteCount + (chroma?.scratchByteCount ?? 0))
    }

    /// Memory of one worker, allocated once and used for every frame it makes. Not sendable: one thread at a time.
    package final class Workspace {
        fileprivate let luma: StripRunner
        fileprivate let chroma: StripRunner?

        fileprivate init(_ upscaler: FrameUpscaler, threads: Int) {
            luma = StripRunner(upscaler.luma, threads: threads)
            chroma = upscaler.chroma.map { StripRunner($0, threads: threads) }
        }
    }

    /// - Parameter threads: among how many each frame is divided; the samples do not depend on it.
    package func makeWorkspace(threads: Int = 1) -> Workspace { Workspace(self, threads: threads) }

    /// The enlarged frame, with the source's time stamp, duration, colour, shape and attachments.
    ///
    /// - Throws: what stopped the model.
    package func upscale(_ frame: Frame, workspace: Workspace) throws -> Frame {
        precondition(
            frame.width == source.width && frame.height == source.height && frame.format == source.format,
            "a frame of another size or format")
        var result = pool.take()
        for (index, plane) in result.planes.enumerated() {
            let size = target.format.planeSize(index, width: enlarged.width, height: enlarged.height)
            let part = Plane(
                storage: plane.storage, offset: plane.offset, stride: plane.stride, width: size.width,
                height: size.height, sample: plane.sample)
            if index == 0 {
                try workspace.luma.scale(frame.planes[0], into: part)
            } else if let chroma = workspace.chroma {
                try chroma.scale(frame.planes[index], into: part)
            } else {
                part.fill(code: 1 << (target.format.bitDepth - 1))
            }
            plane.replicateEdges(from: size)
        }
        result.color = frame.color
        result.sampleAspect = frame.sampleAspect
        result.pts = frame.pts
        result.duration = frame.duration
        result.attachments = frame.attachments
        return result
    }
}
