import Foundation
import Testing
import UplumaTestSupport

/// Every generated file broken at random, the same way in every run: nothing crashes, hangs or eats the memory, and nothing
/// half made takes the output's name.
///
/// `UPLUMA_FUZZ_ROUNDS` sets the number of breakages a file (2 without it).
@Suite struct FuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["UPLUMA_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2
    /// Seconds after which a run hangs. A whole file takes a tenth of one; other tests run beside it.
    private static let patience = 60
    /// Kilobytes of address space: a header that claims more must be refused.
    private static let memory = 8_000_000
    /// What the tool may say of a broken file: all is well, bad input, a length or rate that no output holds.
    private static let allowed: Set<Int32> = [0, 64, 65, 66, 73, 74]

    private enum Breakage: CaseIterable {
        case flippedBits, zeroedRun, cut, insertedNoise

        func apply(to bytes: inout Data, _ noise: inout SeededNoise) {
            guard bytes.count > 16 else { return }
            switch self {
            case .flippedBits:
                for _ in 0..<Int.random(in: 1...64, using: &noise) {
                    bytes[Int.random(in: 0..<bytes.count, using: &noise)] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
                }
            case .zeroedRun:
                let start = Int.random(in: 0..<bytes.count, using: &noise)
                let end = min(bytes.count, start + Int.random(in: 1...512, using: &noise))
                for index in start..<end { bytes[index] = 0 }
            case .cut:
                bytes.removeSubrange(Int.random(in: 16..<bytes.count, using: &noise)...)
            case .insertedNoise:
                let noiseBytes = (0..<Int.random(in: 1...512, using: &noise)).map { _ in
                    UInt8.random(in: 0...255, using: &noise)
                }
                bytes.insert(contentsOf: noiseBytes, at: Int.random(in: 0..<bytes.count, using: &noise))
            }
        }
    }

    @Test("no breakage crashes, hangs or leaves half a file", arguments: GeneratedFile.all)
    func fuzz(_ file: GeneratedFile) throws {
        let folder = try TemporaryDirectory()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file.make(in: folder)))
        let seed = file.name.utf8.reduce(UInt64(14)) { ($0 &* 31) &+ UInt64($1) }
        for round in 0..<FuzzTests.rounds {
            var noise = SeededNoise(seed: seed &+ UInt64(round) &* 1_000_003)
            var bytes = whole
            guard let breakage = Breakage.allCases.randomElement(using: &noise) else { continue }
            breakage.apply(to: &bytes, &noise)
            try run(bytes, of: file, in: folder, "round \(round), \(breakage)")
        }
    }

    private func run(_ bytes: Data, of file: GeneratedFile, in folder: TemporaryDirectory, _ what: String) throws {
        let (input, output) = (folder.file("broken-" + file.name), folder.file("out.mkv"))
        try bytes.write(to: URL(fileURLWithPath: input))
        defer { for path in [output, output + ".partial"] { try? FileManager.default.removeItem(atPath: path) } }
        let arguments =
            [
                "upscale", input, "-o", output, "--model", "bilinear", "--encoder", "ffv1", "--threads", "2",
                "--on-incompatible", "drop", "--progress", "none",
            ] + file.options
        let result = try ProcessResult.running(
            "/bin/bash",
            [
                "-c", "ulimit -v \(FuzzTests.memory); exec timeout -s KILL \(FuzzTests.patience) \"$0\" \"$@\"",
                Tool.url.path,
            ] + arguments)
        let problem = "\(file.name), \(what): \(result.status): \(result.errorText)"
        #expect(FuzzTests.allowed.contains(result.status), "\(problem)")
        #expect(FileManager.default.fileExists(atPath: output) == (result.status == 0), "\(problem)")
        if result.status != 0 {
            let last = result.errorText.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("upluma: ") && last.hasSuffix("."), "\(problem)")
        }
        if let keep = ProcessInfo.processInfo.environment["UPLUMA_FUZZ_KEEP"],
            !FuzzTests.allowed.contains(result.status)
        {
            try bytes.write(to: URL(fileURLWithPath: "\(keep)/\(what.filter { $0 != " " && $0 != "," })-\(file.name)"))
        }
    }
}
