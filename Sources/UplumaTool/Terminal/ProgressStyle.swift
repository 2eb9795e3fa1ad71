import ArgumentParser

/// How progress is shown on standard error.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
    /// A bar on a terminal, a line per interval elsewhere.
    case auto
    /// A bar, terminal or not.
    case bar
    /// One JSON object a line.
    case json
    case none
}
