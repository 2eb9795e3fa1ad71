import Testing
import UplumaKernels
import UplumaNetworks
import UplumaTestSupport

/// A network of stages with seeded weights.
struct AdaptiveForm: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let network: AdaptiveNetwork

    /// Every form of the paper, narrow; wide layers; kernels of another size.
    static let all: [AdaptiveForm] = {
        var noise = SeededNoise(seed: 23)
        func stage(
            _ widths: [Int], kernels: [Int]? = nil, size: Int = 5, factor: Int, intervals: [Int] = [1], repeats: Int = 1
        ) -> AdaptiveStage {
            seededStage(
                widths, kernels: kernels, size: size, factor: factor, intervals: intervals, repeats: repeats,
                noise: &noise)
        }
        func form(_ name: String, _ stages: [AdaptiveStage]) -> AdaptiveForm {
            AdaptiveForm(testDescription: name, network: AdaptiveNetwork(stages: stages))
        }
        return [
            form("basic, 2×", [stage([1, 6, 5], factor: 2)]),
            form("basic, 3×, a last layer of 1×1", [stage([1, 6, 7], kernels: [5, 3, 1], factor: 3)]),
            form("basic, 4×, kernels of 3×3", [stage([1, 5], size: 3, factor: 4)]),
            form("64 channels, 2×", [stage([1, 64, 64], factor: 2)]),
            form("two intervals, 4×", [stage([1, 4, 4], factor: 4, intervals: [1, 2])]),
            form("three intervals, kernels of 7×7, 2×", [stage([1, 4], size: 7, factor: 2, intervals: [1, 2, 3])]),
            form("progressive, 4×", [stage([1, 5, 4], factor: 2), stage([2, 4, 5], factor: 2)]),
            form("recursive once, 3×", [stage([1, 5], factor: 3), stage([2, 4, 4], factor: 1)]),
            form("recursive twice, 2×", [stage([1, 5], factor: 2), stage([2, 12, 12], factor: 1, repeats: 2)]),
            form(
                "progressive and recursive twice, 4×",
                [stage([1, 4], factor: 2), stage([2, 4], factor: 2), stage([2, 4], size: 3, factor: 1, repeats: 2)]),
        ]
    }()
}

/// A stage whose kernels are around those of bilinear enlargement and vary from pixel to pixel.
///
/// - Parameter widths: channels before the layers.
func seededStage(
    _ widths: [Int], kernels: [Int]? = nil, size: Int = 5, factor: Int, intervals: [Int] = [1], repeats: Int = 1,
    noise: inout SeededNoise
) -> AdaptiveStage {
    let all = widths + [size * size * factor * factor]
    let layers = (0..<widths.count).map { index in
        let isLast = index == widths.count - 1
        let layer = seededLayer(
            all[index], all[index + 1], kernel: kernels?[index] ?? 3, activation: isLast ? .none : .leaky(0),
            noise: &noise)
        guard isLast else { return layer }
        let plain = plainKernels(size: size, factor: factor) { max(1 - abs($0), 0) }
        return ConvolutionLayer(
            inputChannels: layer.inputChannels, outputChannels: layer.outputChannels, kernel: layer.kernel,
            weights: layer.weights.map { $0 * 0.1 }, bias: plain.map { $0 / Float(intervals.count) },
            activation: .none)
    }
    return AdaptiveStage(layers: layers, size: size, factor: factor, intervals: intervals, repeats: repeats)
}

/// The kernels of an enlargement by a filter's law, in the order of a last layer's channels.
func plainKernels(size: Int, factor: Int, law: (Double) -> Double) -> [Float] {
    func weight(_ phase: Int, _ tap: Int) -> Double {
        law(Double(tap - size / 2) - ((Double(phase) + 0.5) / Double(factor) - 0.5))
    }
    return (0..<size * size).flatMap { tap in
        (0..<factor * factor).map { phase in
            Float(weight(phase / factor, tap / size) * weight(phase % factor, tap % size))
        }
    }
}

/// A network of one stage that predicts the same kernels everywhere.
func constantNetwork(_ kernels: [Float], size: Int, factor: Int) -> AdaptiveNetwork {
    let layer = ConvolutionLayer(
        inputChannels: 1, outputChannels: kernels.count, kernel: 1,
        weights: Array(repeating: 0, count: kernels.count), bias: kernels, activation: .none)
    return AdaptiveNetwork(stages: [AdaptiveStage(layers: [layer], size: size, factor: factor)])
}
