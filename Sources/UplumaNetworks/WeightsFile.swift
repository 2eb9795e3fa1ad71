package import Foundation

/// A file of named tensors in the safetensors format, checked completely when it is opened.
///
/// The format (github.com/huggingface/safetensors): a little-endian 64-bit header length, the header as JSON, then the
/// bytes of the tensors without gaps or overlaps, little-endian, last axis fastest.
package struct WeightsFile: Sendable {
    /// What errors call the file: its path.
    package let name: String
    /// The header's `__metadata__`, empty when there is none.
    package let metadata: [String: String]
    /// Lower-case hexadecimal SHA-256 of the whole file.
    package var sha256: String { SHA256.hexDigest(of: bytes) }

    private let bytes: Data
    private let tensors: [String: TensorHeader]

    /// - Throws: `WeightsError` with `notFound`, `unreadable` or `malformed`.
    package init(path: String) throws {
        let bytes: Data
        guard FileManager.default.fileExists(atPath: path) else {
            throw WeightsError(
                .notFound, file: path, problem: "there is no such file", remedy: "check the name and the folder")
        }
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw WeightsError(
                .unreadable, file: path, problem: "cannot be read (\(error.localizedDescription))",
                remedy: "check the path and its permissions")
        }
        try self.init(bytes: bytes, name: path)
    }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what errors call the file.
    /// - Throws: `WeightsError` with `malformed`.
    package init(bytes: Data, name: String) throws {
        self.name = name
        self.bytes = bytes
        (metadata, tensors) = try Self.parse(bytes, name: name)
    }

    /// Numbers in all tensors together whose names `isCounted` accepts.
    package func parameterCount(where isCounted: (String) -> Bool = { _ in true }) -> Int {
        tensors.reduce(0) { $0 + (isCounted($1.key) ? $1.value.shape.reduce(1, *) : 0) }
    }

    package var tensorNames: [String] { tensors.keys.sorted() }

    /// The shape of a tensor, first axis slowest; nil when there is no such tensor.
    package func shape(of tensor: String) -> [Int]? { tensors[tensor]?.shape }

    /// The numbers of a float32 tensor, last axis fastest.
    ///
    /// - Throws: `WeightsError` with `missingTensor`, `wrongType`, `wrongShape` or `notFinite`.
    package func floats(_ tensor: String, shape: [Int]) throws -> [Float] {
        let values = try numbers(tensor, .f32, shape: shape) { Float(bitPattern: UInt32(littleEndian: $0)) }
        guard values.allSatisfy(\.isFinite) else {
            throw WeightsError(
                .notFinite, file: name, tensor: tensor, problem: "holds infinite or undefined numbers",
                remedy: "the training failed; export an earlier checkpoint")
        }
        return values
    }

    /// The numbers of a tensor of signed 8-bit numbers, last axis fastest.
    ///
    /// - Throws: `WeightsError` with `missingTensor`, `wrongType` or `wrongShape`.
    package func int8s(_ tensor: String, shape: [Int]) throws -> [Int8] {
        try numbers(tensor, .i8, shape: shape) { $0 }
    }

    /// The numbers of a tensor of unsigned 8-bit numbers, last axis fastest.
    ///
    /// - Throws: `WeightsError` with `missingTensor`, `wrongType` or `wrongShape`.
    package func uint8s(_ tensor: String, shape: [Int]) throws -> [UInt8] {
        try numbers(tensor, .u8, shape: shape) { $0 }
    }

    /// The numbers of a tensor that must be of type `type` and shape `shape`, each from the `Raw` of its bytes.
    private func numbers<Raw: BitwiseCopyable, Number>(
        _ tensor: String, _ type: NumberType, shape: [Int], _ number: (Raw) -> Number
    ) throws -> [Number] {
        guard let header = tensors[tensor] else {
            throw WeightsError(
                .missingTensor, file: name, tensor: tensor, problem: "is missing",
                remedy: "the file has \(tensors.isEmpty ? "no tensors" : tensorNames.joined(separator: ", "))")
        }
        guard header.type == type.rawValue else {
            throw WeightsError(
                .wrongType, file: name, tensor: tensor, problem: "is stored as \(header.type), not \(type.rawValue)",
                remedy: type == .f32 ? "export the network in float32" : "quantise the network again")
        }
        guard header.shape == shape else {
            throw WeightsError(
                .wrongShape, file: name, tensor: tensor, problem: "has shape \(header.shape), not \(shape)",
                remedy: "the file belongs to another network, or its settings are wrong")
        }
        precondition(MemoryLayout<Raw>.size == type.byteCount)
        return bytes.withUnsafeBytes { raw in
            stride(from: header.begin, to: header.end, by: type.byteCount).map {
                number(raw.loadUnaligned(fromByteOffset: $0, as: Raw.self))
            }
        }
    }
}

/// The types of numbers that are read, as the format calls them.
private enum NumberType: String {
    case f32 = "F32"
    case i8 = "I8"
    case u8 = "U8"

    var byteCount: Int { self == .f32 ? 4 : 1 }
}

/// One tensor as the header describes it; `begin..<end` are bytes of the file.
private struct TensorHeader: Sendable {
    let type: String
    let shape: [Int]
    let begin: Int
    let end: Int
}

extension WeightsFile {
    private static func parse(
        _ bytes: Data, name: String
    ) throws -> (metadata: [String: String], tensors: [String: TensorHeader]) {
        func malformed(_ problem: String, tensor: String? = nil) -> WeightsError {
            WeightsError(
                .malformed, file: name, tensor: tensor, problem: problem,
                remedy: "it is not a safetensors file or is damaged; fetch or export it again")
        }
        guard bytes.count >= 8 else { throw malformed("has \(bytes.count) bytes, fewer than a header length takes") }
        let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(bytes.count - 8) else {
            throw malformed("announces a header of \(length) bytes but has only \(bytes.count - 8) more")
        }
        let dataStart = 8 + Int(length)
        let header: JSONHeader
        do {
            header = try JSONDecoder().decode(
                JSONHeader.self, from: bytes.subdata(in: bytes.startIndex + 8..<bytes.startIndex + dataStart))
        } catch {
            throw malformed("has an unreadable header (\(JSONHeader.reason(error)))")
        }
        var tensors: [String: TensorHeader] = [:]
        var expected = 0
        // Whatever the order in the header, by position the tensors fill the rest of the file exactly.
        for (tensor, entry) in header.tensors.sorted(by: { $0.value.position < $1.value.position }) {
            guard entry.dataOffsets.count == 2, let begin = entry.dataOffsets.first, let end = entry.dataOffsets.last
            else { throw malformed("has \(entry.dataOffsets.count) offsets, not 2", tensor: tensor) }
            guard begin == expected, end >= begin, end <= bytes.count - dataStart else {
                throw malformed(
                    "lies at \(begin)..<\(end), not from \(expected) to at most \(bytes.count - dataStart)",
                    tensor: tensor)
            }
            expected = end
            guard let count = elementCount(entry.shape) else {
                throw malformed("has the impossible shape \(entry.shape)", tensor: tensor)
            }
            if let size = NumberType(rawValue: entry.dtype)?.byteCount {
                guard (end - begin) % size == 0, (end - begin) / size == count else {
                    throw malformed(
                        "takes \(end - begin) bytes, which do not hold \(count) numbers", tensor: tensor)
                }
            }
            tensors[tensor] = TensorHeader(
                type: entry.dtype, shape: entry.shape, begin: dataStart + begin, end: dataStart + end)
        }
        guard expected == bytes.count - dataStart else {
            throw malformed("has \(bytes.count - dataStart) bytes of data, its tensors take \(expected)")
        }
        return (header.metadata, tensors)
    }

    /// Nil when an axis is negative or the product does not fit.
    private static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        for axis in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            guard axis >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

/// The header: tensor names and `__metadata__` side by side in one JSON object.
private struct JSONHeader: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }

        /// Empty tensors come before the one that starts where they do.
        var position: (Int, Int) { (dataOffsets.first ?? 0, dataOffsets.last ?? 0) }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var metadata: [String: String] = [:]
    var tensors: [String: Entry] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }
    }

    /// The sentence inside a decoding error, without its dump of internals.
    static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        default: return error.localizedDescription
        }
    }
}
