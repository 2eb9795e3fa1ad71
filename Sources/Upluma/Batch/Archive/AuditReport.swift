public import Foundation

/// What an audit found of one file; the raw values are those of `batch audit --json`.
public enum AuditVerdict: String, Codable, CaseIterable, Sendable {
    /// As it was when it was finished.
    case intact
    /// Not there.
    case missing
    /// Its bytes are others.
    case altered
    /// There, and not listed.
    case unlisted
    /// Its bytes are as they were made, or nothing tells, and they do not decode whole.
    case damaged
    /// What is said of it in one place is not what is said in another.
    case contradicted
    /// It cannot be read, or is not what it should be.
    case unreadable

    public var isFailure: Bool { self != .intact }
}

/// One line of an audit.
public struct AuditItem: Codable, Sendable, Equatable {
    /// From the audited folder; of sources, absolute.
    public var path: String
    public var verdict: AuditVerdict
    /// A sentence without its full stop; empty where there is nothing to say.
    public var message: String

    public init(path: String, verdict: AuditVerdict, message: String = "") {
        (self.path, self.verdict, self.message) = (path, verdict, message)
    }

    /// "altered  data/film.mkv: …".
    public var line: String {
        let width = AuditVerdict.allCases.map(\.rawValue.count).max() ?? 0
        return verdict.rawValue.padding(toLength: width, withPad: " ", startingAt: 0) + "  \(path)"
            + (message.isEmpty ? "" : ": \(message)")
    }
}

/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
    public var files = 0
    /// Read for their hashes.
    public var bytes: Int64 = 0
    /// Bytes that will be read for hashes; nil when nothing tells.
    public var totalBytes: Int64?
    /// Frames decoded.
    public var frames = 0
    /// What is being read.
    public var path = ""

    /// 0...1, by bytes.
    public var share: Double? { totalBytes.map { $0 > 0 ? min(1, Double(bytes) / Double($0)) : 1 } }
}

/// What an audit tells while it runs.
public enum BatchAuditEvent: Sendable {
    case item(AuditItem)
    case progress(AuditProgress)
}

/// What an audit came to. Items come one by one as events; failures are kept, up to `mostFailures`.
public struct BatchAuditReport: Codable, Sendable, Equatable {
    /// Absolute.
    public var folder: String
    public var isBag: Bool
    public var started: Date
    public var ended: Date
    /// Files whose bytes were read.
    public var files = 0
    public var bytes: Int64 = 0
    /// Results that were decoded.
    public var decoded = 0
    /// Items by verdict (raw values).
    public var verdicts: [String: Int] = [:]
    public var failures: [AuditItem] = []
    /// What is no failure and should be known.
    public var notes: [String] = []

    /// Failures that are kept; all are counted.
    public static let mostFailures = 1000

    init(folder: String, isBag: Bool) {
        (self.folder, self.isBag) = (folder, isBag)
        (started, ended) = (Date(), Date())
    }

    public var failureCount: Int {
        verdicts.reduce(0) { $0 + (AuditVerdict(rawValue: $1.key)?.isFailure == false ? 0 : $1.value) }
    }

    public var passed: Bool { failureCount == 0 }

    /// "12 files, 3.4 GB: 11 intact, 1 altered."
    public var summary: String {
        let found = AuditVerdict.allCases.compactMap { verdict in
            verdicts[verdict.rawValue].map { "\($0) \(verdict.rawValue)" }
        }
        let size = ByteCountFormatter.string(fromByteCount: bytes, countStyle: .file)
        return "\(files) files, \(size): " + (found.isEmpty ? "nothing to check" : found.joined(separator: ", ")) + "."
    }

    /// The error of a failed audit, kind `badInput`; nil when it passed.
    public var failure: UplumaError? {
        guard let first = failures.first else { return nil }
        let more = failureCount - 1
        return UplumaError(
            .badInput,
            "\(failureCount) of the files in \"\(folder)\" are not as they were: \(first.path) is \(first.verdict.rawValue)"
                + (first.message.isEmpty ? "" : " (\(first.message))") + (more > 0 ? ", and \(more) more." : "."))
    }

    /// Pretty JSON in snake case, keys sorted, a newline at its end.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    mutating func add(_ item: AuditItem) {
        verdicts[item.verdict.rawValue, default: 0] += 1
        if item.verdict.isFailure, failures.count < Self.mostFailures { failures.append(item) }
    }
}
