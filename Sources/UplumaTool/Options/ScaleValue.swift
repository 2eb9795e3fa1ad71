import ArgumentParser
import Upluma

/// How many times larger the result is, out of the list that the library supports.
struct ScaleValue: ExpressibleByArgument, CustomStringConvertible {
    let factor: Int

    init(factor: Int) { self.factor = factor }

    init?(argument: String) {
        guard let factor = Int(argument), UpscaleOptions.supportedScales.contains(factor) else { return nil }
        self.factor = factor
    }

    static var allValueStrings: [String] { UpscaleOptions.supportedScales.map(String.init) }
    var description: String { "\(factor)" }
    var defaultValueDescription: String { description }
}
