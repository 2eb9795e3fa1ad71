import Testing
import UplumaFrames
import UplumaResampling
import UplumaTestSupport

/// Chroma stays where it is on the picture.
@Suite struct ChromaGridTests {
    /// Luma sizes before and after: 2×, 3×, 1.5×, reduction, odd widths whose chroma is rounded up.
    static let sizes: [(PlaneSize, PlaneSize)] = [
        (PlaneSize(64, 48), PlaneSize(128, 96)), (PlaneSize(64, 48), PlaneSize(192, 144)),
        (PlaneSize(64, 48), PlaneSize(96, 72)), (PlaneSize(65, 47), PlaneSize(130, 94)),
        (PlaneSize(63, 49), PlaneSize(189, 147)), (PlaneSize(61, 53), PlaneSize(91, 79)),
        (PlaneSize(96, 80), PlaneSize(48, 40)), (PlaneSize(64, 48), PlaneSize(64, 48)),
        (PlaneSize(64, 48), PlaneSize(256, 192)), (PlaneSize(65, 49), PlaneSize(520, 392)),
    ]

    static let formats = ChromaFormat.allCases.filter { $0 != .gray }

    @Test(
        "hand-made shifts of 4:2:0",
        arguments: [
            // Left column, ×2: target 0 lies on luma -0.25, chroma -0.125; the plain rule would say -0.25.
            (ChromaLocation.left, 2, 0.125, 0.0), (.center, 2, 0, 0), (.topLeft, 2, 0.125, 0.125),
            (.bottom, 2, 0, -0.125),
            (.left, 3, 1.0 / 6, 0), (.topLeft, 1, 0, 0),
        ])
    func shifts(location: ChromaLocation, scale: Int, x: Double, y: Double) {
        let grid = SampleGrid.chroma(
            source: PlaneSize(64, 48), target: PlaneSize(64 * scale, 48 * scale), format: .yuv420, location: location)
        // A few roundings in double precision.
        #expect(abs(grid.x.shift - x) < 1e-14 && abs(grid.y.shift - y) < 1e-14)
    }

    @Test("a ramp over the picture stays on its place", arguments: formats, ChromaLocation.allCases)
    func ramp(format: ChromaFormat, location: ChromaLocation) {
        for (source, target) in Self.sizes {
            let grid = SampleGrid.chroma(source: source, target: target, format: format, location: location)
            let picture = PictureFormat(chroma: format, bitDepth: 8)
            let sourceSize = picture.planeSize(1, width: source.width, height: source.height)
            let targetSize = picture.planeSize(1, width: target.width, height: target.height)
            #expect(grid.sourceSize == PlaneSize(sourceSize.width, sourceSize.height))
            #expect(grid.targetSize == PlaneSize(targetSize.width, targetSize.height))

            // Each sample holds its place on the luma grid, across and down at once.
            let offset = location.lumaOffset(log2Width: format.log2Width, log2Height: format.log2Height)
            let (unitX, unitY) = (Double(1 << format.log2Width), Double(1 << format.log2Height))
            let plane = Plane(width: sourceSize.width, height: sourceSize.height, sample: .float32)
            plane.fill { x, y in Float(Double(x) * unitX + offset.x + 3 * (Double(y) * unitY + offset.y)) }
            let result = Plane(width: targetSize.width, height: targetSize.height, sample: .float32)
            FIRScaler(filter: .catmullrom, grid: grid, source: .float, target: .float).scale(plane, into: result)

            let codes = result.codes
            var (largest, compared) = (0.0, 0)
            for y in 4..<targetSize.height - 4 {
                for x in 4..<targetSize.width - 4 {
                    let lumaX = onSource(Double(x) * unitX + offset.x, source.width, target.width)
                    let lumaY = onSource(Double(y) * unitY + offset.y, source.height, target.height)
                    guard isInside(lumaX, offset.x, unitX, sourceSize.width, grid.x.step),
                        isInside(lumaY, offset.y, unitY, sourceSize.height, grid.y.step)
                    else { continue }
                    largest = max(largest, abs(Double(codes[y][x]) - (lumaX + 3 * lumaY)))
                    compared += 1
                }
            }
            #expect(compared > 0)
            // In luma samples. Numbers up to 800 in floats, a few ULP of 2^-14 each; the phase of a location that is
            // mistaken for another is off by 1/6 or more.
            #expect(largest < 5e-4, "\(format) \(location) \(source) to \(target)")
        }
    }

    @Test("an edge in chroma stays on the edge in luma", arguments: formats, ChromaLocation.allCases)
    func edge(chroma: ChromaFormat, location: ChromaLocation) {
        for (source, target) in Self.sizes where source.width < target.width {
            let edge = 30.0
            let offset = location.lumaOffset(log2Width: chroma.log2Width, log2Height: chroma.log2Height)
            let unit = Double(1 << chroma.log2Width)
            let format = PictureFormat(chroma: chroma, bitDepth: 8)
            let size = format.planeSize(1, width: source.width, height: source.height)
            let plane = Plane(width: size.width, height: size.height, sample: .float32)
            // A straight transition over four chroma samples, its half on luma coordinate 30.
            plane.fill { x, _ in Float(min(max((Double(x) * unit + offset.x - edge) / (4 * unit) + 0.5, 0), 1)) }
            let grid = SampleGrid.chroma(source: source, target: target, format: chroma, location: location)
            let result = Plane(width: grid.targetSize.width, height: grid.targetSize.height, sample: .float32)
            FIRScaler(filter: .bilinear, grid: grid, source: .float, target: .float).scale(plane, into: result)

            let row = result.codes[result.height / 2]
            guard let after = row.firstIndex(where: { $0 >= 0.5 }), after > 0 else {
                Issue.record("no edge in \(row)")
                continue
            }
            let part = Double((0.5 - row[after - 1]) / (row[after] - row[after - 1]))
            let luma = onSource((Double(after - 1) + part) * unit + offset.x, source.width, target.width)
            // In luma samples: the edge is straight there, so only float arithmetic is left.
            #expect(abs(luma - edge) < 1e-4, "\(chroma) \(location) \(source) to \(target): edge at \(luma)")
        }
    }

    /// Where luma target `place` lies on the source luma.
    private func onSource(_ place: Double, _ source: Int, _ target: Int) -> Double {
        (place + 0.5) * Double(source) / Double(target) - 0.5
    }

    /// The filter's taps at this luma place lie inside the chroma plane.
    private func isInside(_ luma: Double, _ offset: Double, _ unit: Double, _ count: Int, _ step: Double) -> Bool {
        let place = (luma - offset) / unit
        let margin = 2 * max(step, 1)
        return place >= margin && place <= Double(count - 1) - margin
    }
}
