/// What the metadata of a downscaler's file says, checked.
struct ResamplerSettings {
    private let file: WeightsFile

    init(_ file: WeightsFile) { self.file = file }

    /// A setting as `read` understands it; nil where there is none.
    ///
    /// - Throws: `WeightsError` with `invalidSetting` where it cannot be read.
    func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws -> Value? {
        guard let text = file.metadata[key] else { return nil }
        if let value = read(text) { return value }
        throw invalid("metadata '\(key)' is '\(text)', not \(expected)")
    }

    /// The same where there must be one.
    func required<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws -> Value {
        guard let value = try value(key, expected, read) else {
            throw invalid("metadata '\(key)' is missing; it is \(expected)")
        }
        return value
    }

    func invalid(_ problem: String) -> WeightsError {
        WeightsError(
            .invalidSetting, file: file.name, problem: problem,
            remedy: "export the network again with metadata that describes it")
    }

    /// One of some whole numbers.
    static func number(_ text: String, of known: [Int]) -> Int? { Int(text).flatMap { known.contains($0) ? $0 : nil } }

    /// Stops at a tensor that the network has no use for.
    ///
    /// - Throws: `WeightsError` with `unexpectedTensor`.
    func expect(_ known: Set<String>, _ architecture: ResamplerArchitecture, remedy: String) throws {
        guard let stranger = file.tensorNames.first(where: { !known.contains($0) }) else { return }
        throw WeightsError(
            .unexpectedTensor, file: file.name, tensor: stranger,
            problem: "does not belong to \(architecture.rawValue)", remedy: remedy)
    }
}
