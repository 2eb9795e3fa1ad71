package import UplumaFrames

/// How the targets of one direction lie on the source samples.
///
/// The centre of source sample j has coordinate j. The ratio is kept apart from the two counts, since rounded-up chroma
/// planes do not have the ratio of their luma.
package struct SampleAxis: Hashable, Sendable {
    package var sourceCount: Int
    package var targetCount: Int
    /// Source samples from one target to the next, as the exact fraction `stepNumerator / stepDenominator`.
    package var stepNumerator: Int
    package var stepDenominator: Int
    /// How far the targets are moved to the right or down, in source samples.
    package var shift: Double

    /// Both ends of the picture coincide: the step is `source / target`.
    package init(source: Int, target: Int, shift: Double = 0) {
        self.init(
            sourceCount: source, targetCount: target, stepNumerator: source, stepDenominator: target, shift: shift)
    }

    package init(sourceCount: Int, targetCount: Int, stepNumerator: Int, stepDenominator: Int, shift: Double) {
        precondition(sourceCount > 0 && targetCount > 0, "\(sourceCount) samples to \(targetCount)")
        precondition(stepNumerator > 0 && stepDenominator > 0, "a step of \(stepNumerator)/\(stepDenominator)")
        self.sourceCount = sourceCount
        self.targetCount = targetCount
        self.stepNumerator = stepNumerator
        self.stepDenominator = stepDenominator
        self.shift = shift
    }

    /// The step is what is asked for, however many targets there are.
    package init(source: Int, target: Int, step: (numerator: Int, denominator: Int)) {
        self.init(
            sourceCount: source, targetCount: target, stepNumerator: step.numerator, stepDenominator: step.denominator,
            shift: 0)
    }

    package var step: Double { Double(stepNumerator) / Double(stepDenominator) }

    /// Where target `index` lies: (index + 0.5) · step - 0.5 + shift.
    package func sourceCoordinate(_ index: Int) -> Double {
        // Multiplied before divided, so that a coordinate that is a whole or half number comes out exactly.
        (Double(index) + 0.5) * Double(stepNumerator) / Double(stepDenominator) - 0.5 + shift
    }

    /// Target i is source sample i, for all i.
    package var isIdentity: Bool { stepNumerator == stepDenominator && shift == 0 && sourceCount == targetCount }
}

/// How a target plane lies on its source plane, in both directions.
package struct SampleGrid: Hashable, Sendable {
    package var x: SampleAxis
    package var y: SampleAxis

    package init(x: SampleAxis, y: SampleAxis) {
        self.x = x
        self.y = y
    }

    /// Both ends of the picture coincide, but for the shifts: how far the targets are moved to the right and down, in
    /// source samples.
    package init(source: PlaneSize, target: PlaneSize, shiftX: Double = 0, shiftY: Double = 0) {
        x = SampleAxis(source: source.width, target: target.width, shift: shiftX)
        y = SampleAxis(source: source.height, target: target.height, shift: shiftY)
    }

    package var sourceSize: PlaneSize { PlaneSize(x.sourceCount, y.sourceCount) }
    package var targetSize: PlaneSize { PlaneSize(x.targetCount, y.targetCount) }

    /// The grid of a chroma plane that stays in place on its luma, whose own grid is that of `init(source:target:)`.
    ///
    /// Steps and shifts come from the luma sizes, since a chroma plane rounded up is larger than its share of the
    /// picture. Source and target may differ in subsampling and in location. `source` and `target` are luma sizes.
    package static func chroma(
        source: PlaneSize, format: ChromaFormat, location: ChromaLocation,
        target: PlaneSize, targetFormat: ChromaFormat, targetLocation: ChromaLocation
    ) -> SampleGrid {
        chroma(
            source: source, format: format, offset: ChromaPlacement(location, format).cb,
            target: target, targetFormat: targetFormat, targetLocation: targetLocation)
    }

    /// The same for a source plane that lies at `offset`, one of a `ChromaPlacement`.
    package static func chroma(
        source: PlaneSize, format: ChromaFormat, offset: ChromaPlacement.Offset,
        target: PlaneSize, targetFormat: ChromaFormat, targetLocation: ChromaLocation
    ) -> SampleGrid {
        chroma(
            luma: SampleGrid(source: source, target: target), format: format, offset: offset,
            targetFormat: targetFormat, targetLocation: targetLocation)
    }

    /// The grid of a chroma plane that stays in place on a luma whose grid is `luma`; only its sizes and steps count, which
    /// need not be the quotient of the sizes (a picture reduced to a size rounded up).
    package static func chroma(
        luma: SampleGrid, format: ChromaFormat, offset: ChromaPlacement.Offset, targetFormat: ChromaFormat,
        targetLocation: ChromaLocation
    ) -> SampleGrid {
        let targetOffset = ChromaPlacement(targetLocation, targetFormat).cb
        return SampleGrid(
            x: chromaAxis(
                luma.x, log2: format.log2Width, offset: offset.x, targetLog2: targetFormat.log2Width,
                targetOffset: targetOffset.x),
            y: chromaAxis(
                luma.y, log2: format.log2Height, offset: offset.y, targetLog2: targetFormat.log2Height,
                targetOffset: targetOffset.y))
    }

    /// The same subsampling and location in source and target.
    package static func chroma(
        source: PlaneSize, target: PlaneSize, format: ChromaFormat, location: ChromaLocation
    ) -> SampleGrid {
        chroma(
            source: source, format: format, location: location,
            target: target, targetFormat: format, targetLocation: location)
    }

    private static func chromaAxis(
        _ luma: SampleAxis, log2: Int, offset: Double, targetLog2: Int, targetOffset: Double
    ) -> SampleAxis {
        // Chroma target i lies on luma target i · 2^t + offset_t, that on luma source (… + 0.5) · step - 0.5, and
        // luma source X on chroma source (X - offset_s) / 2^s. The shift is what the axis' own rule leaves of it.
        let scale = Double(1 << log2)
        var axis = SampleAxis(
            sourceCount: (luma.sourceCount + (1 << log2) - 1) >> log2,
            targetCount: (luma.targetCount + (1 << targetLog2) - 1) >> targetLog2,
            stepNumerator: luma.stepNumerator << targetLog2, stepDenominator: luma.stepDenominator << log2, shift: 0)
        let first = ((targetOffset + 0.5) * luma.step - 0.5 - offset) / scale
        axis.shift = first - axis.sourceCoordinate(0)
        return axis
    }
}
