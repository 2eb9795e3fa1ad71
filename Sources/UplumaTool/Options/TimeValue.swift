import ArgumentParser

/// A time on the command line: seconds (`90`, `12.5`), `[HH:]MM:SS[.fraction]`, or hours, minutes and seconds by their letters
/// (`5m`, `1h30m`, `2.5s`).
struct TimeValue: ExpressibleByArgument, Equatable {
    /// Thirty years in seconds: times in any time base stay far from overflow.
    private static let longest = 1e9

    let seconds: Double

    init?(argument: String) {
        if let last = argument.last, "hms".contains(last) {
            guard let seconds = TimeValue.seconds(ofLetters: argument) else { return nil }
            self.seconds = seconds
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var total = 0.0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            guard let first = part.first, first.isNumber || (isLast && first == "."),
                part.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
                let value = isLast ? Double(part) : Int(part).map(Double.init),
                index == 0 ? value <= TimeValue.longest : value < 60
            else { return nil }
            total = total * 60 + value
        }
        seconds = total
    }

    /// Each letter at most once, in their order.
    private static func seconds(ofLetters argument: String) -> Double? {
        var (rest, total) = (argument[...], 0.0)
        for (letter, worth) in [("h", 3600.0), ("m", 60.0), ("s", 1.0)] {
            guard let end = rest.firstIndex(of: Character(letter)) else { continue }
            let number = rest[..<end]
            guard let first = number.first, first.isNumber || first == ".",
                number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(number),
                value * worth <= TimeValue.longest
            else { return nil }
            total += value * worth
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? total : nil
    }

    init(seconds: Double) { self.seconds = seconds }

    var defaultValueDescription: String { "\(seconds)" }
}
