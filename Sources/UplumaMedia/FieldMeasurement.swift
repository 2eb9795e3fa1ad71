import UplumaFrames

/// Looks at the luma of frames that follow one another, each beside the one before and the one after.
///
/// As FFmpeg's `idet` does, rows are held against the rows above and below, and so are the neighbours' rows of the same
/// place. But `idet` compares the two neighbours alone, which takes film in video and drawn pictures for interlaced, and it
/// sums up all roughness; here the frame's own rows decide, and only rows that lie to one side of both neighbours by more
/// than noise does count as combs.
struct FieldMeasurement {
    private var frames: [Frame] = []

    /// Takes a frame; gives the look of the one before it, once there are three.
    ///
    /// Where size or depth change, looking begins anew.
    mutating func add(_ frame: Frame) -> FieldLook? {
        if let last = frames.last,
            last.width != frame.width || last.height != frame.height || last.format != frame.format
        {
            frames = []
        }
        frames.append(frame)
        guard frames.count == 3 else { return nil }
        defer { frames.removeFirst() }
        return FieldMeasurement.look(frames[1], before: frames[0], after: frames[2])
    }

    static func look(_ frame: Frame, before: Frame, after: Frame) -> FieldLook {
        let planes = [before, frame, after].map { $0.planes[0] }
        return frame.format.sample == .uint8
            ? look(planes, depth: 8, of: UInt8.self) : look(planes, depth: frame.format.bitDepth, of: UInt16.self)
    }

    /// Differences between rows up to here, in 8-bit levels, are no combs.
    private static let noise: Int32 = 10

    /// - Parameters:
    ///   - planes: before, own, after; of one size.
    ///   - depth: bits of their samples.
    ///   - type: of their samples.
    private static func look<Sample: FixedWidthInteger>(
        _ planes: [Plane], depth: Int, of type: Sample.Type
    ) -> FieldLook {
        let (before, own, after) = (planes[0], planes[1], planes[2])
        guard own.height > 2 else { return FieldLook() }
        let noise = noise << Int32(depth - 8)
        var (ownSum, topFirst, bottomFirst) = (0, 0, 0)
        before.withBytes { beforeBytes in
            own.withBytes { ownBytes in
                after.withBytes { afterBytes in
                    for y in 1..<own.height - 1 {
                        let row = { (bytes: UnsafeMutableRawPointer, plane: Plane, y: Int) in
                            UnsafePointer((bytes + y * plane.stride).assumingMemoryBound(to: type))
                        }
                        let sums = combing(
                            above: row(ownBytes, own, y - 1), below: row(ownBytes, own, y + 1),
                            own: row(ownBytes, own, y), before: row(beforeBytes, before, y),
                            after: row(afterBytes, after, y), noise: noise, width: own.width)
                        ownSum += sums.own
                        topFirst += y.isMultiple(of: 2) ? sums.before : sums.after
                        bottomFirst += y.isMultiple(of: 2) ? sums.after : sums.before
                    }
                }
            }
        }
        let scale = 1 / Double(own.width * own.height << (depth - 8))
        return FieldLook(
            own: Double(ownSum) * scale, topFirst: Double(topFirst) * scale, bottomFirst: Double(bottomFirst) * scale)
    }

    /// Sums over a row, for three middles, of how far each lies above or below both of its neighbours, less the noise.
    private static func combing<Sample: FixedWidthInteger>(
        above: UnsafePointer<Sample>, below: UnsafePointer<Sample>, own: UnsafePointer<Sample>,
        before: UnsafePointer<Sample>, after: UnsafePointer<Sample>, noise: Int32, width: Int
    ) -> (own: Int, before: Int, after: Int) {
        // Room for 2^15 columns of 16 bits, four times the widest picture there is.
        var sums = (own: Int32(0), before: Int32(0), after: Int32(0))
        for x in 0..<width {
            let (a, b) = (Int32(truncatingIfNeeded: above[x]), Int32(truncatingIfNeeded: below[x]))
            let (low, high) = (min(a, b) &- noise, max(a, b) &+ noise)
            let (o, p, n) = (
                Int32(truncatingIfNeeded: own[x]), Int32(truncatingIfNeeded: before[x]),
                Int32(truncatingIfNeeded: after[x])
            )
            sums.own &+= max(0, max(o &- high, low &- o))
            sums.before &+= max(0, max(p &- high, low &- p))
            sums.after &+= max(0, max(n &- high, low &- n))
        }
        return (Int(sums.own), Int(sums.before), Int(sums.after))
    }
}
