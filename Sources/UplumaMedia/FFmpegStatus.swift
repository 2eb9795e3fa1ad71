import CFFmpeg

/// A negative return value of an FFmpeg function.
struct FFmpegStatus: RawRepresentable, Hashable, Sendable, Error {
    let rawValue: Int32

    static let again = FFmpegStatus(rawValue: cff_error_again)
    static let endOfFile = FFmpegStatus(rawValue: cff_error_eof)
    static let exitRequested = FFmpegStatus(rawValue: cff_error_exit)
    static let invalidData = FFmpegStatus(rawValue: cff_error_invalid_data)
    static let optionNotFound = FFmpegStatus(rawValue: cff_error_option_not_found)
    static let filterNotFound = FFmpegStatus(rawValue: cff_error_filter_not_found)
    static let noMemory = FFmpegStatus(rawValue: cff_error_no_memory)

    /// The status of a system call that failed with `errno`.
    static func system(_ errno: Int32) -> FFmpegStatus { FFmpegStatus(rawValue: -errno) }

    /// Whether it is one of FFmpeg's tags rather than an error of the system, which are small numbers.
    var isFFmpegsOwn: Bool { rawValue < -65536 }

    /// FFmpeg's own words for the status.
    var text: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress, av_strerror(rawValue, base, buffer.count) >= 0 else {
                return "error \(rawValue)"
            }
            return String(cString: base)
        }
    }

    /// FFmpeg's last log line since `mark`, else its words for the status.
    func text(since mark: FFmpegLog.Mark) -> String {
        guard let line = FFmpegLog.lastLine(since: mark) else { return text }
        return line.contains(text) ? line : "\(line): \(text)"
    }
}

/// The error for memory that FFmpeg could not allocate.
func outOfMemory(_ operation: String) -> MediaError {
    MediaError(.internalFault, operation: operation, reason: "There is not enough memory to \(operation)")
}
