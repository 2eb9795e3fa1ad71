import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// Every form of DAIR with seeded weights, and every DAIR that ships, against PyTorch (`Goldens`, made by the training
/// package).
@Suite struct AdaptiveParityTests {
    @Test("every form of the paper has a golden")
    func forms() throws {
        let networks = try Set(
            NetworkParityTests.adaptiveCases.map { name in
                let file = try SafetensorsFile(NetworkParityTests.folder.appendingPathComponent(name))
                return try Network(file: NetworkParityTests.weights(#require(file.metadata["weights"])))
            })
        let adaptive = networks.compactMap(\.adaptive)
        #expect(adaptive.count == networks.count)
        #expect(Set(adaptive.map(\.factor)).isSuperset(of: [2, 3, 4]))
        #expect(adaptive.contains { $0.stages.count == 1 && $0.stages[0].lattice.intervals.count == 1 })
        for levels in [2, 3] {
            #expect(adaptive.contains { $0.stages.count == 1 && $0.stages[0].lattice.intervals.count == levels })
        }
        #expect(adaptive.contains { $0.stages.map(\.factor) == [2, 2] })
        for repeats in [1, 2] {
            #expect(adaptive.contains { $0.stages.map(\.factor) == [2, 1] && $0.stages[1].repeats == repeats })
            #expect(adaptive.contains { $0.stages.map(\.factor) == [3, 1] } || repeats == 2)
        }
        #expect(adaptive.contains { $0.stages.map(\.factor) == [2, 2, 1] && $0.stages[2].repeats == 2 })
        #expect(Set(adaptive.map { $0.stages[0].lattice.size }).isSuperset(of: [3, 5, 7]))
    }

    @Test("kernels, picture and output are PyTorch's", arguments: NetworkParityTests.adaptiveCases)
    func golden(name: String) throws {
        let file = try SafetensorsFile(NetworkParityTests.folder.appendingPathComponent(name))
        let weights = try NetworkParityTests.weights(#require(file.metadata["weights"]))
        let network = try #require(Network(file: weights).adaptive)
        let shape = try #require(file.shapes["input"])
        let (height, width) = (shape[2], shape[3])
        let input = try file.floats("input")
        let source = Plane(width: width, height: height, sample: .float32)
        source.fill { x, y in input[y * width + x] }
        let output = try file.floats("output").map(Double.init)
        let kernels = try file.floats("kernels").map(Double.init)
        for level in CPULevel.available {
            let scaler = AdaptiveScaler(
                network: network, sourceSize: PlaneSize(width, height), source: .float, target: .float, level: level)
            let target = Plane(width: scaler.targetSize.width, height: scaler.targetSize.height, sample: .float32)
            scaler.scale(source, into: target)
            // Float32 against float64: as for the layers of other networks (1e-5, `NetworkParityTests`), twice over for
            // kernels whose 25 or more products are summed up after them.
            #expect(largestDifference(Array(target.codes.joined()), output) < 2e-5, "\(level)")
            let prediction = KernelPrediction(
                network: network, sourceSize: PlaneSize(width, height), source: .float, level: level)
            let taps = Array(0..<prediction.kernelSize * prediction.kernelSize)
            let elements = prediction.elements(of: source, taps: taps, rows: 0..<height)
            let found = elements.flatMap { $0.codes.joined() }
            #expect(largestDifference(found, kernels) < 1e-5, "\(level)")
        }
        let reference = AdaptiveReference(network: network)
        let exact = reference.output(of: input.map(Double.init), width: width, height: height)
        // Double against double; what remains is the rounding of stored numbers of order one.
        #expect(try zip(exact, file.floats("layers")).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }
}
