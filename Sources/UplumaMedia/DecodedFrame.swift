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
    private let handle: FrameHandle

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
