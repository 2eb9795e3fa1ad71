import CFFmpeg
import UplumaFrames

/// What of a frame's side data is compared.
struct FrameMetadata {
    var captions: ContentDigest?
    var hdr = HDRMetadata()
    var orientation: [Int32]?
    /// Whether HDR metadata that changes with the picture (HDR10+, Dolby Vision) is attached.
    var isDynamic = false

    init(_ attachments: (any FrameAttachments)?) {
        guard let frame = (attachments as? DecodedAttachments)?.handle.frame else { return }
        func data(_ type: AVFrameSideDataType) -> UnsafeMutablePointer<AVFrameSideData>? {
            av_frame_get_side_data(frame, type)
        }
        if let found = data(AV_FRAME_DATA_A53_CC) {
            captions = ContentDigest(found.pointee.data, count: Int(found.pointee.size))
        }
        hdr.mastering = data(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA).flatMap {
            HDRMetadata.mastering($0.pointee.data, Int($0.pointee.size))
        }
        hdr.lightLevels = data(AV_FRAME_DATA_CONTENT_LIGHT_LEVEL).flatMap {
            HDRMetadata.lightLevels($0.pointee.data, Int($0.pointee.size))
        }
        orientation = data(AV_FRAME_DATA_DISPLAYMATRIX).flatMap {
            displayOrientation($0.pointee.data, Int($0.pointee.size))
        }
        isDynamic = data(AV_FRAME_DATA_DYNAMIC_HDR_PLUS) != nil || data(AV_FRAME_DATA_DOVI_RPU_BUFFER) != nil
    }
}

extension HDRMetadata {
    /// Out of an `AVMasteringDisplayMetadata`.
    static func mastering(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [Int?]? {
        guard let bytes, count >= MemoryLayout<AVMasteringDisplayMetadata>.size else { return nil }
        return UnsafeRawPointer(bytes).withMemoryRebound(to: AVMasteringDisplayMetadata.self, capacity: 1) { data in
            let values = (0..<10).map { index -> Int? in
                let value = Rational(cff_mastering_value(data, Int32(index)))
                guard value.denominator != 0 else { return nil }
                return Int((value.doubleValue * (index < 8 ? 50_000 : 10_000)).rounded())
            }
            return values.contains { $0 != nil } ? values : nil
        }
    }

    /// Out of an `AVContentLightMetadata`.
    static func lightLevels(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [Int]? {
        guard let bytes, count >= MemoryLayout<AVContentLightMetadata>.size else { return nil }
        let data = UnsafeRawPointer(bytes).loadUnaligned(as: AVContentLightMetadata.self)
        return data.MaxCLL == 0 && data.MaxFALL == 0 ? nil : [Int(data.MaxCLL), Int(data.MaxFALL)]
    }
}

/// What turns and mirrors in a display matrix: without the part that moves, which is counted in pixels.
func displayOrientation(_ stream: UnsafeMutablePointer<AVStream>) -> [Int32]? {
    guard let matrix = cff_stream_display_matrix(stream) else { return nil }
    return [0, 1, 3, 4].map { matrix[$0] }
}

/// The same out of side data.
func displayOrientation(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [Int32]? {
    guard let bytes, count >= 36 else { return nil }
    return [0, 1, 3, 4].map { UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) }
}
