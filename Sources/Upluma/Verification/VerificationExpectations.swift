import UplumaFrames
import UplumaMedia

/// What is meant to differ between a source and its result.
struct VerificationExpectations {
    /// What was meant to become of a stream that is not copied as it is.
    enum StreamFate: Equatable {
        case dropped
        /// Packets of another codec, FFmpeg's name of it.
        case converted(String)
    }

    /// Seconds into the source; nil is its beginning.
    var start: Double?
    /// Seconds; nil is up to the end.
    var duration: Double?
    /// Whether four frames were made of five.
    var isFilm = false
    /// By the stream's position in the source; streams that are not named are copied.
    var fates: [Int: StreamFate] = [:]
    /// Whether the pixels were turned as the source's rotation asks, so that the result needs none.
    var isTurnedUpright = false
    /// How the picture's size was to change; nil when nobody says, and every change that a job can make is right.
    var change: PictureScale?
    /// The format of planes that was asked for; nil when the source's is to be kept.
    var format: PictureFormat?
    /// The container the result was made for; its file may still have another name.
    var container: MediaContainer?
}
