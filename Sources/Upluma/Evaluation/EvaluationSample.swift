import UplumaFrames
import UplumaQuality
import UplumaResampling

/// One picture or frame with the small picture made of it.
struct EvaluationSample {
    let name: String
    /// Whether black is 16 and white 235 in luma.
    let isLimited: Bool
    /// Luma; of a clip with colour also Cb and Cr.
    let planes: [SamplePlane]

    var luma: SamplePlane { planes[0] }
}

/// One plane of a sample: the original and what the models start from.
struct SamplePlane {
    /// How originals and results are cut and what is kept in integers.
    struct Rules {
        /// What reduces, in double precision.
        var filter: ResampleFilter
        var floatSmall: Bool
        var floatResult: Bool
        /// What reduces luma instead of the filter.
        var downscaler: EvaluatedDownscaler?
    }

    /// Cut to what the small plane stands for.
    let original: CodePlane
    /// Codes of `mapping`, or floats that hold its values.
    let small: Plane
    /// From small to large.
    let grid: SampleGrid
    /// Of the original's codes.
    let mapping: SampleMapping
    private let floatResult: Bool

    /// - Parameters:
    ///   - original: cut already.
    ///   - reduction: the grid from large to small.
    ///   - enlargement: the grid from small to large.
    ///   - mapping: of the original's codes; small planes and results are rounded to those, unless `rules` says no.
    init(original: CodePlane, reduction: SampleGrid, enlargement: SampleGrid, mapping: SampleMapping, rules: Rules) {
        let reduced = original.resized(filter: rules.filter, grid: reduction)
        self.init(
            original: original, small: rules.floatSmall ? reduced.floats(of: mapping) : reduced.rounded(to: mapping),
            grid: enlargement, mapping: mapping, floatResult: rules.floatResult)
    }

    private init(original: CodePlane, small: Plane, grid: SampleGrid, mapping: SampleMapping, floatResult: Bool) {
        self.original = original
        self.small = small
        self.grid = grid
        self.mapping = mapping
        self.floatResult = floatResult
    }

    /// Luma, or the plane of a grey picture.
    ///
    /// - Throws: what stopped a downscaler.
    init(luma: CodePlane, scale: Int, mapping: SampleMapping, rules: Rules) throws {
        let large = PlaneSize(luma.width / scale * scale, luma.height / scale * scale)
        let small = PlaneSize(large.width / scale, large.height / scale)
        let original = luma.cropped(width: large.width, height: large.height)
        let enlargement = SampleGrid(source: small, target: large)
        guard let downscaler = rules.downscaler else {
            self.init(
                original: original, reduction: SampleGrid(source: large, target: small), enlargement: enlargement,
                mapping: mapping, rules: rules)
            return
        }
        // Originals are codes: nothing is rounded here.
        let reduced = try downscaler.reduce(
            original.rounded(to: mapping), mapping: mapping, isFloat: rules.floatSmall)
        self.init(
            original: original, small: reduced, grid: enlargement, mapping: mapping, floatResult: rules.floatResult)
    }

    /// How the samples of `small` map to values.
    var smallMapping: SampleMapping { small.sample == .float32 ? .float : mapping }
    /// How values map to the samples of a result.
    var resultMapping: SampleMapping { floatResult ? .float : mapping }

    /// The large plane as a filter makes it; with the chroma filter, chroma as the main job makes it.
    func enlarged(by filter: ResampleFilter) -> Plane {
        let target = Plane(
            width: grid.targetSize.width, height: grid.targetSize.height, sample: resultMapping.sample)
        FIRScaler(filter: filter, grid: grid, source: smallMapping, target: resultMapping).scale(small, into: target)
        return target
    }

    /// The codes of a result.
    func codes(of result: Plane) -> CodePlane { CodePlane(result, mapping: mapping) }
}

extension EvaluationSample {
    /// A frame of a clip: luma as with pictures, chroma reduced and enlarged where it is sited.
    ///
    /// - Throws: what stopped a downscaler.
    init(_ frame: Frame, name: String, scale: Int, rules: SamplePlane.Rules) throws {
        let large = PlaneSize(frame.width / scale * scale, frame.height / scale * scale)
        let small = PlaneSize(large.width / scale, large.height / scale)
        let (format, range) = (frame.format, frame.color.range)
        let chroma = SampleMapping.chroma(format, range: range)
        self.name = name
        isLimited = range != .full
        planes = try frame.planes.enumerated().map { index, plane in
            guard index > 0 else {
                let mapping = SampleMapping.luma(format, range: range)
                return try SamplePlane(
                    luma: CodePlane(plane, mapping: mapping), scale: scale, mapping: mapping, rules: rules)
            }
            let size = format.planeSize(index, width: large.width, height: large.height)
            let grid = { (source: PlaneSize, target: PlaneSize) in
                SampleGrid.chroma(
                    source: source, target: target, format: format.chroma, location: frame.color.chromaLocation)
            }
            return SamplePlane(
                original: CodePlane(plane, mapping: chroma).cropped(width: size.width, height: size.height),
                reduction: grid(large, small), enlargement: grid(small, large), mapping: chroma, rules: rules)
        }
    }
}
