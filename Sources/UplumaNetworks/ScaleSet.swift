/// One model's networks, one for each scale it was trained for.
package struct ScaleSet: Sendable {
    /// A network and the files it was read from.
    package struct Member: Sendable {
        /// In floating point alone.
        package let network: Network
        /// Trained numbers: those in the file.
        package let parameterCount: Int
        /// Of the whole weights file, lower-case hexadecimal.
        package let sha256: String
        /// In 8 bits; nil where there is no such file, or none made of these weights.
        package internal(set) var quantized: Quantized?
    }

    /// A network in 8 bits and its file.
    package struct Quantized: Sendable {
        package let chain: ConvolutionChain
        /// Of the whole weights file, lower-case hexadecimal.
        package let sha256: String
    }

    /// By rising scale, each scale once; at least one.
    package let members: [Member]

    /// The metadata of a quantised file that names the file it was made of, by its SHA-256. A user may put weights of
    /// his own in the place of shipped ones (`WeightsResource.variable`); 8-bit weights of others are not for them.
    static let originKey = "quantized_from"

    /// - Parameter files: one for each scale, and of any scale one in 8 bits too, or instead.
    /// - Throws: `WeightsError` when a file cannot be used, or two are for the same scale and precision.
    init(files: [WeightsFile]) throws {
        precondition(!files.isEmpty, "a network has weights")
        var names: [[Int]: String] = [:]
        var members: [Int: Member] = [:]
        let read = try files.map { (file: $0, network: try Network(file: $0)) }
        // Those in floating point first: the others join them.
        for (file, network) in read.filter({ !$0.network.isQuantized }) + read.filter(\.network.isQuantized) {
            if let other = names.updateValue(file.name, forKey: [network.factor, network.isQuantized ? 8 : 32]) {
                throw WeightsError(
                    .invalidSetting, file: file.name, problem: "is for scale \(network.factor), as is \"\(other)\"",
                    remedy: "one of the two is not the file that belongs here")
            }
            let quantized = network.chain.flatMap {
                $0.isQuantized ? Quantized(chain: $0, sha256: file.sha256) : nil
            }
            if let member = members[network.factor] {
                guard file.metadata[Self.originKey] == member.sha256 else { continue }
                members[network.factor]?.quantized = quantized
            } else {
                members[network.factor] = Member(
                    network: network.dequantized, parameterCount: Self.parameterCount(of: file), sha256: file.sha256,
                    quantized: quantized)
            }
        }
        self.members = members.values.sorted { $0.network.factor < $1.network.factor }
    }

    /// Trained numbers: all of the file's but those that only say how others are stored.
    private static func parameterCount(of file: WeightsFile) -> Int {
        file.parameterCount { name in !LayerQuantization.tensorSuffixes.contains { name.hasSuffix(".\($0)") } }
    }

    /// Enlargements that take a single run, rising.
    package var factors: [Int] { members.map(\.network.factor) }

    /// The network for one of `factors` in a precision; nil where there are no such weights.
    package func network(factor: Int, precision: WeightsPrecision = .f32) -> Network? {
        switch precision {
        case .f32: member(factor).network
        case .int8: member(factor).quantized.map { .chain($0.chain) }
        }
    }

    /// The network for one of `factors` and its files.
    package func member(_ factor: Int) -> Member {
        guard let member = members.first(where: { $0.network.factor == factor }) else {
            preconditionFailure("there is no network for scale \(factor)")
        }
        return member
    }
}
