import Foundation

extension CPULevel {
    /// The level used where the caller names none: the detected one, unless the environment variable `UPLUMA_CPU`
    /// (a description of a level, such as `avx2`) asks for a lower one. It cannot raise the level, and other values count for
    /// nothing.
    package static let current = level(
        asked: ProcessInfo.processInfo.environment["UPLUMA_CPU"], detected: detected)

    /// The rule of `current`, apart from where its two inputs come from.
    static func level(asked: String?, detected: CPULevel) -> CPULevel {
        guard let asked, let level = allCases.first(where: { $0.description == asked }) else { return detected }
        return min(level, detected)
    }
}
