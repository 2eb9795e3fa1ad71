import UplumaMedia

/// A line of a bag's manifest: a checksum and a path (RFC 8493, section 2.1.3).
struct ManifestLine: Equatable {
    /// Lower-case hexadecimal.
    var hash: String
    /// From the bag's folder.
    var path: String

    /// As it stands in the manifest, without its end.
    var text: String { "\(hash)  \(Self.encoded(path))" }

    init(hash: String, path: String) { (self.hash, self.path) = (hash, path) }

    /// Nil for what is no such line.
    init?(_ text: String) {
        guard let gap = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else { return nil }
        hash = text[..<gap].lowercased()
        // One or more blanks, and the mark that checksum programs put before names of files read as bytes.
        var rest = text[gap...].drop { $0 == " " || $0 == "\t" }
        if rest.hasPrefix("*") { rest = rest.dropFirst() }
        path = Self.decoded(rest.hasPrefix("./") ? rest.dropFirst(2) : rest)
        guard !path.isEmpty, !hash.isEmpty, hash.allSatisfy(\.isHexDigit) else { return nil }
    }

    /// Only ends of lines and the per cent sign are written otherwise.
    static func encoded(_ path: String) -> String {
        var result = ""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case "%": result += "%25"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        let codes: [[UInt8]: UInt8] = [Array("0D".utf8): 13, Array("0A".utf8): 10, Array("25".utf8): 37]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = codes[Array(String(decoding: rest.prefix(2), as: UTF8.self).uppercased().utf8)]
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Goes through a manifest beside a walk of the files, in the order of paths.
///
/// One caller at a time.
final class ManifestCursor {
    private let next: () throws -> ManifestLine?
    private var waiting: ManifestLine?
    private var isAtEnd = false

    /// - Parameters:
    ///   - path: of the manifest.
    ///   - isSorted: whether its lines are in the order of paths; otherwise all are held in memory.
    ///   - strange: called with every line that is none, and its number from 1.
    init(_ path: String, isSorted: Bool, strange: @escaping (Int, String) -> Void = { _, _ in }) throws {
        let reader = try LineReader(path)
        var number = 0
        func read() throws -> ManifestLine? {
            while let text = try reader.next() {
                number += 1
                if text.isEmpty { continue }
                if let line = ManifestLine(text) { return line }
                strange(number, text)
            }
            return nil
        }
        if isSorted {
            next = read
        } else {
            var lines: [ManifestLine] = []
            while let line = try read() { lines.append(line) }
            var sorted = lines.sorted { $0.path.precedesByBytes($1.path) }[...]
            next = { sorted.popFirst() }
        }
    }

    /// Whether the lines of a manifest are in the order of paths, each path once.
    static func isSorted(_ path: String) throws -> Bool {
        let reader = try LineReader(path)
        var last: String?
        while let text = try reader.next() {
            guard let line = ManifestLine(text) else { continue }
            if let last, !last.precedesByBytes(line.path) { return false }
            last = line.path
        }
        return true
    }

    /// The line at which it stands; nil behind the last.
    func peek() throws -> ManifestLine? {
        if waiting == nil, !isAtEnd {
            waiting = try next()
            isAtEnd = waiting == nil
        }
        return waiting
    }

    func pop() throws -> ManifestLine? {
        defer { waiting = nil }
        return try peek()
    }

    /// Goes on to a path.
    ///
    /// - Parameter passed: called with the lines before it.
    /// - Returns: its line; nil when there is none.
    func line(of path: String, passed: (ManifestLine) throws -> Void = { _ in }) throws -> ManifestLine? {
        while let line = try peek(), line.path.precedesByBytes(path) {
            _ = try pop()
            try passed(line)
        }
        guard let line = try peek(), line.path.isSameName(as: path) else { return nil }
        return try pop()
    }
}
