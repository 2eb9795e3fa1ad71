import CFFmpeg
import UplumaFrames

/// Owns one FFmpeg frame.
///
/// Thread safety: the frame is filled before it is shared and only read afterwards; its buffers are counted atomically,
/// so the last reference may go on any thread.
final class FrameHandle: @unchecked Sendable {
    let frame: UnsafeMutablePointer<AVFrame>

    init() throws {
        guard let frame = av_frame_alloc() else { throw outOfMemory("hold a picture") }
        self.frame = frame
    }

    /// A new reference to the same pixels and properties.
    init(referencing other: UnsafePointer<AVFrame>) throws {
        guard let frame = av_frame_clone(other) else { throw outOfMemory("hold a picture") }
        self.frame = frame
    }

    deinit {
        var owned: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&owned)
    }
}

/// What a decoder attached to a frame (captions, HDR metadata, time codes), kept as a frame without pixels.
///
/// Thread safety: written once, in the initialiser.
final class DecodedAttachments: FrameAttachments, @unchecked Sendable {
    let handle: FrameHandle

    /// Nil when nothing is attached.
    init?(_ source: UnsafePointer<AVFrame>) throws {
        guard source.pointee.nb_side_data > 0 else { return nil }
        handle = try FrameHandle()
        guard av_frame_copy_props(handle.frame, source) >= 0 else { throw outOfMemory("keep a picture's metadata") }
        cff_frame_drop_sized_side_data(handle.frame)
        guard handle.frame.pointee.nb_side_data > 0 else { return nil }
    }

    /// Gives the attachments to a frame on its way into an encoder.
    func copy(to frame: UnsafeMutablePointer<AVFrame>) throws {
        guard av_frame_copy_props(frame, handle.frame) >= 0 else { throw outOfMemory("keep a picture's metadata") }
    }
}

extension FrameHandle {
    /// Points the frame at the planes of `source`, each kept alive as long as FFmpeg refers to it, and gives it their size
    /// and time. Nothing is copied, and FFmpeg may not write there.
    ///
    /// - Parameter pixelFormat: FFmpeg's name for `source.format`.
    /// - Throws: `MediaError` without memory; planes lent so far are given back with the handle.
    func lend(_ source: Frame, as pixelFormat: AVPixelFormat) throws {
        frame.pointee.format = pixelFormat.rawValue
        frame.pointee.width = Int32(source.width)
        frame.pointee.height = Int32(source.height)
        frame.pointee.pts = source.pts
        cff_frame_set_duration(frame, source.duration)
        for (index, plane) in source.planes.enumerated() {
            let owner = Unmanaged.passRetained(plane.storage)
            let bytes = plane.stride * (plane.height - 1) + plane.width * plane.sample.byteCount
            let status = plane.withBytes { base in
                cff_frame_lend_plane(
                    frame, Int32(index), base.assumingMemoryBound(to: UInt8.self), Int32(plane.stride), bytes,
                    { owner, _ in
                        if let owner { Unmanaged<PlaneStorage>.fromOpaque(owner).release() }
                    }, owner.toOpaque())
            }
            if status < 0 {
                owner.release()
                throw outOfMemory("hand on a picture")
            }
        }
    }

    /// The planes of the frame where they lie, each holding the frame alive; nil when rows run upwards in memory.
    func planes(format: PictureFormat, width: Int, height: Int) -> [Plane]? {
        var planes: [Plane] = []
        for index in 0..<format.chroma.planeCount {
            let size = format.planeSize(index, width: width, height: height)
            let stride = Int(cff_frame_linesize(frame, Int32(index)))
            guard stride >= size.width * format.sample.byteCount, let data = cff_frame_data(frame, Int32(index)) else {
                return nil
            }
            let byteCount = stride * (size.height - 1) + size.width * format.sample.byteCount
            let storage = PlaneStorage(base: UnsafeMutableRawPointer(data), byteCount: byteCount) { [self] _ in
                withExtendedLifetime(self) {}
            }
            planes.append(
                Plane(storage: storage, stride: stride, width: size.width, height: size.height, sample: format.sample))
        }
        return planes
    }
}
