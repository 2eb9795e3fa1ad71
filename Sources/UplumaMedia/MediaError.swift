/// What went wrong with a file, a stream or an option, in words for the person at the keyboard.
package struct MediaError: Error, Sendable, CustomStringConvertible {
    /// Whose fault it is; the raw values are the exit codes of sysexits.
    package enum Category: Int32, Sendable {
        /// An option or its value cannot be used.
        case usage = 64
        /// The input exists but cannot be understood.
        case badInput = 65
        /// The input does not exist or may not be read.
        case noInput = 66
        /// Something that should not happen: a fault of this program or of FFmpeg, or no memory.
        case internalFault = 70
        /// The output cannot be created.
        case cannotCreate = 73
        /// Reading or writing failed half way, a full disk included.
        case ioError = 74
        /// The cancellation check said stop.
        case cancelled = 130
    }

    package var category: Category
    /// What was being done: "open the input", "encode a picture".
    package var operation: String
    /// The file or option it is about.
    package var subject: String?
    /// What is wrong, as one sentence without its full stop; names the file or option.
    package var reason: String
    /// What FFmpeg itself said, if it said anything.
    package var ffmpegText: String?
    /// What to do about it, as one sentence without its full stop.
    package var remedy: String?

    package init(
        _ category: Category, operation: String, subject: String? = nil, reason: String, ffmpegText: String? = nil,
        remedy: String? = nil
    ) {
        self.category = category
        self.operation = operation
        self.subject = subject
        self.reason = reason
        self.ffmpegText = ffmpegText
        self.remedy = remedy
    }

    /// Reason, FFmpeg's words in brackets, remedy: one line.
    package var description: String {
        var text = reason
        if let ffmpegText { text += " (FFmpeg: \(ffmpegText))" }
        text += "."
        if let remedy { text += " \(remedy)." }
        return text
    }
}

/// Receives remarks on assumptions and repairs, one sentence each; called on the thread of the call that made it.
package typealias NoteHandler = @Sendable (String) -> Void
