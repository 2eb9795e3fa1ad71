/// Why a graph cannot be run: which operation, what is wrong.
package struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Operations do not fit together, or do not fit the size of the picture.
        case shape
        /// The backend does not do this here: an operation, a precision, a processor.
        case unsupported
        /// The library behind the backend gave up, for want of memory as a rule.
        case failed
    }

    package let code: Code
    /// One sentence.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
