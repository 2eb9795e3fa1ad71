import ArgumentParser

/// One `KEY=VALUE` for the encoder.
struct EncoderOption: ExpressibleByArgument {
    let key: String
    let value: String

    init?(argument: String) {
        guard let split = argument.firstIndex(of: "="), split != argument.startIndex else { return nil }
        key = String(argument[..<split])
        value = String(argument[argument.index(after: split)...])
    }
}
