import CFFmpegSupport

/// Memory that begins with zeros whenever it is allocated, for encoders whose work depends on what they find there.
///
/// x264's look ahead (its AVX code for `mbtree`, where a picture is no multiple of 16 blocks wide) reads memory that it never
/// wrote: of eight runs over the same film in one process each, up to eight were different by a few bits; with memory that
/// begins alike, or without that code, all were the same.
enum AlikeMemory {
    /// Begins when it is first asked for, for the whole process. False where the C library cannot.
    static let isOn = upluma_alike_memory() != 0
}
