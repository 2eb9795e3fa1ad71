/// Times of one thing done over and over, in milliseconds.
struct Timing {
    let median: Double
    let minimum: Double

    /// Runs `body` once unmeasured, then at least three times and until `seconds` have passed.
    ///
    /// - Parameter count: how often a run does the thing; times are divided by it.
    static func measure(seconds: Double, count: Int = 1, _ body: () throws -> Void) rethrows -> Timing {
        try body()
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var times: [Double] = []
        while times.count < 3 || clock.now < end {
            let start = clock.now
            try body()
            times.append((clock.now - start) / .milliseconds(1) / Double(count))
        }
        times.sort()
        return Timing(median: times[times.count / 2], minimum: times[0])
    }

    /// The same for something short: repeated so often that a run takes about a fifth of a millisecond.
    static func measureShort(seconds: Double, _ body: () -> Void) -> Timing {
        let clock = ContinuousClock()
        var count = 1
        while count < 1 << 20 {
            let start = clock.now
            for _ in 0..<count { body() }
            if (clock.now - start) / .milliseconds(1) > 0.2 { break }
            count *= 2
        }
        let repeats = count
        return measure(seconds: seconds, count: repeats) {
            for _ in 0..<repeats { body() }
        }
    }
}
