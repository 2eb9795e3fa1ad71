import Foundation
import Testing
import UplumaKernels
import UplumaTestSupport

/// Displaced taps against what the authors' own implementations made of the same weights and displacements.
@Suite(.enabled(if: sharedFolder != nil, "UPLUMA_SHARED names no folder of reference vectors"))
struct AuthorsResamplingTests {
    private func file(_ name: String) throws -> SafetensorsFile {
        let folder = try #require(sharedFolder).appendingPathComponent("reference")
        return try SafetensorsFile(folder.appendingPathComponent("\(name).safetensors"))
    }

    /// The tolerances are those that come with the vectors: about ten times what the order of operations changes.
    @Test("CAR's reduced pictures", arguments: [2, 4], CPULevel.available)
    func car(scale: Int, level: CPULevel) throws {
        let vectors = try file("car_\(scale)x.case1")
        let (input, output) = (try Planes(vectors, "input"), try Planes(vectors, "output_raw"))
        let padded = input.reflected(by: (3 * scale + 1) / 2)
        let kernels = try Planes(vectors, "kernels")
        let (horizontal, vertical) = (try Planes(vectors, "offsets_h"), try Planes(vectors, "offsets_v"))
        let found = output.made { y, target in
            let rows = [kernels, horizontal, vertical].map { $0.row(y) }
            withExtendedLifetime(rows) {
                padded.withSource { source in
                    DisplacedKernels(level: level).resample(
                        .reducing(by: scale), row: y, of: source, weights: .init(rows[0].row),
                        horizontal: .init(rows[1].row), vertical: .init(rows[2].row), into: target)
                }
            }
        }
        #expect(largestDifference(found, output.values) < 1e-5)
    }

    @Test(
        "DKN's and FDKN's filtered depth",
        arguments: [("fdkn_8x", Float(1e-5)), ("dkn_seeded", 5e-5)], ["case1", "case2"])
    func patch(network: (name: String, tolerance: Float), name: String) throws {
        let vectors = try file("\(network.name).\(name)")
        let (depth, output) = (try Planes(vectors, "input.depth"), try Planes(vectors, "output"))
        let (weights, offsets) = (try Planes(vectors, "weight"), try Planes(vectors, "offset"))
        for level in CPULevel.available {
            let sums = output.made { y, target in
                let rows = [weights, offsets].map { $0.row(y) }
                withExtendedLifetime(rows) {
                    depth.withSource { source in
                        DisplacedKernels(level: level).resample(
                            .patch, row: y, of: source, weights: .init(rows[0].row),
                            horizontal: .init(rows[1].row, every: 2),
                            vertical: .init(rows[1].row, from: 1, every: 2), into: target)
                    }
                }
            }
            // What is filtered is a correction.
            let found = zip(sums, depth.values).map { $0 + $1 }
            #expect(largestDifference(found, output.values) < network.tolerance, "\(level)")
        }
    }

    private func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
        guard found.count == expected.count else { return .infinity }
        return zip(found, expected).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
    }

    /// A tensor of one picture, [channel][row][column].
    private struct Planes {
        let channels: Int
        let height: Int
        let width: Int
        let values: [Float]

        init(_ file: SafetensorsFile, _ name: String) throws {
            let shape = try #require(file.shapes[name], "\(name)")
            (channels, height, width) = (shape[1], shape[2], shape[3])
            values = try file.floats(name)
        }

        private init(channels: Int, height: Int, width: Int, values: [Float]) {
            (self.channels, self.height, self.width, self.values) = (channels, height, width, values)
        }

        /// With pixels around it, mirrored at the middle of the edge pixels.
        func reflected(by margin: Int) -> Planes {
            func mirrored(_ index: Int, _ count: Int) -> Int {
                let place = abs(index - margin)
                return place < count ? place : 2 * (count - 1) - place
            }
            let size = (height: height + 2 * margin, width: width + 2 * margin)
            return Planes(
                channels: channels, height: size.height, width: size.width,
                values: (0..<channels * size.height * size.width).map { index in
                    let (y, x) = (index / size.width % size.height, index % size.width)
                    let plane = index / size.width / size.height
                    return values[(plane * height + mirrored(y, height)) * width + mirrored(x, width)]
                })
        }

        func withSource(_ body: (DisplacedKernels.Source) -> Void) {
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                body(
                    DisplacedKernels.Source(
                        base, width: width, height: height, stride: width, planes: channels,
                        planeStride: width * height))
            }
        }

        /// One row of all channels.
        func row(_ y: Int) -> GuardedFeatureRow {
            let row = GuardedFeatureRow(layout: FeatureLayout(channels: channels, width: width))
            row.fill(
                (0..<channels).map { channel in
                    let first = (channel * height + y) * width
                    return Array(values[first..<first + width])
                })
            return row
        }

        /// Planes of this size, row by row.
        func made(_ row: (Int, (Int) -> UnsafeMutablePointer<Float>) -> Void) -> [Float] {
            var result = values
            let made = GuardedFeatureRow(layout: FeatureLayout(channels: channels, width: width))
            for y in 0..<height {
                row(y) { made.row.channel($0) }
                for channel in 0..<channels {
                    for x in 0..<width { result[(channel * height + y) * width + x] = made.row.channel(channel)[x] }
                }
            }
            return result
        }
    }
}
