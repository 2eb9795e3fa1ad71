import Testing
import UplumaFrames
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@testable import Upluma

/// Networks whose kernels are known.
enum KnownKernels {
    static let size = 5

    /// The weights of Catmull-Rom for each of the factor² results of a source pixel, rows first.
    static func catmullRom(factor: Int) -> [[Double]] {
        func law(_ x: Double) -> Double {
            let x = abs(x)
            return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        }
        func weight(_ phase: Int, _ tap: Int) -> Double {
            law(Double(tap - size / 2) - ((Double(phase) + 0.5) / Double(factor) - 0.5))
        }
        return (0..<factor * factor).map { phase in
            (0..<size * size).map { weight(phase / factor, $0 / size) * weight(phase % factor, $0 % size) }
        }
    }

    /// A network that predicts these kernels everywhere, and `slope` times the sample more for the middle element.
    static func network(_ phases: [[Double]], slope: Float = 0) -> AdaptiveNetwork {
        let factor = Int(Double(phases.count).squareRoot())
        let channels = size * size * factor * factor
        let bias = (0..<size * size).flatMap { tap in phases.map { Float($0[tap]) } }
        let weights = (0..<channels).map { $0 / phases.count == size * size / 2 ? slope : 0 }
        let layer = ConvolutionLayer(
            inputChannels: 1, outputChannels: channels, kernel: 1, weights: weights, bias: bias, activation: .none)
        return AdaptiveNetwork(stages: [AdaptiveStage(layers: [layer], size: size, factor: factor)])
    }

    static let format = PictureFormat(chroma: .gray, bitDepth: 8)

    static func noise(width: Int, height: Int) -> Plane {
        let plane = Plane(width: width, height: height, sample: .uint8)
        plane.fill(.noise, maximum: 255, seed: 4)
        return plane
    }

    static func prediction(_ network: AdaptiveNetwork, _ plane: Plane) -> KernelPrediction {
        KernelPrediction(
            network: network, sourceSize: PlaneSize(plane.width, plane.height), source: .luma(format, range: .full))
    }

    static func survey(
        _ network: AdaptiveNetwork, _ plane: Plane, most: (width: Int, height: Int) = (1000, 1000), threads: Int = 2
    ) -> KernelSurvey {
        KernelSurvey(of: prediction(network, plane), source: plane, levels: 1, mostMap: most, threads: threads) {}
    }
}

@Suite struct KernelSurveyTests {
    /// Floats of order one.
    private static let rounding = 1e-6

    @Test("kernels that are the same everywhere are found, and nothing departs from them", arguments: [2, 3])
    func constant(factor: Int) {
        let phases = KnownKernels.catmullRom(factor: factor)
        let plane = KnownKernels.noise(width: 21, height: 13)
        let survey = KnownKernels.survey(KnownKernels.network(phases), plane)
        #expect(survey.factor == factor && survey.size == KnownKernels.size && survey.block == 1)
        for (found, expected) in zip(survey.phases.joined(), phases.joined()) {
            #expect(abs(found - expected) < Self.rounding)
        }
        for sum in [survey.sums.lowest, survey.sums.mean, survey.sums.highest] { #expect(abs(sum - 1) < Self.rounding) }
        // The root of what two squares that should be equal differ by.
        #expect(survey.departure.values.allSatisfy { abs($0) < 2e-3 })
        for (tap, element) in survey.elements.enumerated() {
            let values = phases.map { $0[tap] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(element.row == tap / 5 && element.column == tap % 5)
            #expect(abs(element.mean - mean) < Self.rounding)
            #expect(abs(element.deviation - variance.squareRoot()) < 1e-5)
            #expect(element.lowest == Double(values.map(Float.init).min() ?? 0))
            #expect(element.highest == Double(values.map(Float.init).max() ?? 0))
        }
        for (tap, map) in survey.maps.enumerated() {
            #expect(map.width == 21 * factor && map.height == 13 * factor)
            for y in 0..<map.height {
                for x in 0..<map.width {
                    #expect(map[x, y] == Float(phases[y % factor * factor + x % factor][tap]))
                }
            }
        }
    }

    @Test(
        "maps of large pictures are means over blocks, each place in a source pixel by itself",
        arguments: [(20, 12), (8, 100), (1, 1)])
    func blocks(mostWidth: Int, mostHeight: Int) {
        let factor = 2
        let (width, height) = (23, 17)
        let plane = KnownKernels.noise(width: width, height: height)
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: factor), slope: 0.5)
        let survey = KnownKernels.survey(network, plane, most: (mostWidth, mostHeight))
        let whole = KnownKernels.survey(network, plane)
        let block = survey.block
        #expect(block > 1 && survey.maps[0].width <= max(factor, mostWidth))
        #expect(survey.maps[0].height <= max(factor, mostHeight))
        // One less would not do.
        let smaller = (factor * ((width + block - 2) / (block - 1)), factor * ((height + block - 2) / (block - 1)))
        #expect(smaller.0 > mostWidth || smaller.1 > mostHeight)
        for tap in [0, 12] {
            let (map, results) = (survey.maps[tap], whole.maps[tap])
            for y in 0..<map.height {
                for x in 0..<map.width {
                    var values: [Float] = []
                    for row in y / factor * block..<min(height, (y / factor + 1) * block) {
                        for column in x / factor * block..<min(width, (x / factor + 1) * block) {
                            values.append(results[column * factor + x % factor, row * factor + y % factor])
                        }
                    }
                    let mean = values.reduce(0, +) / Float(values.count)
                    // Sums of up to 391 floats in another order.
                    #expect(abs(map[x, y] - mean) < 1e-5)
                }
            }
        }
    }

    @Test("changes are weights less their mean in the same place") func changes() {
        let plane = KnownKernels.noise(width: 9, height: 8)
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: 2), slope: 0.5)
        let survey = KnownKernels.survey(network, plane)
        let mean = plane.codes.joined().reduce(0, +) / 255 / 72
        for tap in [0, 7, 12] {
            let change = survey.change(ofElement: tap)
            for y in 0..<16 {
                for x in 0..<18 {
                    let expected = tap == 12 ? 0.5 * (plane.codes[y / 2][x / 2] / 255 - mean) : 0
                    // Rounding of floats of order one.
                    #expect(abs(change[x, y] - expected) < 1e-5)
                }
            }
        }
    }

    @Test("the departure is the distance from the mean kernel") func departure() {
        let plane = KnownKernels.noise(width: 9, height: 8)
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: 2), slope: 0.5)
        let survey = KnownKernels.survey(network, plane)
        let mean = plane.codes.joined().reduce(0, +) / 255 / 72
        for y in 0..<16 {
            for x in 0..<18 {
                let expected = 0.5 * abs(plane.codes[y / 2][x / 2] / 255 - mean)
                // Near zero, the root of the difference of two squares.
                #expect(abs(survey.departure[x, y] - expected) < 2e-3)
            }
        }
    }

    @Test("the number of threads changes nothing") func threads() {
        let plane = KnownKernels.noise(width: 19, height: 31)
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: 2), slope: 0.3)
        let surveys = [1, 3].map { KnownKernels.survey(network, plane, threads: $0) }
        #expect(surveys[0].elements == surveys[1].elements && surveys[0].maps == surveys[1].maps)
        #expect(surveys[0].phases == surveys[1].phases && surveys[0].departure == surveys[1].departure)
    }

    @Test("a region's kernels are those of its results") func region() {
        let plane = KnownKernels.noise(width: 12, height: 10)
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: 2), slope: 0.5)
        let survey = KnownKernels.survey(network, plane)
        let region = InspectedRegion(
            kind: .named(1), box: Box(x: 5, y: 3, width: 4, height: 4), gradient: 0, coherence: 0)
        let found = RegionKernels(region, of: KnownKernels.prediction(network, plane), source: plane)
        #expect(found.columns == 8 && found.rows == 8 && found.kernels.count == 64)
        let differences = found.differences(from: survey.phases)
        for (index, kernel) in found.kernels.enumerated() {
            let (x, y) = (10 + index % 8, 6 + index / 8)
            for tap in 0..<25 {
                #expect(kernel[tap] == survey.maps[tap][x, y])
                let change = kernel[tap] - Float(survey.phases[y % 2 * 2 + x % 2][tap])
                #expect(abs(differences[index][tap] - change) < 1e-6, "rounding of floats")
            }
        }
        let mean = found.kernels.reduce(Float(0)) { $0 + $1[12] } / 64
        #expect(abs(found.mean[12] - Double(mean)) < 1e-5, "sums of 64 floats")
    }
}
