import CUplumaKernels
package import UplumaFrames

/// What the sums of an enlargement begin with and end in; a sum is a code of the target's `SampleMapping`.
package struct FIREnding {
    /// Sub-pixels that a network adds: channel `firstChannel + p` at pixel x goes to target factor · x + p.
    package struct Residual {
        package let features: FeatureRow
        package let firstChannel: Int

        package init(_ features: FeatureRow, firstChannel: Int) {
            self.features = features
            self.firstChannel = firstChannel
        }
    }

    /// The targets' mapping: sums begin with its zero, to which a residual, times the unit, is added.
    package let mapping: SampleMapping
    /// Codes are limited to this (NaN becomes the lower bound) and, for integer samples, rounded to nearest, halves to
    /// even; nil leaves float samples as they are.
    package let limits: ClosedRange<Float>?
    package let residual: Residual?

    /// A filtered row: integer codes limited to what there is, floats left as they are.
    package init(_ mapping: SampleMapping) {
        self.mapping = mapping
        limits = mapping.sample == .float32 ? nil : 0...min(mapping.maximum, mapping.sample.largestCode)
        residual = nil
    }

    /// A row that a network corrects: values limited to 0...1 whatever the samples.
    package init(_ mapping: SampleMapping, adding residual: Residual) {
        self.mapping = mapping
        let top = min(mapping.zero + mapping.unit, mapping.maximum, mapping.sample.largestCode)
        limits = mapping.zero...top
        self.residual = residual
    }

    func check(factor: Int, targetWidth: Int, sample: SampleType) {
        precondition(sample == mapping.sample, "the mapping is for \(mapping.sample), not \(sample)")
        guard let residual else { return }
        let layout = residual.features.layout
        precondition(
            residual.firstChannel >= 0 && residual.firstChannel + factor <= layout.channels
                && targetWidth <= layout.width * factor, "\(factor) channels of \(layout) for \(targetWidth) samples")
    }

    /// The ending as C sees it, valid inside `body` only.
    func withEnding(_ body: (UnsafePointer<upluma_fir_ending>) -> Void) {
        var ending = upluma_fir_ending(
            residual: residual.map { UnsafePointer($0.features.channel($0.firstChannel)) },
            residual_stride: residual?.features.layout.planeStride ?? 0, unit: mapping.unit, start: mapping.zero,
            low: limits?.lowerBound ?? -.infinity, high: limits?.upperBound ?? .infinity)
        body(&ending)
    }
}

extension SampleType {
    /// The highest number a sample can hold.
    fileprivate var largestCode: Float {
        switch self {
        case .uint8: 255
        case .uint16: 65535
        case .float32: .infinity
        }
    }
}
