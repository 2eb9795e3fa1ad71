import UplumaKernels
import UplumaResampling

/// The sizes of one network: those of its architecture, where the metadata of its file does not say others.
///
/// | key | value |
/// |---|---|
/// | `scale` | 1 to 8; 2 when missing |
/// | `widths` | channels before, between and after the layers, such as 1-64-32-1 |
/// | `kernels` | rows and columns of each layer's kernel, such as 9-1-5 |
/// | `activation` | `relu`, `leaky`, `prelu` or `tanh`, after all layers but the last |
/// | `leaky_slope` | what `leaky` multiplies by, 0 to 1; 0.3 when missing |
/// | `base` | the filter that enlarges the source, for networks that use one |
/// | `sample_range` | 0..1, whatever is said after that |
/// | `precision` | `f32`, or `int8`: all layers but the first in 8 bits; f32 when missing |
struct NetworkSettings: Hashable, Sendable {
    var factor = 2
    var widths: [Int]
    var kernels: [Int]
    var activation: NetworkArchitecture.ActivationLaw
    var slope: Float = 0.3
    var base: ResampleFilter?
    var precision = WeightsPrecision.f32

    /// - Throws: `WeightsError` with `invalidSetting`.
    init(_ architecture: NetworkArchitecture, of file: WeightsFile) throws {
        func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws -> Value? {
            guard let text = file.metadata[key] else { return nil }
            if let value = read(text) { return value }
            throw WeightsError(
                .invalidSetting, file: file.name, problem: "metadata '\(key)' is '\(text)', not \(expected)",
                remedy: "export the network again with metadata that describes it")
        }
        if let read = try value("scale", "a whole number from 1 to 8", { Self.numbers($0, in: 1...8) }) {
            factor = read[0]
        }
        let outputs = architecture.outputs(factor: factor)
        widths =
            try value("widths", "channel counts from 1 to 1024 such as 1-8-8-4, starting with 1") {
                Self.numbers($0, in: 1...1024, counts: 2...65).flatMap { $0[0] == 1 ? $0 : nil }
            } ?? architecture.channels + [outputs]
        guard widths[widths.count - 1] == outputs else {
            throw WeightsError(
                .invalidSetting, file: file.name,
                problem: "metadata 'widths' is '\(file.metadata["widths"] ?? "")', which does not end with \(outputs)"
                    + (architecture.form == .subpixels ? ", the square of the scale, \(factor)²" : ""),
                remedy: "export the network again with metadata that describes it")
        }
        let layers = widths.count - 1
        let known = PackedConvolution.kernelSizes
        kernels =
            try value("kernels", "\(layers) of the odd numbers \(known.map(String.init).joined(separator: ", "))") {
                Self.numbers($0, in: 1...9, counts: layers...layers).flatMap { Set($0).isSubset(of: known) ? $0 : nil }
            } ?? architecture.kernels ?? Array(repeating: 3, count: layers)
        guard kernels.count == layers else {
            throw WeightsError(
                .invalidSetting, file: file.name,
                problem: "metadata 'widths' describes \(layers) layers, but 'kernels' is missing",
                remedy: "export the network again with metadata that describes it")
        }
        let laws = NetworkArchitecture.ActivationLaw.allCases
        activation =
            try value("activation", "one of \(laws.map(\.rawValue).joined(separator: ", "))") {
                NetworkArchitecture.ActivationLaw(rawValue: $0)
            } ?? architecture.activation
        slope =
            try value("leaky_slope", "a number from 0 to 1") {
                Float($0).flatMap { (0...1).contains($0) ? $0 : nil }
            } ?? slope
        if architecture.base == nil {
            base = nil
            _ = try value("base", "none: \(architecture.name) enlarges by itself") { $0 == "none" ? true : nil }
        } else {
            let filters = ResampleFilter.allCases.map(\.name).joined(separator: ", ")
            base = try value("base", "one of \(filters)") { ResampleFilter(named: $0) } ?? architecture.base
        }
        _ = try value("sample_range", "0..1") { $0.hasPrefix("0..1") ? true : nil }
        let precisions = WeightsPrecision.allCases.map(\.rawValue).joined(separator: ", ")
        precision = try value("precision", "one of \(precisions)") { WeightsPrecision(rawValue: $0) } ?? precision
        let hasInt8 =
            layers > 1 && architecture.form == .subpixels && kernels.allSatisfy { $0 == 3 } && activation != .tanh
        guard precision != .int8 || hasInt8 else {
            throw WeightsError(
                .invalidSetting, file: file.name,
                problem: "metadata 'precision' is 'int8', which is for two or more layers of 3×3 without tanh at the"
                    + " small size", remedy: "export the network in float32")
        }
    }

    /// Whole numbers joined by dashes; nil when there are not as many as `counts` allows, or one is not in `range`.
    static func numbers(
        _ text: String, in range: ClosedRange<Int>, counts: ClosedRange<Int> = 1...1
    ) -> [Int]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, counts.contains(parts.count), numbers.allSatisfy(range.contains) else {
            return nil
        }
        return numbers
    }
}
