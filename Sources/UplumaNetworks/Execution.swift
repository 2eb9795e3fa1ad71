package import UplumaKernels

/// What runs the layers of a network.
package enum ExecutionBackend: String, CaseIterable, Sendable, Hashable {
    /// `StreamingExecutor`: all layers together, row by row, by kernels of our own.
    case fused
    /// oneDNN, layer by layer in bands (`GraphScaler`).
    case onednn
    /// The plain one in bands, for proofs; slow.
    case reference
}

/// How a user wants networks run; nil leaves it to `ExecutionPlan`.
package struct Execution: Sendable, Hashable {
    package var backend: ExecutionBackend?
    package var precision: Precision?

    package static let automatic = Execution()

    package init(backend: ExecutionBackend? = nil, precision: Precision? = nil) {
        self.backend = backend
        self.precision = precision
    }
}

/// A way to run a network was asked for that there is not.
package struct ExecutionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is missing, and what to ask for instead.
    package let description: String
}
