package import Foundation

/// Reads tensors of 32-bit floats from a safetensors file, for tests only.
package struct SafetensorsFile: Sendable {
    /// The strings under `__metadata__`.
    package let metadata: [String: String]
    /// Name to axis lengths, in the file's order.
    package var shapes: [String: [Int]] { entries.mapValues(\.shape) }

    private let entries: [String: (shape: [Int], range: Range<Int>)]
    private let bytes: Data

    package enum Failure: Error {
        case notSafetensors(URL)
        case noTensor(String)
    }

    package init(_ url: URL) throws {
        let file = try Data(contentsOf: url)
        guard file.count >= 8 else { throw Failure.notSafetensors(url) }
        let headerCount = Int(file.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian })
        guard 8 + headerCount <= file.count,
            let header = try JSONSerialization.jsonObject(with: file[8..<8 + headerCount]) as? [String: Any]
        else { throw Failure.notSafetensors(url) }
        bytes = Data(file[(8 + headerCount)...])
        metadata = header["__metadata__"] as? [String: String] ?? [:]
        var entries: [String: (shape: [Int], range: Range<Int>)] = [:]
        for (name, value) in header {
            guard let entry = value as? [String: Any], entry["dtype"] as? String == "F32",
                let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int], offsets.count == 2,
                offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bytes.count
            else { continue }
            entries[name] = (shape, offsets[0]..<offsets[1])
        }
        self.entries = entries
    }

    /// All elements of a tensor, last axis fastest.
    package func floats(_ name: String) throws -> [Float] {
        guard let entry = entries[name] else { throw Failure.noTensor(name) }
        return bytes[entry.range].withUnsafeBytes { raw in
            (0..<raw.count / 4).map { index in
                Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).littleEndian)
            }
        }
    }

    /// The last two axes of a tensor as rows; axes before them have length 1.
    package func rows(_ name: String) throws -> [[Float]] {
        let values = try floats(name)
        guard let width = entries[name]?.shape.last, width > 0 else { throw Failure.noTensor(name) }
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
}

/// The folder of reference material outside the repository, named by the environment variable `UPLUMA_SHARED`; tests
/// that use it are skipped without it.
package let sharedFolder: URL? = ProcessInfo.processInfo.environment["UPLUMA_SHARED"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
}
