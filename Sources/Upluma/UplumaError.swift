/// Why a command failed: one sentence for the person, one kind for scripts.
public struct UplumaError: Error, Sendable, Equatable, CustomStringConvertible {
    public var kind: FailureKind
    /// One or two sentences: what is wrong, naming the file or option, and the remedy.
    public var message: String

    public init(_ kind: FailureKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// The kinds of failure, each with its exit status (BSD `sysexits`, and 128 + SIGINT for an interruption).
///
/// This is the one list of exit codes: the tool, its help and the documentation derive from it or are checked against it.
public enum FailureKind: Int32, CaseIterable, Sendable {
    case usage = 64
    case badInput = 65
    case noInput = 66
    case `internal` = 70
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    /// Upluma's own: the first behind those of sysexits.
    case someFailed = 79
    case interrupted = 130

    public var exitStatus: Int32 { rawValue }

    /// What the status means, in a few words.
    public var summary: String {
        switch self {
        case .usage: "wrong usage"
        case .badInput: "bad input data"
        case .noInput: "no such input"
        case .internal: "internal error"
        case .cannotCreate: "cannot create the output"
        case .inputOutput: "input/output error (a full disk too)"
        case .tryAgain: "try again later"
        case .someFailed: "a batch put files aside"
        case .interrupted: "interrupted"
        }
    }
}
