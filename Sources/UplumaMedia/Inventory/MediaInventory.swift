package import UplumaFrames

/// Everything of a file that another file can be held against, as values: what `InventoryReader` finds in it.
package struct MediaInventory: Sendable {
    package var path: String
    /// FFmpeg's short name of the format it was read with, such as "matroska,webm".
    package var container: String
    package var tags: [MediaTag]
    package var chapters: [ChapterInventory]
    package var streams: [StreamInventory]
    /// Position of the main video among `streams`.
    package var mainVideo: Int
    package var picture: PictureInventory
}

/// One entry of FFmpeg's metadata.
package struct MediaTag: Sendable, Hashable {
    package var key: String
    package var value: String
}

package struct ChapterInventory: Sendable {
    /// Unit of `start` and `end`, in seconds.
    package var timeBase: Rational
    package var start: Int64
    package var end: Int64
    package var tags: [MediaTag]
}

/// One stream with all its packets, or for the main video without them: its frames are in `PictureInventory`.
package struct StreamInventory: Sendable {
    package var index: Int
    package var kind: MediaStream.Kind
    /// FFmpeg's name of the codec.
    package var codec: String
    /// The list of chapters that MP4 keeps as a text track as well.
    package var isChapterTrack: Bool
    /// Cover art, in the form of the container.
    package var isAttachedPicture: Bool
    /// Unit of the packets' times, in seconds.
    package var timeBase: Rational
    package var tags: [MediaTag]
    /// FFmpeg's names of the dispositions that are set.
    package var dispositions: [String]
    /// The codec's header, which for subtitles holds styles and palettes.
    package var header: ContentDigest
    /// The file of an attachment, the picture of cover art.
    package var content: ContentDigest?
    /// Side data of the stream that survives a new encoding, except what `PictureInventory` holds: name and content.
    package var sideData: [String: ContentDigest]
    package var packets = PacketLog()

    package func tag(_ key: String) -> String? {
        tags.first { $0.key.lowercased() == key }?.value
    }
}

/// The packets of a stream in file order; one entry a packet in each list.
package struct PacketLog: Sendable {
    /// Presentation (else decoding) time; nil when the file gives none.
    package var times: [Int64?] = []
    /// Ticks; 0 when unknown.
    package var durations: [Int64] = []
    package var contents: [ContentDigest] = []
    /// Of all bytes in a row, so that packets cut elsewhere can be told from packets that differ.
    package var whole = ContentDigest.empty
}

/// The frames of the main video, as the decoder gives them.
package struct PictureInventory: Sendable {
    /// Unit of `times` and `durations`, in seconds.
    package var timeBase: Rational
    /// Presentation times, increasing.
    package var times: [Int64] = []
    /// Ticks; 0 when unknown.
    package var durations: [Int64] = []
    /// Length of the stream as the container states it, in ticks; nil when it does not.
    package var statedLength: Int64?
    /// Closed captions (A53) of each frame; nil for a frame without.
    package var captions: [ContentDigest?] = []
    /// What the frames look like: every change with the number of its first frame, the first at 0.
    package var looks: [(first: Int, look: FrameLook)] = []
    /// Frames with metadata of HDR10+ or Dolby Vision.
    package var dynamicFrames = 0
    /// HDR metadata of the stream as a whole.
    package var hdr = HDRMetadata()
    /// The four numbers of the display matrix that turn and mirror (16.16 fixed point), of the stream, else of its first
    /// frame; nil when neither has one.
    package var orientation: [Int32]?
    /// Whether the pictures in the file have transparency, which frames do not hold.
    package var hasAlpha: Bool
}

/// What may change from frame to frame besides the pixels.
package struct FrameLook: Sendable, Hashable {
    package var width: Int
    package var height: Int
    package var format: PictureFormat
    package var color: ColorDescription
    /// Width over height of one sample; nil when nothing says.
    package var sampleAspect: Rational?
    package var hdr: HDRMetadata
}

/// Static HDR metadata in the units of the SEI messages, so that equal values are equal however a container stores them.
package struct HDRMetadata: Sendable, Hashable {
    /// Chromaticities of red, green, blue and white (x, y) in steps of 0.00002, then the least and the greatest luminance
    /// in steps of 0.0001 cd/m²; nil when there is none.
    package var mastering: [Int?]?
    /// Greatest luminance of any sample (MaxCLL) and of any frame's mean (MaxFALL), in cd/m²; nil when there is none.
    package var lightLevels: [Int]?
}
