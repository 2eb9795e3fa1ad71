/// What becomes of one stream of the source in the output.
package struct StreamFate: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// The main video: its place is taken by the encoded one.
        case encoded
        /// Packets (or the attached file) bit for bit.
        case copied
        /// Cover art, kept as cover art bit for bit: as an attached file by Matroska, as a picture of its own by MP4.
        case cover
        /// Coded anew in a codec the container holds, under FFmpeg's name of it. `isLossless` says that every sample, or
        /// all text, is the same; styles of subtitles may still be lost.
        case converted(to: String, isLossless: Bool)
        /// Written again by the muxer from the source's tags: timecode tracks.
        case rewritten
        /// Left out, for the reason given as a sentence without a full stop.
        case dropped(String)
    }

    /// Position of the stream in the source, from 0.
    package let index: Int
    package let kind: MediaStream.Kind
    /// FFmpeg's name of the source's codec.
    package let codec: String
    package let outcome: Outcome

    package init(index: Int, kind: MediaStream.Kind, codec: String, outcome: Outcome) {
        self.index = index
        self.kind = kind
        self.codec = codec
        self.outcome = outcome
    }
}
