import Dispatch
package import UplumaFrames
import UplumaKernels
import UplumaResampling

extension RGBPicture {
    /// A frame as a screen shows it.
    ///
    /// Chroma is brought to luma's grid by Lanczos 3 from where the frame says it lies (`ChromaLocation`); a range that is
    /// not said is limited. The way is in floats, rounded once, to the nearest code, and limited to 0...2^`depth` - 1. The
    /// picture is neither resized nor turned; codes keep the source's transfer and primaries, which `tag` names where the
    /// source names both.
    ///
    /// - Parameters:
    ///   - frame: of any format.
    ///   - sourceHeight: lines of the source, which tell what matrix is usual where it names none.
    ///   - depth: bits of the result, 8 or 16.
    ///   - threads: how many work on it, from 1; samples do not depend on it.
    package init(_ frame: Frame, sourceHeight: Int, depth: Int, threads: Int) {
        let conversion = FrameConversion(frame, sourceHeight: sourceHeight, depth: depth)
        let strips = StripRunner.strips(rows: frame.height, granularity: 2, count: threads)
        let count = 3 * frame.width * frame.height
        let samples = [UInt16](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            let target = FrameConversion.Target(base: base)
            DispatchQueue.concurrentPerform(iterations: strips.count) { conversion.convert(strips[$0], into: target) }
            initialized = count
        }
        self.init(
            width: frame.width, height: frame.height, depth: depth, samples: samples, tag: ColorTag(frame.color),
            pixelAspect: frame.sampleAspect)
    }

    /// What `init(_:sourceHeight:depth:threads:)` assumes about the matrix of a frame, one sentence; nil when the source
    /// names it, and for grey.
    package static func matrixAssumption(_ frame: Frame, sourceHeight: Int) -> String? {
        guard frame.format.chroma != .gray else { return nil }
        return ColorMatrix(frame.color.matrix, sourceHeight: sourceHeight).assumption
    }
}

extension RGBPicture.ColorTag {
    /// Nil unless both primaries and transfer are named.
    init?(_ color: ColorDescription) {
        func named(_ code: Int32) -> UInt8? {
            // 0 and 3 are reserved.
            [0, ColorDescription.unspecifiedCode, 3].contains(code) ? nil : UInt8(exactly: code)
        }
        guard let primaries = named(color.primaries), let transfer = named(color.transfer) else { return nil }
        self.init(primaries: primaries, transfer: transfer)
    }
}

/// The way of one frame to red, green and blue, row by row; fixed at creation and used by several threads at once.
private struct FrameConversion: Sendable {
    /// Lets strips reach the result's memory: each writes rows of its own, so nothing is shared.
    struct Target: @unchecked Sendable {
        let base: UnsafeMutablePointer<UInt16>
    }

    /// Shares of the three planes in codes of the result: red, green, blue.
    private struct Weights: Sendable {
        let red: SIMD3<Float>
        let green: SIMD3<Float>
        let blue: SIMD3<Float>

        init(_ rows: [[Double]], top: Double) {
            func row(_ index: Int) -> SIMD3<Float> { SIMD3(rows[index].map { Float($0 * top) }) }
            (red, green, blue) = (row(0), row(1), row(2))
        }
    }

    private let frame: Frame
    private let weights: Weights
    /// The highest code.
    private let top: Float
    private let kernels = SampleKernels()
    private let luma: SampleMapping
    private let chroma: SampleMapping
    /// Brings chroma to luma's grid; nil where there is no chroma, or it lies there already.
    private let stream: FIRRowStream?

    init(_ frame: Frame, sourceHeight: Int, depth: Int) {
        self.frame = frame
        let (format, range) = (frame.format, frame.color.range)
        let matrix = ColorMatrix(frame.color.matrix, sourceHeight: sourceHeight)
        top = Float((1 << depth) - 1)
        let isGray = format.chroma == .gray
        weights = Weights(isGray ? Array(repeating: [1, 0, 0], count: 3) : matrix.rows, top: Double(top))
        luma = .shade(format, range: range)
        chroma = matrix.chromaMapping(format, range: range)
        let size = PlaneSize(frame.width, frame.height)
        let grid = SampleGrid.chroma(
            source: size, format: format.chroma, location: frame.color.chromaLocation,
            target: size, targetFormat: .yuv444, targetLocation: .unspecified)
        let isInPlace = isGray || grid.x.isIdentity && grid.y.isIdentity
        stream = isInPlace ? nil : FIRRowStream(filter: .lanczos3, grid: grid, source: chroma)
    }

    /// Rows of the result, three samples a pixel.
    func convert(_ rows: Range<Int>, into target: Target) {
        let width = frame.width
        let rowLength = max(width, stream?.rowStride ?? 0)
        let values = ScratchMemory(byteCount: 3 * rowLength * MemoryLayout<Float>.stride)
        // A cursor for each chroma plane.
        let cursors = [1, 2].map { _ in ScratchMemory(byteCount: stream?.scratchByteCount ?? 0) }
        values.withBytes { base in
            let y = base.bindMemory(to: Float.self, capacity: 3 * rowLength)
            let planes = [y + rowLength, y + 2 * rowLength]
            y.initialize(repeating: 0, count: 3 * rowLength)
            cursors[0].withBytes { first in
                cursors[1].withBytes { second in
                    var streams = [first, second].compactMap {
                        stream?.begin(atTargetRow: rows.lowerBound, scratch: $0)
                    }
                    for row in rows {
                        kernels.load(row: row, of: frame.planes[0], mapping: luma, into: y)
                        for index in frame.planes.indices.dropFirst() {
                            let plane = frame.planes[index]
                            if streams.isEmpty {
                                kernels.load(row: row, of: plane, mapping: chroma, into: planes[index - 1])
                            } else {
                                streams[index - 1].nextRow(from: plane, into: planes[index - 1])
                            }
                        }
                        combine(y, planes[0], planes[1], into: target.base + 3 * width * row)
                    }
                }
            }
        }
    }

    /// One row: values of three planes to codes.
    private func combine(
        _ y: UnsafePointer<Float>, _ cb: UnsafePointer<Float>, _ cr: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<UInt16>
    ) {
        let (red, green, blue, top) = (weights.red, weights.green, weights.blue, top)
        var pixel = target
        for x in 0..<frame.width {
            let (y, cb, cr) = (y[x], cb[x], cr[x])
            pixel[0] = code(red.x * y + red.y * cb + red.z * cr, top)
            pixel[1] = code(green.x * y + green.y * cb + green.z * cr, top)
            pixel[2] = code(blue.x * y + blue.y * cb + blue.z * cr, top)
            pixel += 3
        }
    }

    /// Rounded to nearest, halves to even: in 1.5 · 2^23 + value the last bit stands for 1, and the low bits are the code.
    @inline(__always)
    private func code(_ value: Float, _ top: Float) -> UInt16 {
        UInt16(truncatingIfNeeded: (max(0, min(value, top)) + 12_582_912).bitPattern)
    }
}
