import Dispatch
import Foundation
import Synchronization
import Testing
import UplumaPipeline

private struct StageFailure: Error, Equatable { let stage: String }

/// Source, workers and sink over numbers, with a hook in each stage: the shape of the real pipeline.
private func runNumbers(
    count: Int, workers: Int, window: Int = 4,
    at hook: @escaping @Sendable (_ stage: String, _ number: Int) throws -> Void
) throws -> [Int] {
    let group = StageGroup(name: "test")
    let input = group.channel(of: Int.self, capacity: 2)
    let output = group.orderedChannel(of: Int.self, window: window)
    let received = Mutex<[Int]>([])
    group.addStage("source") { _ in
        for number in 0..<count {
            try hook("source", number)
            try input.send(number)
        }
    } completion: {
        input.finish()
    }
    group.addStage("work", workers: workers) { _ in
        while let number = try input.receive() {
            try hook("work", number)
            try output.send(number * number, number: number)
        }
    } completion: {
        output.finish()
    }
    group.addStage("sink") { _ in
        var number = 0
        while let square = try output.receive() {
            try hook("sink", number)
            received.withLock { $0.append(square) }
            number += 1
        }
    }
    try group.run()
    return received.withLock { $0 }
}

@Suite(.timeLimit(.minutes(20))) struct StageGroupTests {
    @Test("the result does not depend on the number of workers", arguments: [1, 2, 3, 8])
    func order(workers: Int) throws {
        let squares = try runNumbers(count: 200, workers: workers) { stage, number in
            if stage == "work" && number % 7 == 0 { usleep(500) }
        }
        #expect(squares == (0..<200).map { $0 * $0 })
    }

    @Test("nothing in is nothing out") func empty() throws {
        #expect(try runNumbers(count: 0, workers: 2) { _, _ in } == [])
    }

    @Test(
        "an error in any stage ends all of them and is the one thrown", arguments: ["source", "work", "sink"],
        [0, 1, 50])
    func failure(stage: String, at number: Int) {
        #expect(throws: StageFailure(stage: stage)) {
            try runNumbers(count: 100, workers: 2) { current, value in
                if current == stage && value == number { throw StageFailure(stage: stage) }
            }
        }
    }

    @Test("stopping from outside wakes stages that wait", arguments: [true, false])
    func stop(sinkIsSlow: Bool) {
        let group = StageGroup(name: "test")
        let channel = group.channel(of: Int.self, capacity: 1)
        let started = DispatchSemaphore(value: 0)
        group.addStage("source") { _ in
            started.signal()
            // With no sink the second send waits for ever; with no source the receive does.
            if !sinkIsSlow { return }
            for number in 0..<10 { try channel.send(number) }
        }
        group.addStage("sink") { _ in
            if sinkIsSlow {
                while !group.isStopped { usleep(200) }
            } else {
                _ = try channel.receive()
            }
        }
        DispatchQueue.global().async {
            started.wait()
            usleep(2000)
            group.stop(StageFailure(stage: "outside"))
        }
        #expect(throws: StageFailure(stage: "outside")) { try group.run() }
    }

    @Test("no more elements are alive than the channels and workers hold") func bounded() throws {
        final class Counted: Sendable {
            private let alive: Counter
            init(_ alive: Counter) {
                self.alive = alive
                alive.add(1)
            }
            deinit { alive.add(-1) }
        }
        final class Counter: Sendable {
            private let value = Mutex((now: 0, most: 0))
            func add(_ delta: Int) {
                value.withLock {
                    $0.now += delta
                    $0.most = max($0.most, $0.now)
                }
            }
            var most: Int { value.withLock { $0.most } }
            var now: Int { value.withLock { $0.now } }
        }
        let counter = Counter()
        let (capacity, workers, window) = (2, 2, 3)
        let group = StageGroup(name: "test")
        let input = group.channel(of: Numbered.self, capacity: capacity)
        let output = group.orderedChannel(of: Numbered.self, window: window)
        struct Numbered: Sendable {
            let number: Int
            let element: Counted
        }
        group.addStage("source") { _ in
            for number in 0..<100 { try input.send(Numbered(number: number, element: Counted(counter))) }
        } completion: {
            input.finish()
        }
        group.addStage("work", workers: workers) { _ in
            while let item = try input.receive() { try output.send(item, number: item.number) }
        } completion: {
            output.finish()
        }
        group.addStage("sink") { _ in
            while try output.receive() != nil { usleep(300) }
        }
        try group.run()
        #expect(counter.now == 0)
        // One in the hands of the source, the input channel, one a worker, the window, one in the hands of the sink.
        #expect(counter.most <= 1 + capacity + workers + window + 1)
    }
}
