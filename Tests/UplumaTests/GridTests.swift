import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

@Suite struct GridTests {
    private func picture(_ rows: [[Float]], range: SampleRange = .full) -> ShadedPicture {
        ShadedPicture(
            GuardedPlane(rows: rows, sample: .uint8).plane, format: PictureFormat(chroma: .gray, bitDepth: 8),
            range: range)
    }

    @Test("black is 0 and white is 1 in either range") func shades() {
        let pictures = [
            picture([[0, 255]]), picture([[16, 235]], range: .limited), picture([[16, 235]], range: .unspecified),
        ]
        // Codes times the inverse of their unit, as floats.
        for picture in pictures { #expect(zip(picture.shades(), [0, 1]).allSatisfy { abs($0 - $1) < 1e-6 }) }
    }

    @Test("a picture of twice the size has every pixel four times") func enlarged() {
        let grid = Grid(
            picture([[0, 255], [51, 102]]), part: Box(x: 0, y: 0, width: 2, height: 2), width: 4, height: 4)
        let rows: [[Float]] = [[0, 0, 1, 1], [0, 0, 1, 1], [0.2, 0.2, 0.4, 0.4], [0.2, 0.2, 0.4, 0.4]]
        // Float shares of one, and codes over 255.
        #expect(zip(grid.values, rows.joined()).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("smaller ones keep the mean, whatever the ratio", arguments: [(7, 5), (3, 2), (1, 1), (13, 11), (20, 9)])
    func mean(width: Int, height: Int) {
        var noise = SeededNoise(seed: 3)
        let rows = (0..<11).map { _ in (0..<13).map { _ in Float(Int.random(in: 0...255, using: &noise)) } }
        let grid = Grid(picture(rows), part: Box(x: 0, y: 0, width: 13, height: 11), width: width, height: height)
        let expected = rows.joined().reduce(0, +) / 255 / (13 * 11)
        // Sums of up to 143 floats of order one.
        #expect(abs(grid.values.reduce(0, +) / Float(width * height) - expected) < 1e-5)
    }

    @Test("a part is cut where it is named") func part() {
        let rows = (0..<4).map { y in (0..<5).map { Float(10 * y + $0) } }
        let grid = Grid(picture(rows), part: Box(x: 2, y: 1, width: 3, height: 2), width: 3, height: 2)
        #expect(grid.values.map { ($0 * 255).rounded() } == [12, 13, 14, 22, 23, 24])
    }

    @Test(
        "pictures fill a space by whole multiples, or shrink into it",
        arguments: [
            (100, 50, 200, 100), (64, 48, 192, 144), (300, 100, 200, 66), (100, 400, 50, 200), (5000, 1, 200, 1),
        ])
    func fitted(width: Int, height: Int, toWidth: Int, toHeight: Int) {
        let size = Grid.fitted(width: width, height: height, intoWidth: 200, height: 200)
        #expect(size.width == toWidth && size.height == toHeight)
    }
}
