/// One model's networks, one for each scale it was trained for.
package struct ScaleSet: Sendable {
    /// A network and the file it was read from.
    package struct Member: Sendable {
        package let chain: ConvolutionChain
        /// Trained numbers: those in the file.
        package let parameterCount: Int
        /// Of the whole weights file, lower-case hexadecimal.
        package let sha256: String
    }

    /// By rising scale, each scale once; at least one.
    package let members: [Member]

    /// - Throws: `WeightsError` when a file cannot be used, or two are for the same scale.
    init(files: [WeightsFile]) throws {
        precondition(!files.isEmpty, "a network has weights")
        var names: [Int: String] = [:]
        var members: [Member] = []
        for file in files {
            let chain = try ConvolutionChain(file: file)
            if let other = names.updateValue(file.name, forKey: chain.factor) {
                throw WeightsError(
                    .invalidSetting, file: file.name, problem: "is for scale \(chain.factor), as is \"\(other)\"",
                    remedy: "one of the two is not the file that belongs here")
            }
            members.append(Member(chain: chain, parameterCount: file.parameterCount, sha256: file.sha256))
        }
        self.members = members.sorted { $0.chain.factor < $1.chain.factor }
    }

    /// Enlargements that take a single run, rising.
    package var factors: [Int] { members.map(\.chain.factor) }

    /// The network for one of `factors`.
    package func chain(factor: Int) -> ConvolutionChain {
        guard let member = members.first(where: { $0.chain.factor == factor }) else {
            preconditionFailure("there is no network for scale \(factor)")
        }
        return member.chain
    }
}
