import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// How a worker is known to live.
@Suite struct BatchLedgerLockTests {
    @Test("a lock is held as long as it is kept, and leaves nothing") func life() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("workers/a.lock")
        #expect(!WorkerLock.isHeld(path))
        var lock: WorkerLock? = try WorkerLock(path: path)
        #expect(lock != nil && WorkerLock.isHeld(path))
        WorkerLock.removeStale(in: folder.file("workers"))
        #expect(WorkerLock.isHeld(path))
        lock = nil
        #expect(!WorkerLock.isHeld(path))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a process that is killed lets go; what it left is swept away and can be taken again") func killed() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("a.lock")
        let script = """
            import fcntl, os, signal, sys
            file = open(sys.argv[1], "w")
            fcntl.flock(file, fcntl.LOCK_EX)
            open(sys.argv[1] + ".ready", "w").close()
            signal.pause()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script, path]
        try process.run()
        while !FileManager.default.fileExists(atPath: path + ".ready") && process.isRunning { usleep(1000) }
        #expect(WorkerLock.isHeld(path))
        #expect(LedgerFixture.kind { _ = try WorkerLock(path: path) } == .tryAgain)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(!WorkerLock.isHeld(path))
        WorkerLock.removeStale(in: folder.path)
        #expect(!FileManager.default.fileExists(atPath: path))
        let lock = try WorkerLock(path: path)
        #expect(WorkerLock.isHeld(path))
        withExtendedLifetime(lock) {}
    }

    @Test("those who look and sweep do not keep a worker from its lock, nor take it for dead") func crowd() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("a.lock")
        let isOver = Shared(false)
        let mistakes = Shared(0)
        DispatchQueue.concurrentPerform(iterations: 3) { number in
            if number == 0 {
                for _ in 0..<200 {
                    guard let lock = try? WorkerLock(path: path) else {
                        mistakes.change { $0 += 1 }
                        continue
                    }
                    if !WorkerLock.isHeld(path) { mistakes.change { $0 += 1 } }
                    withExtendedLifetime(lock) {}
                }
                isOver.change { $0 = true }
            } else {
                while !isOver.value {
                    _ = WorkerLock.isHeld(path)
                    WorkerLock.removeStale(in: folder.path)
                }
            }
        }
        #expect(mistakes.value == 0)
    }
}
