import Foundation

/// How many processors this process may keep busy.
public enum AvailableProcessors {
    /// Those it may run on (`taskset`, cpusets), and no more than its control group grants it time for.
    public static var count: Int {
        count(runnable: ProcessInfo.processInfo.activeProcessorCount, group: .ofThisProcess())
    }

    /// A part of a processor counts as one: threads beyond it wait their turn, but none of the time is lost.
    static func count(runnable: Int, group: ControlGroup) -> Int {
        max(1, min(runnable, group.processors.map { Int(min($0, 65536).rounded(.up)) } ?? runnable))
    }
}
