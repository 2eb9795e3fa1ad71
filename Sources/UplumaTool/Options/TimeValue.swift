import ArgumentParser

/// A time on the command line: seconds (`90`, `12.5`) or `[HH:]MM:SS[.fraction]`.
struct TimeValue: ExpressibleByArgument, Equatable {
    /// Thirty years in seconds: times in any time base stay far from overflow.
    private static let longest = 1e9

    let seconds: Double

    init?(argument: String) {
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

    init(seconds: Double) { self.seconds = seconds }

    var defaultValueDescription: String { "\(seconds)" }
}
