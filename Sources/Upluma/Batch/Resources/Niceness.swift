import Foundation

/// How willingly this process lets others go first: 0 as usual, 19 only when nobody else wants the processor. Reading
/// and writing follow it: Linux derives their priority from it where none is set.
public enum Niceness {
    public static let range = 0...19
    private static let kind = __priority_which_t(PRIO_PROCESS.rawValue)

    /// Sets it for all threads that run and all that will, and for processes started later; never below what it is,
    /// which only the administrator may do.
    ///
    /// - Returns: what it is now.
    /// - Throws: `UplumaError` of kind `usage` outside of `range`, `internal` when the system refuses.
    @discardableResult
    public static func set(_ value: Int) throws -> Int {
        guard range.contains(value) else {
            throw UplumaError(
                .usage, "--nice \(value) is not possible. Give \(range.lowerBound) to \(range.upperBound).")
        }
        let wanted = max(value, current)
        // Linux keeps it for each thread, and new ones take over that of the one that starts them.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap(id_t.init) where setpriority(kind, thread, Int32(wanted)) != 0 {
            // A thread that has ended meanwhile.
            if errno == ESRCH { continue }
            throw UplumaError(.internal, "The system refuses --nice \(value) (\(lastSystemError())). Leave it out.")
        }
        return wanted
    }

    /// Of the calling thread, -20...19.
    static var current: Int { Int(getpriority(kind, 0)) }
}
