import ArgumentParser

/// A time on the command line: seconds (`90`, `12.5`) or `[HH:]MM:SS[.fraction]`.
struct TimeValue: ExpressibleByArgument, Equatable {
    let seconds: Double

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var total = 0.0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            guard let first = part.first, first.isNumber || (isLast && first == "."),
                let value = isLast ? Double(part) : Int(part).map(Double.init), value.isFinite,
                index == 0 || value < 60
            else { return nil }
            total = total * 60 + value
        }
        seconds = total
    }

    init(seconds: Double) { self.seconds = seconds }

    var defaultValueDescription: String { "\(seconds)" }
}
