import ArgumentParser
import Upluma

/// How many processor threads a job may keep busy.
struct ThreadOption: ParsableArguments {
    @Option(help: ArgumentHelp("Processor threads (default: all).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
