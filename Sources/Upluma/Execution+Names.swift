import UplumaKernels
package import UplumaNetworks

/// What leaves a choice to the rules (`ExecutionPlan`).
let automaticExecution = "auto"

extension Execution {
    /// - Parameters:
    ///   - backend: one of `UpscaleOptions.backends`.
    ///   - precision: one of `UpscaleOptions.precisions`.
    /// - Throws: `UplumaError` of kind `usage`.
    package init(backend: String, precision: String) throws {
        self.init(
            backend: try Execution.choice(backend, "backend", of: UpscaleOptions.backends),
            precision: try Execution.choice(precision, "precision", of: UpscaleOptions.precisions))
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ name: String, _ what: String, of known: [String]
    ) throws -> Choice? {
        if name == automaticExecution { return nil }
        guard let choice = Choice(rawValue: name) else {
            throw UplumaError(
                .usage,
                "There is no \(what) \"\(name)\" for --\(what). Give one of \(known.joined(separator: ", ")).")
        }
        return choice
    }
}

extension UpscaleOptions {
    /// What `backend` may be.
    public static let backends = [automaticExecution] + ExecutionBackend.allCases.map(\.rawValue)
    /// What `precision` may be.
    public static let precisions = [automaticExecution] + Precision.allCases.map(\.rawValue)
}
