import CFFmpeg
import CFFmpegSupport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// FFmpeg's log lines, kept for error messages instead of printed.
///
/// The last lines of the whole process wait in a ring of fixed size behind a lock. Each remembers its thread, so that
/// of several jobs in one process each quotes its own line where FFmpeg logged on the calling thread.
enum FFmpegLog {
    /// A place in the log, to ask for what was said after it.
    struct Mark { fileprivate let next: Int }

    private struct Line: Sendable {
        let number: Int
        let thread: UInt
        let isError: Bool
        let text: String
    }

    private struct Ring: Sendable {
        static let capacity = 64
        var lines: [Line] = []
        var next = 0

        mutating func append(isError: Bool, text: String) {
            let line = Line(number: next, thread: currentThread, isError: isError, text: text)
            if lines.count < Ring.capacity { lines.append(line) } else { lines[next % Ring.capacity] = line }
            next += 1
        }
    }

    private static let ring = Mutex(Ring())

    private static let installed: Void = {
        upluma_ffmpeg_log_capture(AV_LOG_WARNING) { level, text in
            guard let text else { return }
            let line = String(cString: text)
            FFmpegLog.ring.withLock { $0.append(isError: level <= AV_LOG_ERROR, text: line) }
        }
    }()

    private static var currentThread: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }

    /// Takes over FFmpeg's log if that has not been done, and remembers where it stands.
    static func mark() -> Mark {
        _ = installed
        return Mark(next: ring.withLock { $0.next })
    }

    /// The line that best explains a failure since `mark`: the last error of this thread, else the last error of any
    /// thread, else the last warning of this thread.
    static func lastLine(since mark: Mark) -> String? {
        let thread = currentThread
        let lines = ring.withLock { $0.lines }.filter { $0.number >= mark.next }.sorted { $0.number < $1.number }
        let best =
            lines.last { $0.isError && $0.thread == thread } ?? lines.last { $0.isError }
            ?? lines.last { $0.thread == thread }
        return best?.text
    }

    /// The last error that this thread logged since `mark`.
    static func lastError(since mark: Mark) -> String? {
        let thread = currentThread
        return ring.withLock { ring in
            guard ring.next > mark.next else { return nil }
            return ring.lines.filter { $0.number >= mark.next && $0.isError && $0.thread == thread }
                .max { $0.number < $1.number }?.text
        }
    }

    /// All lines since `mark` that are still kept, oldest first.
    static func lines(since mark: Mark) -> [String] {
        ring.withLock { $0.lines }.filter { $0.number >= mark.next }.sorted { $0.number < $1.number }.map(\.text)
    }
}
