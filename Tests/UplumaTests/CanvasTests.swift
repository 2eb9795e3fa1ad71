import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

@Suite struct CanvasTests {
    private static let red = RGB(200, 10, 20)
    private static let blue = RGB(0, 20, 200)

    @Test("a box is filled as far as it lies on the canvas", arguments: [(-2, -3), (1, 1), (5, 4), (9, 9)])
    func fill(x: Int, y: Int) {
        var canvas = Canvas(width: 7, height: 6)
        canvas.fill(Box(x: x, y: y, width: 4, height: 3), Self.red)
        for row in 0..<6 {
            for column in 0..<7 {
                let isInside = (x..<x + 4).contains(column) && (y..<y + 3).contains(row)
                #expect(canvas[column, row] == (isInside ? Self.red : .white), "\(column),\(row)")
            }
        }
    }

    @Test("an outline lies around the box and leaves it alone") func outline() {
        var canvas = Canvas(width: 12, height: 12)
        let box = Box(x: 4, y: 5, width: 3, height: 2)
        canvas.outline(box, Self.blue, thickness: 2)
        for y in 0..<12 {
            for x in 0..<12 {
                let isInside = { (b: Box) in (b.x..<b.maxX).contains(x) && (b.y..<b.maxY).contains(y) }
                let isLine = isInside(box.grown(by: 2)) && !isInside(box)
                #expect(canvas[x, y] == (isLine ? Self.blue : .white), "\(x),\(y)")
            }
        }
    }

    @Test("panels lie beside and below each other") func panels() {
        func square(_ side: Int, _ color: RGB) -> Panel {
            Panel(width: side, height: side) { canvas, x, y in
                canvas.fill(Box(x: x, y: y, width: side, height: side), color)
            }
        }
        let row = Panel.row([square(2, Self.red), square(3, Self.blue)], gap: 1)
        let column = Panel.column([row, square(1, Self.blue)], gap: 2)
        #expect(column.width == 6 && column.height == 6)
        let canvas = column.canvas(margin: 1)
        #expect(canvas.width == 8 && canvas.height == 8)
        #expect(canvas[0, 0] == .white && canvas[1, 1] == Self.red && canvas[2, 2] == Self.red)
        #expect(canvas[3, 1] == .white && canvas[4, 1] == Self.blue && canvas[6, 3] == Self.blue)
        #expect(canvas[1, 4] == .white && canvas[1, 6] == Self.blue && canvas[2, 6] == .white)
    }

    @Test("a PNG holds the pixels") func png() throws {
        var noise = SeededNoise(seed: 5)
        var canvas = Canvas(width: 13, height: 7)
        canvas.paint(canvas.bounds) { _, _ in
            RGB(
                .random(in: 0...255, using: &noise), .random(in: 0...255, using: &noise),
                .random(in: 0...255, using: &noise))
        }
        let folder = try TemporaryDirectory()
        let path = folder.file("canvas.png")
        try Data(canvas.png()).write(to: URL(fileURLWithPath: path))
        let bytes = try FFmpegTool.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        #expect(Array(bytes) == canvas.pixels.flatMap { [$0.red, $0.green, $0.blue] })
    }
}
