import UplumaFrames
import UplumaMedia
import UplumaQuality
import UplumaResampling

/// What results are held against: the original of what was made small, as a film or as a picture.
///
/// Not sendable: one thread at a time.
final class PreviewReference {
    private enum Content {
        case film(FrameSeeker)
        case still(StillPicture)
    }

    private let path: String
    private let content: Content
    /// A still picture is that of one moment.
    var isStill: Bool { if case .still = content { true } else { false } }

    /// - Throws: `MediaError`.
    init(path: String, threads: Int, isCancelled: @escaping @Sendable () -> Bool) throws {
        self.path = path
        let source = try MediaSource(path: path, isCancelled: isCancelled)
        if source.facts.isPicture {
            content = .still(try StillPicture.read(path: path, isCancelled: isCancelled))
        } else {
            content = .film(
                FrameSeeker(source, fields: .keep, threads: threads, notes: { _ in }, isCancelled: isCancelled))
        }
    }

    /// Luma as a result has it, in 8-bit code values of its range.
    ///
    /// - Parameters:
    ///   - seconds: when the result is shown; a film's frame of that time is taken.
    ///   - result: of some version; its matrix makes luma of red, green and blue, its range is that of the codes.
    ///   - size: that the reference must have.
    ///   - sourceHeight: lines of the source, which tell the matrix where none is named.
    /// - Throws: `UplumaError` of kind `usage` for another size, or as `FrameSeeker`.
    func luma(at seconds: Double, like result: Frame, size: PlaneSize, sourceHeight: Int) throws -> CodePlane {
        let plane: CodePlane
        switch content {
        case .film(let seeker):
            let frame = try seeker.frame(onScreenAt: seconds).frame
            let codes = PreviewMeasure.luma(frame)
            plane =
                PreviewReference.isFull(frame) == PreviewReference.isFull(result)
                ? codes : PreviewReference.ranged(codes, isFull: PreviewReference.isFull(result))
        case .still(let still):
            let gray = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .full)
            var shades: CodePlane
            switch still.content {
            case .gray(let codes): shades = CodePlane(codes, mapping: gray)
            case .rgb(let red, let green, let blue):
                let share = ColorMatrix(result.color.matrix, sourceHeight: sourceHeight).lumaShares
                shades = CodePlane(red, mapping: gray)
                let (greens, blues) = (CodePlane(green, mapping: gray), CodePlane(blue, mapping: gray))
                for index in shades.samples.indices {
                    shades.samples[index] =
                        share.red * shades.samples[index] + share.green * greens.samples[index]
                        + share.blue * blues.samples[index]
                }
            }
            plane = PreviewReference.isFull(result) ? shades : PreviewReference.ranged(shades, isFull: false)
        }
        guard plane.width >= size.width, plane.height >= size.height, plane.width - size.width < 2,
            plane.height - size.height < 2
        else {
            throw UplumaError(
                .usage,
                "The reference \"\(path)\" has \(plane.width)×\(plane.height) pixels and the results have "
                    + "\(size.width)×\(size.height). Give one of their size.")
        }
        return plane
    }

    private static func isFull(_ frame: Frame) -> Bool { frame.color.range == .full }

    /// Codes of one range as those of the other.
    private static func ranged(_ plane: CodePlane, isFull: Bool) -> CodePlane {
        var plane = plane
        for index in plane.samples.indices {
            plane.samples[index] =
                isFull ? (plane.samples[index] - 16) * 255 / 219 : 16 + plane.samples[index] * 219 / 255
        }
        return plane
    }
}
