import ArgumentParser
import Upluma

/// How networks are run: shared by every command that runs them.
struct ExecutionOptions: ParsableArguments {
    private static let defaults = UpscaleOptions(input: "", output: "")

    @Option(
        help: """
            What runs the networks: `fused` all layers row by row, `onednn` layer by layer, `reference` the plain way, \
            slow.
            """)
    var backend = BackendName(name: defaults.backend)

    @Option(
        help: """
            The networks' arithmetic; `auto` takes the fastest that costs at most 0.02 dB where that was measured.
            """)
    var precision = PrecisionName(name: defaults.precision)
}

/// One of the library's backends, or `auto`.
struct BackendName: ExpressibleByArgument {
    let name: String
    static var allValueStrings: [String] { UpscaleOptions.backends }
    var defaultValueDescription: String { name }
}

extension BackendName {
    init?(argument: String) {
        guard BackendName.allValueStrings.contains(argument) else { return nil }
        name = argument
    }
}

/// One of the library's precisions, or `auto`.
struct PrecisionName: ExpressibleByArgument {
    let name: String
    static var allValueStrings: [String] { UpscaleOptions.precisions }
    var defaultValueDescription: String { name }
}

extension PrecisionName {
    init?(argument: String) {
        guard PrecisionName.allValueStrings.contains(argument) else { return nil }
        name = argument
    }
}
