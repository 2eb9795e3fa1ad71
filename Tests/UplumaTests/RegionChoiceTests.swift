import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Regions chosen in pictures drawn so that there is one right answer.
@Suite struct RegionChoiceTests {
    private static let width = 96
    private static let height = 64

    /// A slope at the left, with a black patch and a white one of a single shade each below; in the middle a vertical edge;
    /// at the right checks of two pixels, and a corner below.
    private static func shade(_ x: Int, _ y: Int) -> Float {
        if x < 32 {
            if y >= 48 && !(16..<20).contains(x) { return x < 16 ? 0 : 1 }
            return 0.4 + 0.001 * Float(x + y)
        }
        if x < 64 { return x < 50 ? 0.95 : 0.05 }
        if y >= 48 { return x < 78 && y < 56 ? 0.3 : 0.9 }
        return (x / 2 + y / 2) % 2 == 0 ? 0.35 : 0.65
    }

    private func choice(_ shade: (Int, Int) -> Float = shade) -> RegionChoice {
        let shades = (0..<Self.height).flatMap { y in (0..<Self.width).map { shade($0, y) } }
        return RegionChoice(width: Self.width, height: Self.height, shades: shades)
    }

    private func region(_ kind: InspectedRegion.Kind, of regions: [InspectedRegion]) throws -> InspectedRegion {
        try #require(regions.first { $0.kind == kind })
    }

    @Test("a slope is smooth, a step is an edge, checks are a texture, a corner is none of them") func kinds() throws {
        let regions = choice().chosen()
        #expect(regions.map(\.kind) == [.smooth, .edge, .texture])
        let (smooth, edge, texture) = try (
            region(.smooth, of: regions), region(.edge, of: regions), region(.texture, of: regions)
        )
        #expect(smooth.box.maxX <= 32 && smooth.box.maxY <= 48, "\(smooth.box)")
        // The step's gradient reaches one pixel to both sides of it, and regions see two pixels around themselves.
        #expect(edge.box.maxX > 47 && edge.box.x < 53, "\(edge.box)")
        #expect(texture.box.x >= 64 && texture.box.maxY <= 48, "\(texture.box)")
        #expect(edge.coherence > 0.99 && texture.coherence < 0.3)
        #expect(smooth.gradient < 0.01 && edge.gradient > 0.1 && texture.gradient > 0.05)
        for region in regions {
            #expect(region.box.width == RegionChoice.size && region.box.height == RegionChoice.size)
        }
    }

    @Test("gradients are measured in shades a pixel, in any direction", arguments: [0.0, 0.4, 1.0, 2.2])
    func gradient(angle: Double) {
        let slope = 0.005
        let region = choice { x, y in Float(0.3 + slope * (Double(x) * cos(angle) + Double(y) * sin(angle))) }
            .region(x: 40, y: 30, number: 1)
        // Differences of floats near one, halves of 1e-7, over slopes of 0.005.
        #expect(abs(region.gradient / slope - 1) < 1e-4 && region.coherence > 0.999)
    }

    @Test("the same picture gives the same regions, upside down the mirrored ones") func pure() throws {
        #expect(choice().chosen() == choice().chosen())
        let mirrored = try region(.edge, of: choice { x, y in Self.shade(Self.width - 1 - x, y) }.chosen())
        #expect(mirrored.box.maxX > 43 && mirrored.box.x < 49, "\(mirrored.box)")
    }

    @Test("black bars and their edges are not chosen") func bars() {
        let regions = choice { x, y in
            y < 12 || y >= 52 ? 0.005 : x < 48 ? 0.5 + 0.0005 * Float(x) : 0.5 + 0.1 * Float((x / 3 + y / 2) % 2)
        }.chosen()
        for region in regions { #expect(region.box.y >= 12 && region.box.maxY <= 52, "\(region)") }
    }

    @Test("regions do not overlap where there is room") func apart() {
        var noise = SeededNoise(seed: 8)
        let regions = choice { _, _ in noise.float(in: 0...1) }.chosen()
        #expect(regions.count == 3)
        for (index, region) in regions.enumerated() {
            for other in regions.dropFirst(index + 1) { #expect(region.box.intersection(other.box).isEmpty) }
        }
    }

    @Test("any picture has regions inside of it", arguments: [(1, 1), (3, 9), (4, 4), (5, 6), (17, 12)])
    func small(width: Int, height: Int) {
        for shade in [Float(0), 0.5] {
            let choice = RegionChoice(
                width: width, height: height, shades: Array(repeating: shade, count: width * height))
            let regions = choice.chosen() + [choice.region(x: width - 1, y: height - 1, number: 2)]
            #expect(regions.count == 4)
            for box in regions.map(\.box) {
                #expect(box.x >= 0 && box.y >= 0 && box.maxX <= width && box.maxY <= height && !box.isEmpty)
            }
        }
    }
}
