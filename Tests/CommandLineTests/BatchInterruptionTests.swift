import Foundation
import Testing
import UplumaTestSupport

/// Batches that are killed, interrupted, paused and run out of disk: real processes, real signals.
@Suite(.serialized, .timeLimit(.minutes(20))) struct BatchInterruptionTests {
    /// Slow enough that signals find something in hand.
    private static let slow = ["--scale", "4", "--jobs", "2"]

    /// Every living process of a batch: the one that was started, and its workers.
    private func processes(of parent: Int32) -> [Int32] {
        let listed = (try? FFmpegTool.run("pgrep", ["-P", "\(parent)"])) ?? Data()
        return [parent] + String(decoding: listed, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }
    }

    @Test("killed at random, twenty times, whichever process it is: the results are those of an unbroken run")
    func killed() throws {
        let archive = try FilmArchive(withBadFile: false)
        let whole = archive.folder.file("whole")
        #expect(try archive.batch(whole, Self.slow).status == 0)
        let output = archive.folder.file("broken")
        var noise = SeededNoise(seed: 9)
        var (kills, killedParents, runs) = (0, 0, 0)
        while kills < 20 {
            runs += 1
            try #require(runs < 100, "\(kills) kills")
            let before = kills
            let seed = noise.next()
            let result = try ProcessResult.running(Tool.url.path, archive.arguments(output, Self.slow)) { parent in
                var noise = SeededNoise(seed: seed)
                while kills < 20, kill(parent, 0) == 0 {
                    usleep(UInt32.random(in: 20_000...400_000, using: &noise))
                    // One that has ended waits to be asked for its status, and is no victim.
                    let state = try? String(contentsOfFile: "/proc/\(parent)/stat", encoding: .utf8)
                    guard state?.contains(") Z ") == false else { return }
                    guard let victim = processes(of: parent).randomElement(using: &noise) else { return }
                    guard kill(victim, SIGKILL) == 0 else { continue }
                    kills += 1
                    if victim == parent {
                        killedParents += 1
                        return
                    }
                }
            }
            // Done before all kills were spent: the rest is for another round.
            if result.status == 0, kills < 20 { try FileManager.default.removeItem(atPath: output) }
            #expect([0, 128 + SIGKILL].contains(result.status), "\(before) kills: \(result.errorText)")
        }
        #expect(killedParents > 0 && killedParents < 20, "\(killedParents) of the victims were parents")
        let last = try archive.batch(output, Self.slow)
        #expect(last.status == 0, "\(last.errorText)")
        #expect(try archive.results(output) == archive.results(whole))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output + "/.upluma/parts").isEmpty)
        let left = try FileManager.default.subpathsOfDirectory(atPath: output).filter { $0.hasSuffix(".partial") }
        #expect(left.isEmpty, "\(left)")
    }

    /// Runs a batch and does something to it once coded pictures are on the disk.
    private func run(
        _ archive: FilmArchive, _ output: String, _ more: [String] = [], _ act: @escaping @Sendable (Int32) -> Void
    ) throws -> ProcessResult {
        try ProcessResult.running(Tool.url.path, archive.arguments(output, Self.slow + more)) { parent in
            DispatchQueue.global().async {
                let deadline = Date(timeIntervalSinceNow: 60)
                let parts = output + "/.upluma/parts"
                func bytes() -> Int {
                    let names = (try? FileManager.default.contentsOfDirectory(atPath: parts)) ?? []
                    return names.reduce(0) {
                        $0 + ((try? FileManager.default.attributesOfItem(atPath: parts + "/" + $1)[.size] as? Int) ?? 0)
                    }
                }
                while Date() < deadline, bytes() < 300_000 { usleep(2000) }
                act(parent)
            }
        }
    }

    @Test("Ctrl-C once ends behind what is in hand, twice at once; both go on to the same results", arguments: [1, 2])
    func interrupted(times: Int) throws {
        let archive = try FilmArchive(withBadFile: false)
        let whole = archive.folder.file("whole")
        #expect(try archive.batch(whole, Self.slow).status == 0)
        let output = archive.folder.file("broken")
        let result = try run(archive, output) { parent in
            for _ in 0..<times {
                kill(parent, SIGINT)
                usleep(100_000)
            }
        }
        #expect(result.status == 130, "\(result.errorText)")
        #expect(result.errorText.contains("Ending behind what is in hand"))
        // Workers that are told to stop do not outlive their parent by more than what is in hand.
        let again = try archive.batch(output, Self.slow)
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try archive.results(output) == archive.results(whole))
    }

    @Test("paused, nothing grows; continued, it ends as if nothing had been") func paused() throws {
        let archive = try FilmArchive(withBadFile: false)
        let whole = archive.folder.file("whole")
        #expect(try archive.batch(whole, Self.slow).status == 0)
        let output = archive.folder.file("paused")
        let ledger = output + "/.upluma"
        let seen = PausedSizes()
        let result = try run(archive, output) { _ in
            func bytes() -> Int {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: ledger + "/parts")) ?? []
                return names.reduce(0) {
                    $0
                        + ((try? FileManager.default.attributesOfItem(atPath: ledger + "/parts/" + $1)[.size] as? Int)
                            ?? 0)
                }
            }
            _ = try? Tool.run(["batch", "pause", output])
            // What is in the pipeline flows out; then nothing moves, however long one waits.
            var last = -1
            while bytes() != last {
                last = bytes()
                usleep(700_000)
            }
            let first = bytes()
            usleep(1_500_000)
            seen.set(first, bytes())
            _ = try? Tool.run(["batch", "continue", output])
        }
        #expect(result.status == 0, "\(result.errorText)")
        #expect(seen.first > 0 && seen.first == seen.second)
        #expect(try archive.results(output) == archive.results(whole))
    }

    @Test("Ctrl-C ends a paused batch, too, and it goes on from there") func interruptedWhilePaused() throws {
        let archive = try FilmArchive(withBadFile: false)
        let whole = archive.folder.file("whole")
        #expect(try archive.batch(whole, Self.slow).status == 0)
        let output = archive.folder.file("paused")
        let result = try run(archive, output) { parent in
            _ = try? Tool.run(["batch", "pause", output])
            // Until workers have noticed.
            usleep(500_000)
            kill(parent, SIGINT)
        }
        #expect(result.status == 130, "\(result.errorText)")
        #expect(result.errorText.contains("upluma batch continue"))
        #expect(try Tool.run(["batch", "continue", output]).status == 0)
        #expect(try archive.batch(output, Self.slow).status == 0)
        #expect(try archive.results(output) == archive.results(whole))
    }

    private final class PausedSizes: @unchecked Sendable {
        private let lock = NSLock()
        private var sizes = (-1, -2)
        func set(_ first: Int, _ second: Int) { lock.withLock { sizes = (first, second) } }
        var first: Int { lock.withLock { sizes.0 } }
        var second: Int { lock.withLock { sizes.1 } }
    }

    /// Whether this test run may mount a file system of its own, which is how a disk is made small.
    private static let canMount: Bool = {
        guard let folder = try? TemporaryDirectory() else { return false }
        guard (try? FFmpegTool.run("mount", ["-t", "tmpfs", "-o", "size=1M", "tmpfs", folder.path])) != nil else {
            return false
        }
        _ = try? FFmpegTool.run("umount", [folder.path])
        return true
    }()

    @Test("a full disk stops it cleanly, with what is missing; it goes on when there is room", .enabled(if: canMount))
    func fullDisk() throws {
        let archive = try FilmArchive(withBadFile: false)
        let whole = archive.folder.file("whole")
        #expect(try archive.batch(whole, Self.slow).status == 0)
        let needed = try archive.results(whole).reduce(0) { $0 + $1.count }
        let disk = archive.folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try FFmpegTool.run("mount", ["-t", "tmpfs", "-o", "size=\(needed / 2048)k", "tmpfs", disk])
        defer { _ = try? FFmpegTool.run("umount", ["-l", disk]) }
        let output = disk + "/large"
        // Ledger and looks take room of their own, so that what is estimated does not matter here.
        let full = try archive.batch(output, Self.slow + ["--ignore-space"])
        #expect(full.status == 74, "\(full.errorText)")
        #expect(full.errorText.contains("is full"), "\(full.errorText)")
        #expect(!full.errorText.contains("put aside"), "a full disk is nobody's fault: \(full.errorText)")
        try FFmpegTool.run("mount", ["-o", "remount,size=\(needed / 256)k", disk])
        let again = try archive.batch(output, Self.slow)
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try archive.results(output) == archive.results(whole))
    }

    @Test("a disk that is far too small is told before anything is made") func smallDisk() throws {
        // 20 hours of film of which no bytes are there yet: planned by size alone.
        let folder = try TemporaryDirectory()
        let source = folder.file("huge.avi")
        try Data().write(to: URL(fileURLWithPath: source))
        try #require(truncate(source, 1 << 43) == 0, "a sparse file of 8 TiB")
        let result = try Tool.run(["batch", source, "-o", folder.file("large")])
        #expect(result.status == 74, "\(result.errorText)")
        #expect(result.errorText.contains("are missing") && result.errorText.contains("--ignore-space"))
    }
}
