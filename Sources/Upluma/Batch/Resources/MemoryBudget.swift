import Foundation

/// How much memory all workers of a batch may take together.
public struct MemoryBudget: Sendable, Equatable {
    public let bytes: Int64

    /// Of what there is: the rest is for the system's cache of files, and for what else runs.
    public static let defaultShare = 0.7

    /// - Parameter amount: as asked for; nil is `defaultShare`.
    public init(_ amount: MemoryAmount?) {
        bytes = (amount ?? .share(Self.defaultShare)).bytes(of: MemoryBudget.available)
    }

    init(bytes: Int64) { self.bytes = bytes }

    /// Bytes of this machine, or of this process's control group where that has less.
    static var available: Int64 {
        min(
            Int64(clamping: ProcessInfo.processInfo.physicalMemory), ControlGroup.ofThisProcess().memoryBytes ?? .max)
    }

    /// Whether one more file may be worked on beside those that are. The first always may, however much it takes: it
    /// would not get smaller by waiting.
    ///
    /// - Parameters:
    ///   - next: bytes it takes (`MemoryEstimate`).
    ///   - running: bytes of all that are worked on.
    package func admits(_ next: Int64, beside running: [Int64]) -> Bool {
        running.isEmpty || running.reduce(next, +) <= bytes
    }

    /// Workers that can work at once on files that take so much each; at least one.
    package func workers(_ wanted: Int, bytesEach: Int64) -> Int {
        max(1, min(wanted, Int(clamping: bytes / max(1, bytesEach))))
    }

    /// What is to be said of a file that takes more by itself.
    package func remark(on next: Int64) -> String? {
        guard next > bytes else { return nil }
        return
            "It takes about \(ByteText.about(next)) of memory, more than the \(ByteText.about(bytes)) of --memory, and "
            + "is done alone."
    }
}

/// An amount of memory: `4G`, `512M`, `50%`.
public enum MemoryAmount: Sendable, Equatable {
    case bytes(Int64)
    /// 0...1 of what there is.
    case share(Double)

    /// Letters count by 1024, as those of systemd and containers do.
    private static let units: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
    /// Less than this holds no worker at all.
    private static let least: Int64 = 64 << 20

    /// Nil when the text is none: a number with K, M, G or T (a following `B` or `iB` changes nothing), or per cent.
    public init?(_ text: String) {
        var rest = text.lowercased()
        if rest.hasSuffix("%") {
            guard let percent = Self.number(rest.dropLast()), percent > 0, percent <= 100 else { return nil }
            self = .share(percent / 100)
            return
        }
        for suffix in ["ib", "b"] where rest.hasSuffix(suffix) {
            rest.removeLast(suffix.count)
            break
        }
        guard let unit = rest.last.flatMap({ Self.units[$0] }), let number = Self.number(rest.dropLast()) else {
            return nil
        }
        let bytes = number * Double(unit)
        guard bytes >= Double(Self.least), bytes < Double(Int64.max) else { return nil }
        self = .bytes(Int64(bytes))
    }

    private static func number(_ text: Substring) -> Double? {
        guard text.first?.isNumber == true, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else {
            return nil
        }
        return Double(text)
    }

    func bytes(of available: Int64) -> Int64 {
        switch self {
        case .bytes(let bytes): bytes
        case .share(let share): Int64(Double(available) * share)
        }
    }
}
