import Foundation
import GRDB
import Testing
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Threads, memory and room on the disk.
@Suite struct BatchResourcesTests {
    @Test("threads of all workers are the processors, and one each where those are too few")
    func threads() {
        for processors in 1...70 {
            for workers in 1...70 {
                let shares = ThreadShares.threads(processors: processors, workers: workers)
                #expect(shares.count == workers && shares.allSatisfy { (1...64).contains($0) })
                if workers <= processors, processors <= 64 {
                    #expect(shares.reduce(0, +) == processors)
                    #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1 && shares == shares.sorted(by: >))
                }
            }
        }
        #expect(ThreadShares.threads(processors: 8, workers: 3) == [3, 3, 2])
        #expect([1, 2, 3, 4, 5, 64].map { ThreadShares.defaultJobs(processors: $0) } == [1, 2, 3, 4, 5, 64])
    }

    // MARK: - Control groups

    @Test("limits of control groups, the group's own and those above it, version 2 and 1")
    func groups() throws {
        let folder = try TemporaryDirectory()
        func write(_ path: String, _ text: String) throws {
            let url = URL(fileURLWithPath: folder.file(path))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        func group(_ membership: String?, _ mount: String) -> ControlGroup {
            ControlGroup(membership: membership, mount: folder.file(mount))
        }
        try write("two/a/memory.max", "4000000000\n")
        try write("two/a/b/memory.max", "max\n")
        try write("two/a/cpu.max", "150000 100000\n")
        try write("two/a/b/cpu.max", "max 100000\n")
        let two = group("0::/a/b\n", "two")
        #expect(two.memoryBytes == 4_000_000_000 && two.processors == 1.5)
        #expect(group("0::/c\n", "two").memoryBytes == nil && group("0::/c\n", "two").processors == nil)
        // In a container the top is the group itself, whatever it is called outside.
        try write("inside/memory.max", "1000000")
        try write("inside/cpu.max", "50000 100000")
        #expect(group("0::/docker/1234\n", "inside").memoryBytes == 1_000_000)
        #expect(AvailableProcessors.count(runnable: 8, group: group("0::/docker/1234\n", "inside")) == 1)
        #expect(AvailableProcessors.count(runnable: 8, group: two) == 2)
        #expect(AvailableProcessors.count(runnable: 1, group: two) == 1)
        try write("one/memory/x/memory.limit_in_bytes", "2000000\n")
        try write("one/memory/memory.limit_in_bytes", "9223372036854771712\n")
        try write("one/cpu,cpuacct/x/cpu.cfs_quota_us", "300000\n")
        try write("one/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n")
        try write("one/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
        let one = group("3:cpu,cpuacct:/x\n4:memory:/x\n0::/\n", "one")
        #expect(one.memoryBytes == 2_000_000 && one.processors == 3)
        #expect(group(nil, "none").memoryBytes == nil)
        #expect(AvailableProcessors.count(runnable: 3, group: group(nil, "none")) == 3)
    }

    @Test("processors that a process may run on", .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 0))
    func processors() {
        #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(AvailableProcessors.count))
    }

    // MARK: - Memory

    @Test(
        "amounts of memory",
        arguments: [
            ("4G", .bytes(4 << 30)), ("512m", .bytes(512 << 20)), ("1.5GiB", .bytes(3 << 29)), ("2TB", .bytes(2 << 40)),
            ("65536K", .bytes(64 << 20)), ("50%", .share(0.5)), ("100%", .share(1)), ("0.5%", .share(0.005)),
            ("4", nil), ("", nil), ("G", nil), ("-1G", nil), ("101%", nil), ("0%", nil), ("1M", nil), ("4GG", nil),
            ("4 G", nil),
            ("1e9G", nil), ("99999999999T", nil), (".5G", nil), ("nan%", nil), ("infG", nil),
        ] as [(String, MemoryAmount?)])
    func amounts(text: String, amount: MemoryAmount?) { #expect(MemoryAmount(text) == amount) }

    @Test("the budget is 70 % of what there is, or what was asked for")
    func budget() {
        #expect(MemoryBudget(nil).bytes == Int64(Double(MemoryBudget.available) * 0.7))
        #expect(MemoryBudget(.bytes(5)).bytes == 5 && MemoryBudget(.share(0.5)).bytes == MemoryBudget.available / 2)
        #expect(MemoryBudget.available <= Int64(clamping: ProcessInfo.processInfo.physicalMemory))
        let budget = MemoryBudget(bytes: 1_000_000_000)
        #expect(budget.admits(400_000_000, beside: [600_000_000]) && !budget.admits(400_000_001, beside: [600_000_000]))
        #expect(budget.admits(2_000_000_000, beside: []))
        #expect(budget.remark(on: 2_000_000_000)?.contains("2.0 GB") == true && budget.remark(on: 1_000_000_000) == nil)
        #expect(budget.workers(8, bytesEach: 300_000_000) == 3 && budget.workers(2, bytesEach: 300_000_000) == 2)
        #expect(budget.workers(8, bytesEach: 3_000_000_000) == 1 && budget.workers(8, bytesEach: 0) == 8)
    }

    /// Peak resident bytes of `upluma upscale --model lanczos3`, measured as `MemoryEstimate` says.
    @Test(
        "estimates hold what was measured, and are not twice as much",
        arguments: [
            ("libx264", nil, 352, 288, 1, 164), ("libx264", nil, 352, 288, 4, 189), ("libx264", nil, 1024, 576, 1, 519),
            ("libx264", nil, 1024, 576, 4, 649), ("libx264", "veryslow", 1024, 576, 2, 1127),
            ("libx265", nil, 352, 288, 2, 204),
            ("libx265", nil, 1024, 576, 2, 599), ("libsvtav1", nil, 1024, 576, 2, 622), ("ffv1", nil, 352, 288, 1, 146),
            ("ffv1", nil, 1024, 576, 4, 519),
        ] as [(String, String?, Int, Int, Int, Int)])
    func estimates(encoder: String, preset: String?, width: Int, height: Int, threads: Int, megabytes: Int) {
        let (source, pixels) = (width * height * 3 / 2, 4 * width * height)
        let plan = MemoryPlan(
            threads: threads, frames: 150,
            weights: MemoryPlan.Weights(
                sourceFrameBytes: source, targetFrameBytes: 4 * source, workerBytes: { $0 * 200_000 }))
        let estimate = MemoryEstimate.bytes(
            plan, sourceFrameBytes: source, targetFrameBytes: 4 * source, targetPixels: pixels, encoder: encoder,
            preset: preset)
        #expect((megabytes...(2 * megabytes)).contains(Int(estimate / 1_000_000)), "\(estimate) bytes")
    }

    // MARK: - Disk

    @Test("room at a path that is not there yet is that of the folder it will lie in")
    func freeSpace() throws {
        let folder = try TemporaryDirectory()
        let free = try #require(DiskSpace.free(at: folder.file("not/yet/there")))
        #expect(free > 0)
        let total = try #require(
            FileManager.default.attributesOfFileSystem(forPath: folder.path)[.systemSize] as? NSNumber)
        #expect(free <= total.int64Value)
        #expect(DiskSpace.free(at: "/proc") == 0)
    }

    @Test("what is needed: all results, and parts of the largest that are joined at once")
    func need() {
        var need = DiskNeed(jobs: 2)
        for bytes in [5, 1, 9, 7, 2] as [Int64] { need.add(bytes) }
        #expect(need.results == 24 && need.parts == 16 && need.total == 40)
        #expect(DiskNeed(jobs: 0).total == 0)
    }

    @Test("begin where it may be enough, with a word where it may not, and not where it cannot be")
    func verdict() {
        var need = DiskNeed(jobs: 1)
        need.add(600_000_000_000)
        #expect(
            need.verdict(free: 1_200_000_000_000, at: "/x") == .enough && need.verdict(free: nil, at: "/x") == .enough)
        #expect(
            need.verdict(free: 900_000_000_000, at: "/x")
                == .doubtful("About 1.2 TB are needed in \"/x\", 900 GB are free: 300 GB are missing."))
        guard case .refused(let sentence) = need.verdict(free: 300_000_000_000, at: "/x") else {
            Issue.record("not refused")
            return
        }
        #expect(sentence.hasPrefix("About 1.2 TB are needed in \"/x\", 300 GB are free: 900 GB are missing."))
        #expect(DiskSpace.fullSentence(at: "/proc", need: need).contains("About 1.2 TB are missing"))
    }

    @Test("expectations follow pixels, then results")
    func expectation() {
        var options = EncoderOptions()
        let survey = BatchSurvey(
            codec: "mpeg4", width: 640, height: 480, targetWidth: 1280, targetHeight: 960, seconds: 100, frames: 2500,
            memoryBytes: 0, isSequential: false)
        var file = BatchFile(
            id: 1, source: "/a", output: "a", sourceBytes: 10_000_000, sourceChanged: 0, state: .listed, fingerprint: ""
        )
        var expected = ExpectedBytes(options, scale: 2)
        let unopened = expected.bytes(of: file)
        #expect((10_000_000...200_000_000).contains(unopened))
        file.survey = survey
        // 2,500 pictures of 1280×960 at a quarter of a bit a pixel.
        #expect(expected.bytes(of: file) == 2500 * 1280 * 960 / 32)
        var done = file
        done.result = BatchOutcome(frames: 2500, outputBytes: 2500 * 1280 * 960 / 16, hash: "", seconds: 1)
        expected.learn(from: file)
        #expect(expected.bytes(of: file) == 2500 * 1280 * 960 / 32)
        expected.learn(from: done)
        #expect(expected.bytes(of: file) == 2500 * 1280 * 960 / 16)
        options.crf = 22
        #expect(ExpectedBytes(options, scale: 2).bytes(of: file) == 2500 * 1280 * 960 / 64)
        options.name = "ffv1"
        #expect(ExpectedBytes(options, scale: 2).bytes(of: file) == 2500 * 1280 * 960 * 3 / 8)
    }

    @Test("a full disk is told from other errors")
    func full() throws {
        let no = String(cString: strerror(ENOSPC))
        let full: [any Error] = [
            POSIXError(.ENOSPC), POSIXError(.EDQUOT), CocoaError(.fileWriteOutOfSpace),
            NSError(domain: "x", code: 1, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOSPC)]),
            DatabaseError(resultCode: .SQLITE_FULL),
            MediaError(.ioError, operation: "write", reason: "stopped", ffmpegText: no),
            UplumaError(.inputOutput, "Writing stopped (FFmpeg: \(no))."),
        ]
        for error in full { #expect(DiskSpace.isFull(error), "\(error)") }
        let other: [any Error] = [
            POSIXError(.EIO), CocoaError(.fileNoSuchFile), MediaError(.ioError, operation: "write", reason: no),
            UplumaError(.badInput, no), NSError(domain: "x", code: Int(ENOSPC)),
        ]
        for error in other { #expect(!DiskSpace.isFull(error), "\(error)") }
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
        let handle = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let error = #expect(throws: (any Error).self) { try handle.write(contentsOf: Data([1])) }
        #expect(error.map { DiskSpace.isFull($0) } == true)
    }

    @Test(
        "numbers of bytes",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949_999, "9.9 MB"),
            (9_960_000, "10 MB"), (999_600_000, "1.0 GB"), (-5, "0 B"), (1_200_000_000_000, "1.2 TB"),
            (Int64.max, "9223 PB"),
        ])
    func byteText(bytes: Int64, text: String) { #expect(ByteText.about(bytes) == text) }

    // MARK: - Niceness

    @Test("niceness outside of its range is refused")
    func niceness() {
        for value in [-1, 20] {
            let error = #expect(throws: UplumaError.self) { try Niceness.set(value) }
            #expect(error?.kind == .usage && error?.message.contains("--nice \(value)") == true)
        }
    }

    @Test(
        "niceness is that of processes started later, and is not taken back",
        .enabled(if: Niceness.current < Niceness.range.upperBound, "these tests are as nice as can be"))
    func inheritedNiceness() throws {
        // One more than it was is no loss for the tests that run beside.
        let wanted = max(1, Niceness.current + 1)
        #expect(try Niceness.set(wanted) == wanted && Niceness.set(0) == wanted)
        let told = String(decoding: try FFmpegTool.run("nice", []), as: UTF8.self)
        #expect(Int(told.trimmingCharacters(in: .whitespacesAndNewlines)) == wanted)
    }
}
