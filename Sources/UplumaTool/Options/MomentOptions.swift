import ArgumentParser
import Upluma

/// Which frames are shown: one of these ways, or none for the frame with the most detail.
struct MomentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The frames on the screen at these times: seconds, [HH:]MM:SS[.mmm] or 1h2m3s, separated by commas.",
            valueName: "time,…"))
    var at: TimeList?

    @Option(
        help: ArgumentHelp(
            "The frames of these numbers in the whole job, counted from 0, separated by commas.", valueName: "n,…"))
    var frame: NumberList?

    @Option(help: ArgumentHelp("A frame after every so much time, as in 5m.", valueName: "time"))
    var every: TimeValue?

    @Option(
        help: ArgumentHelp(
            "So many frames with detail that differ most from each other (default: 1).", valueName: "n"))
    var scenes: Int?

    func validate() throws {
        let given = [
            ("--at", at != nil), ("--frame", frame != nil), ("--every", every != nil), ("--scenes", scenes != nil),
        ].filter(\.1).map(\.0)
        if given.count > 1 { throw ValidationError("\(given.joined(separator: " and ")): give one of them.") }
        let most = PreviewOptions.mostMoments
        if let scenes, !(1...most).contains(scenes) {
            throw ValidationError("--scenes \(scenes): give 1 to \(most).")
        }
        if let every, every.seconds <= 0 { throw ValidationError("--every: give more than 0 seconds.") }
    }

    /// What was asked for; nil for nothing.
    var chosen: PreviewMoments? {
        at.map { .times($0.times) } ?? frame.map { .frames($0.numbers) } ?? every.map { .every($0.seconds) }
            ?? scenes.map { .scenes($0) }
    }
}

/// Times separated by commas.
struct TimeList: ExpressibleByArgument {
    let times: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { TimeValue(argument: String($0)) }
        guard values.count == parts.count else { return nil }
        times = values.map(\.seconds)
    }
}

/// Whole numbers from 0 separated by commas.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { Int($0) }.filter { (0...Int(Int32.max)).contains($0) }
        guard values.count == parts.count else { return nil }
        numbers = values
    }
}
