import Foundation
import Testing

@testable import UplumaMedia
@testable import UplumaTestSupport

/// Checksums of frames against FFmpeg's own, and what FFV1's checksums tell.
@Suite struct FrameChecksumsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// What FFmpeg's own muxer writes of the same file.
    private func ffmpegLines(_ path: String) throws -> [String] {
        let data = try FFmpegTool.ffmpeg(
            ["-copyts", "-noautorotate", "-i", "file:" + path, "-map", "0:V:0", "-fps_mode", "passthrough"]
                + ["-enc_time_base", "-1", "-noautoscale", "-bitexact", "-f", "framemd5", "-"])
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func lines(_ path: String, threads: Int = 0) throws -> [String] {
        var lines: [String] = []
        let findings = try FrameChecksums.read(path, threads: threads) { line, _ in lines.append(line) }
        #expect(findings.isWhole, "\(findings)")
        #expect(findings.frames == lines.count { !$0.hasPrefix("#") })
        return lines
    }

    private static let whole = GeneratedFile.all.filter { file in
        !GeneratedFile.damage.contains { $0.name == file.name }
    }

    /// Files for which FFmpeg's program writes something else than its libraries say, and the columns that are the same.
    private static let exceptions: [String: [Int]] = [
        // Before 6.0 it writes the usual duration for frames of three fields, too.
        "soft-telecine.m2v": [0, 1, 2, 4, 5], "soft-telecine.mpg": [0, 1, 2, 4, 5],
        "soft-telecine.ts": [0, 1, 2, 4, 5],
        // It counts the frames of an elementary stream in microseconds.
        "film.h264": [0, 3, 4, 5],
        // It converts what comes after the change to the first format.
        "format.ts": [0, 1, 2, 3],
    ]

    @Test("the text is FFmpeg's, line by line", arguments: whole)
    func table(file: GeneratedFile) throws {
        let path = try file.make(in: folder)
        let columns = Self.exceptions[file.name]
        func compared(_ line: String) -> String {
            let all = line.split(separator: ",").map(String.init)
            guard let columns, all.count == 6, !line.hasPrefix("#") else { return line }
            return columns.map { all[$0] }.joined(separator: ",")
        }
        #expect(try lines(path).map(compared) == ffmpegLines(path).map(compared))
    }

    @Test("damaged files have the same text on any number of threads", arguments: GeneratedFile.damage)
    func damaged(file: GeneratedFile) throws {
        let path = try file.make(in: folder)
        var texts: Set<[String]> = []
        for threads in [1, 2, 5] {
            var lines: [String] = []
            _ = try FrameChecksums.read(path, threads: threads) { line, _ in lines.append(line) }
            texts.insert(lines)
        }
        #expect(texts.count == 1)
    }

    /// FFV1 of five frames in 2×2 slices.
    private func ffv1(_ name: String, _ options: [String] = []) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=0.2", "-pix_fmt", "yuv420p", "-c:v", "ffv1"]
                + ["-level", "3", "-slices", "4", "-slicecrc", "1", "-g", "1"] + options + [path])
        return path
    }

    @Test("what is written compares as the same, and its hash is told") func written() throws {
        let (path, list) = (try ffv1("a.mkv"), folder.file("a.framemd5"))
        let (findings, hash) = try FrameChecksums.write(of: path, to: list)
        #expect(findings.ffv1 == FrameChecksums.FFV1Findings(version: 3, slices: 4, frames: 5))
        #expect(try ContentHash.ofFile(list) == hash)
        let text = try String(contentsOfFile: list, encoding: .utf8)
        #expect(text == (try ffmpegLines(path).joined(separator: "\n") + "\n"))
        let comparison = try FrameChecksums.compare(path, with: list)
        #expect(comparison.isSame && comparison.findings == findings && comparison.listed == 5)
    }

    @Test(
        "another frame, a frame less or more, another stream are told",
        arguments: [
            ("frame", [3], 5, 0), ("less", [], 4, 0), ("more", [], 6, 0), ("none", [], 0, 0), ("clock", [], 5, 1),
        ] as [(String, [Int], Int, Int)])
    func differences(change: String, differing: [Int], listed: Int, header: Int) throws {
        let (path, list) = (try ffv1("a.mkv"), folder.file("a.framemd5"))
        _ = try FrameChecksums.write(of: path, to: list)
        var lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map(String.init)
        switch change {
        case "frame": lines[lines.count - 2] = lines[lines.count - 2].dropLast() + "x"
        case "less": lines.removeLast()
        case "more": lines.append(lines[lines.count - 1])
        case "none": lines.removeAll { !$0.hasPrefix("#") }
        default: lines = lines.map { $0.replacingOccurrences(of: "#tb 0: 1/1000", with: "#tb 0: 1/999") }
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: list))
        let found = try FrameChecksums.compare(path, with: list)
        #expect(found.differing == differing && found.differingCount == differing.count && found.listed == listed)
        #expect(found.differingHeader.count == header && !found.isSame)
    }

    @Test(
        "what FFV1 says of itself",
        arguments: [("3", "1", 3), ("3", "0", 3), ("1", "0", nil)] as [(String, String, Int?)])
    func versions(level: String, checksums: String, version: Int?) throws {
        let path = try ffv1(
            "a.mkv", ["-level", level, "-slicecrc", checksums] + (level == "1" ? ["-slices", "1"] : []))
        let findings = try FrameChecksums.read(path) { _, _ in }
        #expect(findings.ffv1?.version == version && findings.ffv1?.isProtected == (checksums == "1"))
        #expect(findings.isWhole)
    }

    @Test("a flipped bit is found in its slice, wherever it is", arguments: [0.02, 0.3, 0.5, 0.7, 0.9])
    func flipped(share: Double) throws {
        let path = try ffv1("a.mkv")
        var file = try DamagedFile(["-i", path, "-c", "copy"], ending: "mkv", seed: 1, in: folder)
        let packet = try file.packet(2, isKey: true).range
        file.bytes[packet.lowerBound + 16 + Int(Double(packet.count - 32) * share)] ^= 4
        try file.bytes.write(to: URL(fileURLWithPath: path))
        let findings = try FrameChecksums.read(path) { _, _ in }
        let damaged = try #require(findings.ffv1?.damaged.first)
        #expect(damaged.frame == 2 && damaged.slices.count == 1 && findings.ffv1?.damagedCount == 1)
        #expect(!findings.isWhole && findings.complaintCount > 0 && findings.frames == 5)
    }

    @Test("a packet whose slices cannot be told apart") func brokenChain() {
        let bytes: [UInt8] = [1, 2, 3, 4, 0xFF, 0xFF, 0xFF, 0, 1, 2, 3, 4]
        #expect(bytes.withUnsafeBytes { FFV1Stream.slices(in: $0) } == FFV1Stream.Slices())
        #expect(
            FFV1Stream.slices(in: UnsafeRawBufferPointer(start: nil, count: 0)) == FFV1Stream.Slices(isComplete: true))
        #expect([UInt8](repeating: 0, count: 4).withUnsafeBytes { FFV1Stream.slices(in: $0) } == FFV1Stream.Slices())
        #expect([UInt8](repeating: 0, count: 40).withUnsafeBytes { FFV1Stream.version(header: $0) } != 3)
    }

    @Test("it can be stopped") func cancelled() throws {
        let path = try ffv1("a.mkv")
        #expect(throws: MediaError.self) {
            try FrameChecksums.read(path, isCancelled: { true }) { _, _ in }
        }
    }

    @Test("lines of any length, with any end") func lineReader() throws {
        let long = String(repeating: "x", count: 100_000)
        try Data("one\r\n\n\(long)\nlast".utf8).write(to: URL(fileURLWithPath: folder.file("list")))
        let reader = try LineReader(folder.file("list"))
        #expect(try (0..<5).map { _ in try reader.next() } == ["one", "", long, "last", nil])
        #expect(throws: MediaError.self) { try LineReader(folder.file("none")) }
    }
}
