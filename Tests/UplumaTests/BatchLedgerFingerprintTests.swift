import Foundation
import Testing
import UplumaNetworks
import UplumaTestSupport

@testable import Upluma

/// What counts as the same result, and what does not.
@Suite struct BatchLedgerFingerprintTests {
    private static func fingerprint(
        _ change: (inout UpscaleOptions) -> Void, weights: [String] = ["w"]
    ) throws -> String {
        var options = UpscaleOptions(input: "in.avi", output: "out.mkv")
        change(&options)
        return try BatchFingerprint.options(options, weights: weights)
    }

    @Test("names, threads and checks do not change a result")
    func without() throws {
        let plain = try Self.fingerprint { _ in }
        let changes: [(inout UpscaleOptions) -> Void] = [
            { ($0.input, $0.output) = ("a", "b") }, { $0.overwrite = true }, { $0.threads = 3 }, { $0.verifies = true },
            { $0.isStrict = true }, { $0.allowsNetwork = true },
        ]
        for change in changes { #expect(try Self.fingerprint(change) == plain) }
        #expect(plain.count == 64 && plain.allSatisfy(\.isHexDigit))
    }

    @Test("everything else does, each in its own way") func with() throws {
        let changes: [(inout UpscaleOptions) -> Void] = [
            { _ in }, { $0.scale = 3 }, { $0.downscaler = "car-2x" }, { $0.model = "sp-vdsr" },
            { $0.chromaFilter = "bicubic" }, { $0.backend = "reference" }, { $0.precision = "f32" },
            { $0.encoder.name = "ffv1" }, { $0.encoder.crf = 20 },
            { $0.encoder.preset = "slow" },
            { $0.encoder.options = ["g": "1"] }, { $0.encoder.options = ["g": "2"] }, { $0.pixelFormat = "yuv444p" },
            { $0.start = 1 }, { $0.duration = 1 }, { $0.deinterlacing = .off }, { $0.incompatibleStreams = .drop },
        ]
        var fingerprints = try changes.map { try Self.fingerprint($0) }
        fingerprints.append(try Self.fingerprint({ _ in }, weights: ["v"]))
        fingerprints.append(try Self.fingerprint({ _ in }, weights: ["w", "v"]))
        #expect(Set(fingerprints).count == fingerprints.count)
        #expect(
            try Self.fingerprint({ _ in }, weights: ["w", "v"]) == Self.fingerprint({ _ in }, weights: ["v", "w"]))
    }

    /// Another value here makes every batch of a user be done anew after an update. An option that is new belongs into it only
    /// where it is not what earlier versions did.
    @Test("an update of the tool does not make a finished batch an unfinished one") func golden() throws {
        let golden = "b0c3c79d4fbd8d6741622d785a7df4e1f40f9d24c3d4df2072c487454088b032"
        #expect(try Self.fingerprint { _ in } == golden)
    }

    @Test("a file of weights counts by what is in it, not by where it lies") func files() throws {
        let folder = try TemporaryDirectory()
        let shipped = try WeightsResource.path(of: "sp-vdsr.safetensors")
        var fingerprints: Set<String> = []
        for name in ["a.safetensors", "b.safetensors"] {
            try FileManager.default.copyItem(atPath: shipped, toPath: folder.file(name))
            var options = UpscaleOptions(input: "a", output: "b")
            options.model = folder.file(name)
            let weights = try BatchFingerprint.weights(of: options)
            #expect(weights == [SHA256.hexDigest(of: try Data(contentsOf: URL(fileURLWithPath: shipped)))])
            fingerprints.insert(try BatchFingerprint.options(options, weights: weights))
        }
        #expect(fingerprints.count == 1)
        var options = UpscaleOptions(input: "a", output: "b")
        options.model = folder.file("none.safetensors")
        #expect(LedgerFixture.kind { _ = try BatchFingerprint.weights(of: options) } == .noInput)
    }

    @Test("auto counts every network it may take, a name its own, at the scale that is asked for; filters have none")
    func weights() throws {
        func hashes(_ model: String, scale: Int = 2, downscaler: String? = nil) throws -> Set<String> {
            var options = UpscaleOptions(input: "a", output: "b")
            (options.model, options.scale, options.downscaler) = (model, scale, downscaler)
            return Set(try BatchFingerprint.weights(of: options))
        }
        func hash(_ file: String) throws -> String {
            try WeightsFile(path: WeightsResource.path(of: "\(file).safetensors")).sha256
        }
        #expect(try hashes("lanczos3") == [])
        #expect(try hashes("sp-vdsr") == [hash("sp-vdsr"), hash("sp-vdsr-int8")])
        #expect(try hashes("sp-vdsr", scale: 3) == [hash("sp-vdsr-x3"), hash("sp-vdsr-x3-int8")])
        #expect(try hashes("sp-vdsr", scale: 8).count == 6, "a scale without a network of its own may take any")
        #expect(try hashes("lanczos3", downscaler: "car-2x") == [hash("car-2x")])
        let automatic = try hashes("auto")
        for file in ["sp-vdsr", "sp-vdsr-film", "sp-vdsr-car"] { #expect(try automatic.contains(hash(file))) }
        #expect(try !automatic.contains(hash("sp-vdsr-medium")))
    }

    @Test("size and time tell a source from another") func source() throws {
        let one = try BatchFingerprint.file(bytes: 12, changed: 3, options: "o")
        #expect(try one == BatchFingerprint.file(bytes: 12, changed: 3, options: "o"))
        for other in [(1, 23, "o"), (12, 4, "o"), (13, 3, "o"), (12, 3, "p")] as [(Int64, Int64, String)] {
            #expect(try one != BatchFingerprint.file(bytes: other.0, changed: other.1, options: other.2))
        }
    }
}
