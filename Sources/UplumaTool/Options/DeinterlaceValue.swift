import ArgumentParser
import Upluma

/// What to do about interlaced sources, out of the list that the library knows.
struct DeinterlaceValue: ExpressibleByArgument, CustomStringConvertible {
    let choice: Deinterlacing

    init(_ choice: Deinterlacing) { self.choice = choice }

    init?(argument: String) {
        guard let choice = Deinterlacing(rawValue: argument) else { return nil }
        self.choice = choice
    }

    static var allValueStrings: [String] { Deinterlacing.allCases.map(\.rawValue) }
    var description: String { choice.rawValue }
    var defaultValueDescription: String { description }
}
