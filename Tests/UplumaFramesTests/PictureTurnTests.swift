import Testing
import UplumaTestSupport

@testable import UplumaFrames

/// Turning pictures, against the definition of a display matrix.
@Suite struct PictureTurnTests {
    /// (a, b, c, d): (x, y) goes to (a·x + c·y, b·x + d·y).
    static let matrices: [[Int32]] = DisplayMatrix.all.map { [$0.matrix.a, $0.matrix.b, $0.matrix.c, $0.matrix.d] }

    /// A frame whose samples say where they are.
    private func frame(_ format: PictureFormat, _ width: Int, _ height: Int) -> Frame {
        let frame = FramePool(format: format, width: width, height: height).take()
        for (index, plane) in frame.planes.enumerated() {
            for y in 0..<plane.height {
                for x in 0..<plane.width { write(plane, x, y, (index * 83 + y * 17 + x * 5) % 251) }
            }
        }
        return frame
    }

    private func write(_ plane: Plane, _ x: Int, _ y: Int, _ value: Int) {
        plane.withBytes { bytes in
            plane.sample == .uint8
                ? bytes.storeBytes(of: UInt8(value), toByteOffset: y * plane.stride + x, as: UInt8.self)
                : bytes.storeBytes(of: UInt16(value * 4), toByteOffset: y * plane.stride + 2 * x, as: UInt16.self)
        }
    }

    private func read(_ plane: Plane, _ x: Int, _ y: Int) -> Int {
        plane.withBytes { bytes in
            plane.sample == .uint8
                ? Int(bytes.load(fromByteOffset: y * plane.stride + x, as: UInt8.self))
                : Int(bytes.load(fromByteOffset: y * plane.stride + 2 * x, as: UInt16.self))
        }
    }

    @Test(
        "every sample goes where the matrix says", arguments: matrices,
        [
            (ChromaFormat.yuv420, 8, 8, 6), (.yuv420, 10, 7, 5), (.yuv444, 16, 5, 3), (.gray, 8, 1, 9),
            (.yuv422, 8, 7, 5),
        ])
    func samples(matrix: [Int32], picture: (ChromaFormat, Int, Int, Int)) throws {
        let turn = try #require(PictureTurn(matrix: matrix))
        let (chroma, depth, width, height) = picture
        guard turn.fits(chroma) else {
            #expect(chroma == .yuv422 && matrix[0] == 0, "only a transposed 4:2:2 has no format")
            return
        }
        let source = frame(PictureFormat(chroma: chroma, bitDepth: depth), width, height)
        let size = turn.size(width: width, height: height)
        let result = turn.turned(source, pool: FramePool(format: source.format, width: size.width, height: size.height))
        for (before, after) in zip(source.planes, result.planes) {
            for y in 0..<before.height {
                for x in 0..<before.width {
                    // A negative coordinate counts from the far edge.
                    let (u, v) = (
                        matrix[0] * Int32(x) + matrix[2] * Int32(y), matrix[1] * Int32(x) + matrix[3] * Int32(y)
                    )
                    let column = (matrix[0] + matrix[2] < 0) ? after.width - 1 + Int(u) : Int(u)
                    let row = (matrix[1] + matrix[3] < 0) ? after.height - 1 + Int(v) : Int(v)
                    #expect(read(after, column, row) == read(before, x, y))
                }
            }
        }
    }

    @Test("chroma stays on its luma", arguments: matrices, [(8, 6), (7, 5), (8, 5)])
    func chroma(matrix: [Int32], size: (width: Int, height: Int)) throws {
        let turn = try #require(PictureTurn(matrix: matrix))
        let placement = ChromaPlacement(cb: .init(x: 0, y: 0.5), cr: .init(x: 0.25, y: -0.5))
        let turned = turn.placement(placement, .yuv420, width: size.width, height: size.height)
        let target = turn.size(width: size.width, height: size.height)
        // The last sample's place by the matrix, its number by how planes are turned.
        for (before, after) in [(placement.cb, turned.cb), (placement.cr, turned.cr)] {
            for (row, column) in [(0, 0), (2, 1), (1, 2)] {
                let (x, y) = (2 * Double(column) + before.x, 2 * Double(row) + before.y)
                let u = Double(matrix[0]) * x + Double(matrix[2]) * y
                let v = Double(matrix[1]) * x + Double(matrix[3]) * y
                let place = (
                    matrix[0] + matrix[2] < 0 ? Double(target.width - 1) + u : u,
                    matrix[1] + matrix[3] < 0 ? Double(target.height - 1) + v : v
                )
                let counts = ((size.width + 1) / 2, (size.height + 1) / 2)
                let across = turn.transposes ? (row, counts.1) : (column, counts.0)
                let down = turn.transposes ? (column, counts.0) : (row, counts.1)
                let index = (
                    turn.reversesColumns ? across.1 - 1 - across.0 : across.0,
                    turn.reversesRows ? down.1 - 1 - down.0 : down.0
                )
                #expect(2 * Double(index.0) + after.x == place.0)
                #expect(2 * Double(index.1) + after.y == place.1)
            }
        }
    }

    @Test("upright and slanted matrices are no turns")
    func none() {
        for matrix in [[1, 0, 0, 1], [65536, 0, 0, 32768], [46341, 46341, -46341, 46341], []] as [[Int32]] {
            #expect(PictureTurn(matrix: matrix) == nil)
        }
        #expect(PictureTurn(matrix: [0, 65536, -65536, 0])?.words == "turned by 90°")
        #expect(PictureTurn(matrix: [0, 1, -1, 0])?.sampleAspect(Rational(16, 15)) == Rational(15, 16))
    }
}
