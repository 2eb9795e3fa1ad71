import CUplumaKernels
package import UplumaFrames

/// Rows of a plane to rows of floats and back, at one instruction-set level; the same bits at every level.
///
/// The arithmetic is defined in `upluma_samples.h`; what the numbers mean, in `SampleMapping`.
package struct SampleKernels: @unchecked Sendable {  // a table of code addresses, never written after `init`
    package let level: CPULevel
    let table: upluma_sample_kernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_sample_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_sample_kernels_init(memory, level.cLevel)
        table = memory.pointee
        self.level = level
    }

    /// Row `y` of `plane` as values: exactly `plane.width` floats are written to `target`, which does not lie in the
    /// plane.
    package func load(
        row y: Int, of plane: Plane, mapping: SampleMapping, into target: UnsafeMutablePointer<Float>
    ) {
        precondition(plane.sample == mapping.sample, "the mapping is for \(mapping.sample), not \(plane.sample)")
        precondition((0..<plane.height).contains(y), "row \(y) of \(plane.height)")
        let (zero, scale) = (mapping.zero, 1 / mapping.unit)
        plane.withBytes { bytes in
            let row = bytes + y * plane.stride
            switch plane.sample {
            case .uint8:
                table.load_u8(target, row.assumingMemoryBound(to: UInt8.self), plane.width, zero, scale)
            case .uint16:
                table.load_u16(target, row.assumingMemoryBound(to: UInt16.self), plane.width, zero, scale)
            case .float32:
                table.load_f32(target, row.assumingMemoryBound(to: Float.self), plane.width, zero, scale)
            }
        }
    }

    /// Values as row `y` of `plane`: integer samples are rounded to nearest, halves to even, and limited to
    /// 0...`mapping.maximum` (0 for NaN); float samples are neither rounded nor limited. `source` holds at least
    /// `plane.width` floats and does not lie in the plane.
    package func store(
        _ source: UnsafePointer<Float>, asRow y: Int, of plane: Plane, mapping: SampleMapping
    ) {
        precondition(plane.sample == mapping.sample, "the mapping is for \(mapping.sample), not \(plane.sample)")
        precondition((0..<plane.height).contains(y), "row \(y) of \(plane.height)")
        let (unit, zero, maximum) = (mapping.unit, mapping.zero, mapping.maximum)
        plane.withBytes { bytes in
            let row = bytes + y * plane.stride
            switch plane.sample {
            case .uint8:
                table.store_u8(
                    row.assumingMemoryBound(to: UInt8.self), source, plane.width, unit, zero, min(maximum, 255))
            case .uint16:
                table.store_u16(
                    row.assumingMemoryBound(to: UInt16.self), source, plane.width, unit, zero, min(maximum, 65535))
            case .float32:
                table.store_f32(row.assumingMemoryBound(to: Float.self), source, plane.width, unit, zero)
            }
        }
    }
}
