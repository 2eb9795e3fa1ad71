import CFFmpeg
import UplumaFrames

/// The lines of a framemd5 file (version 2), as FFmpeg's muxer of that name writes them.
///
/// Owns the memory for one packed picture; one caller at a time.
final class FrameChecksumText {
    private let video: VideoFacts
    private var packed: [UInt8] = []
    private var digest = [UInt8](repeating: 0, count: 16)
    /// Whether the lines before the first frame's have been asked for.
    private(set) var isBegun = false

    init(_ video: VideoFacts) { self.video = video }

    /// The lines before those of frames; size and shape are those of the first.
    ///
    /// - Parameter first: nil for a stream without frames.
    func header(_ first: UnsafePointer<AVFrame>?) -> [String] {
        isBegun = true
        let (width, height) =
            first.map { (Int($0.pointee.width), Int($0.pointee.height)) } ?? (video.width, video.height)
        let aspect = video.sampleAspect ?? Rational(0, 1)
        return [
            "#format: frame checksums", "#version: 2", "#hash: MD5", "#tb 0: \(video.timeBase)",
            "#media_type 0: video", "#codec_id 0: rawvideo", "#dimensions 0: \(width)x\(height)", "#sar 0: \(aspect)",
            "#stream#, dts,        pts, duration,     size, hash",
        ]
    }

    /// The line of a frame: its samples packed plane after plane, rows without padding, in its own pixel format.
    ///
    /// - Throws: `MediaError` where the picture has no such form.
    func line(_ picture: RawVideoReader.Picture) throws -> String {
        let frame = picture.frame
        let format = AVPixelFormat(frame.pointee.format)
        let (width, height) = (frame.pointee.width, frame.pointee.height)
        let size = av_image_get_buffer_size(format, width, height, 1)
        guard size > 0 else {
            throw MediaError(
                .badInput, operation: "compute checksums", subject: PixelFormats.name(format),
                reason:
                    "Pictures of the format \(PixelFormats.name(format)) cannot be written one sample after the other",
                remedy: "Convert the file first")
        }
        if packed.count < Int(size) { packed = [UInt8](repeating: 0, count: Int(size)) }
        guard pack(frame, size) >= 0 else { throw outOfMemory("compute checksums") }
        av_md5_sum(&digest, packed, Int(size))
        let time = Self.column(picture.time, 10)
        return "0, \(time), \(time), \(Self.column(picture.duration, 8)), \(Self.column(Int64(size), 8)), "
            + Self.hexadecimal(digest)
    }

    private func pack(_ frame: UnsafeMutablePointer<AVFrame>, _ size: Int32) -> Int32 {
        withUnsafePointer(to: &frame.pointee.data) { data in
            withUnsafePointer(to: &frame.pointee.linesize) { strides in
                let planes = Int(AV_NUM_DATA_POINTERS)
                return data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: planes) { data in
                    strides.withMemoryRebound(to: Int32.self, capacity: planes) { strides in
                        av_image_copy_to_buffer(
                            &packed, size, data, strides, AVPixelFormat(frame.pointee.format), frame.pointee.width,
                            frame.pointee.height, 1)
                    }
                }
            }
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func column(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
