import Foundation
import Testing
import UplumaNetworks

@Suite struct WeightsFileTests {
    @Test("names, shapes, values and metadata come back")
    func read() throws {
        let bytes = safetensors(
            metadata: ["scale": "2"],
            tensors: [("b", [2], [1.5, -0.0]), ("a", [1, 3], [.leastNonzeroMagnitude, 2, 3]), ("none", [0, 4], [])])
        let file = try WeightsFile(bytes: bytes, name: "test")
        #expect(file.metadata == ["scale": "2"])
        #expect(file.tensorNames == ["a", "b", "none"])
        #expect(file.shape(of: "a") == [1, 3] && file.shape(of: "c") == nil)
        #expect(try file.floats("a", shape: [1, 3]) == [.leastNonzeroMagnitude, 2, 3])
        #expect(try file.floats("b", shape: [2]).map(\.bitPattern) == [Float(1.5).bitPattern, Float(-0.0).bitPattern])
        #expect(try file.floats("none", shape: [0, 4]) == [])
    }

    @Test("numbers of 8 bits come back with their signs")
    func small() throws {
        let bytes = safetensors(
            metadata: [:],
            tensors: [
                TypedTensor("u", type: "U8", [2, 2], bytes: [0, 127, 128, 255]),
                TypedTensor("f", [1], floats: [2]), TypedTensor("i", type: "I8", [3], bytes: [0, 127, 0x80]),
            ])
        let file = try WeightsFile(bytes: bytes, name: "test")
        #expect(try file.uint8s("u", shape: [2, 2]) == [0, 127, 128, 255])
        #expect(try file.int8s("i", shape: [3]) == [0, 127, -128])
        #expect(try file.floats("f", shape: [1]) == [2])
        #expect(file.parameterCount() == 8 && file.parameterCount { $0 != "u" } == 4)
    }

    @Test("numbers of 8 bits that are not as expected are named")
    func smallErrors() throws {
        let bytes = safetensors(metadata: [:], tensors: [TypedTensor("u", type: "U8", [2], bytes: [1, 2])])
        let file = try WeightsFile(bytes: bytes, name: "w.safetensors")
        let cases: [(WeightsError.Code, String, () throws -> Void)] = [
            (.wrongType, "stored as U8, not I8; quantise the network again", { _ = try file.int8s("u", shape: [2]) }),
            (.wrongType, "stored as U8, not F32; export", { _ = try file.floats("u", shape: [2]) }),
            (.wrongShape, "has shape [2], not [1]", { _ = try file.uint8s("u", shape: [1]) }),
            (.missingTensor, "'v': is missing", { _ = try file.uint8s("v", shape: [2]) }),
        ]
        for (code, words, read) in cases {
            let error = #expect(throws: WeightsError.self) { try read() }
            #expect(error?.code == code && error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test("a slice of larger data is read from its own start")
    func slice() throws {
        let bytes = Data([1, 2, 3]) + safetensors(metadata: [:], tensors: [("a", [1], [7])])
        let file = try WeightsFile(bytes: bytes.dropFirst(3), name: "test")
        #expect(try file.floats("a", shape: [1]) == [7])
    }

    static func entry(_ name: String = "a", dtype: String = "F32", shape: String, offsets: String) -> String {
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    static let eight = [UInt8](repeating: 0, count: 8)

    /// Files that no part of may be believed: what is wrong, the bytes, words of the message.
    static let malformed: [(what: String, bytes: Data, words: String)] = [
        ("empty", Data(), "0 bytes"),
        ("seven bytes", Data(eight.dropLast()), "7 bytes"),
        ("header longer than any file", Data([UInt8](repeating: 255, count: 16)), "announces a header"),
        ("header of 2^63 bytes", Data([0, 0, 0, 0, 0, 0, 0, 128]) + Data(eight), "announces a header"),
        ("header cut off", safetensors("{}").dropLast(), "announces a header of 2 bytes"),
        ("no header", Data(eight), "unreadable header"),
        ("garbage", safetensors("garbage!"), "unreadable header"),
        ("not UTF-8", Data([2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE]), "unreadable header"),
        ("an array", safetensors("[]"), "unreadable header"),
        ("nested too deeply", safetensors(String(repeating: "[", count: 100_000)), "unreadable header"),
        ("metadata that is no text", safetensors("{\"__metadata__\":{\"scale\":2}}"), "unreadable header"),
        ("no offsets", safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}"), "unreadable header"),
        ("one offset", safetensors("{\(entry(shape: "[0]", offsets: "[0]"))}"), "1 offsets"),
        ("broken offsets", safetensors("{\(entry(shape: "[1]", offsets: "[0,4.5]"))}", data: eight), "unreadable"),
        ("negative begin", safetensors("{\(entry(shape: "[1]", offsets: "[-4,0]"))}"), "lies at -4..<0"),
        ("end before begin", safetensors("{\(entry(shape: "[0]", offsets: "[0,-4]"))}"), "lies at 0..<-4"),
        ("past the end", safetensors("{\(entry(shape: "[3]", offsets: "[0,12]"))}", data: eight), "lies at 0..<12"),
        (
            "huge offsets", safetensors("{\(entry(shape: "[1]", offsets: "[0,9223372036854775807]"))}", data: eight),
            "lies at"
        ),
        (
            "overlap",
            safetensors(
                "{\(entry(shape: "[2]", offsets: "[0,8]")),\(entry("b", shape: "[1]", offsets: "[4,8]"))}", data: eight),
            "lies at 4..<8, not from 8"
        ),
        ("a gap", safetensors("{\(entry(shape: "[1]", offsets: "[4,8]"))}", data: eight), "lies at 4..<8, not from 0"),
        ("data left over", safetensors("{\(entry(shape: "[1]", offsets: "[0,4]"))}", data: eight), "8 bytes of data"),
        ("shape against size", safetensors("{\(entry(shape: "[3]", offsets: "[0,8]"))}", data: eight), "3 numbers"),
        (
            "shape of bytes against size",
            safetensors("{\(entry(dtype: "I8", shape: "[3]", offsets: "[0,8]"))}", data: eight), "3 numbers"
        ),
        (
            "shape of bytes against size, U8",
            safetensors("{\(entry(dtype: "U8", shape: "[2]", offsets: "[0,8]"))}", data: eight), "2 numbers"
        ),
        ("negative axis", safetensors("{\(entry(shape: "[-2,-1]", offsets: "[0,8]"))}", data: eight), "impossible"),
        (
            "overflowing shape",
            safetensors("{\(entry(shape: "[4611686018427387904,4]", offsets: "[0,8]"))}", data: eight), "impossible"
        ),
    ]

    @Test("files that are not what they say", arguments: malformed.indices)
    func refused(index: Int) throws {
        let test = Self.malformed[index]
        let error = try #require(throws: WeightsError.self, "\(test.what)") {
            try WeightsFile(bytes: test.bytes, name: "broken.safetensors")
        }
        #expect(error.code == .malformed, "\(test.what)")
        #expect(error.description.contains(test.words), "\(test.what): \(error)")
        #expect(error.description.contains("broken.safetensors"))
    }

    @Test("a file cut off anywhere is refused")
    func truncated() {
        let bytes = safetensors(metadata: spvdsrMetadata, tensors: [("a", [2, 2], [1, 2, 3, 4])])
        for count in 0..<bytes.count {
            #expect(throws: WeightsError.self, "\(count) of \(bytes.count) bytes") {
                try WeightsFile(bytes: bytes.prefix(count), name: "test")
            }
        }
    }

    @Test("a file with any byte changed is read or refused, never a crash")
    func patched() throws {
        let bytes = safetensors(metadata: ["k": "v"], tensors: [("a", [2, 2], [1, 2, 3, 4])])
        for index in bytes.indices {
            for value: UInt8 in [0, 0x22, 0x2D, 0x39, 0x5B, 0x7D, 0xFF] {
                var patched = bytes
                patched[index] = value
                do {
                    let file = try WeightsFile(bytes: patched, name: "test")
                    for name in file.tensorNames { _ = try file.floats(name, shape: [2, 2]) }
                } catch is WeightsError {}
            }
        }
    }

    @Test("a tensor that is not as expected is named")
    func tensors() throws {
        let half = safetensors("{\(Self.entry("h", dtype: "F16", shape: "[4]", offsets: "[0,8]"))}", data: Self.eight)
        let bytes = safetensors(metadata: [:], tensors: [("a", [2], [1, .nan])])
        let cases: [(Data, String, [Int], WeightsError.Code)] = [
            (bytes, "b", [2], .missingTensor), (bytes, "a", [1, 2], .wrongShape), (bytes, "a", [2], .notFinite),
            (half, "h", [4], .wrongType),
        ]
        for (bytes, tensor, shape, code) in cases {
            let file = try WeightsFile(bytes: bytes, name: "w.safetensors")
            let error = #expect(throws: WeightsError.self) { try file.floats(tensor, shape: shape) }
            #expect(error?.code == code && error?.tensor == tensor && error?.file == "w.safetensors")
        }
    }

    @Test("a file that is not there, and a folder", arguments: ["/nonexistent/w.safetensors", "/"])
    func unreadable(path: String) {
        let error = #expect(throws: WeightsError.self) { try WeightsFile(path: path) }
        #expect(error?.code == (path.hasPrefix("/nonexistent") ? .notFound : .unreadable) && error?.file == path)
    }
}
