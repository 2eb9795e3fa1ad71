import Foundation

/// The largest resident memory of the process from some moment on.
struct PeakMemory {
    /// Starts the system's high-water mark anew, from what is resident now.
    ///
    /// Where the system does not let it (`/proc/self/clear_refs` is Linux's, and may be closed to containers), the mark
    /// stays that of the whole run so far.
    static func begin() -> PeakMemory {
        trimHeap()
        if let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") {
            try? file.write(contentsOf: Data("5\n".utf8))
            try? file.close()
        }
        return PeakMemory()
    }

    /// Gives back to the system what earlier work has freed, which would count for this one's otherwise: by glibc's
    /// `malloc_trim`, which its Swift module does not name; nothing where there is none.
    private static func trimHeap() {
        typealias Trim = @convention(c) (Int) -> Int32
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }

    /// The mark, in bytes.
    var peakBytes: Int {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        for line in status?.split(separator: "\n") ?? [] where line.hasPrefix("VmHWM:") {
            if let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
                return kilobytes * 1024
            }
        }
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
    }
}
