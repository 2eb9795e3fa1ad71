import Foundation
import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaPipeline

/// Makes the frames of a chunk: decoded, enlarged, encoded into a spool that can be gone on with.
///
/// The encoder begins anew in every segment of `SegmentGrid`, so that the pictures of a file are the same however its
/// chunks were divided, interrupted and gone on with.
final class ChunkRun: Sendable {
    /// Time stamps of the frames that are in; nil is the file's beginning or end.
    struct Span: Sendable, Equatable {
        var start: Int64?
        var end: Int64?
    }

    /// What a run asks and tells.
    struct Control: Sendable {
        /// Asked before each frame; waits in it are pauses. Throws what ends the run at once.
        var gate: @Sendable () throws -> Void = {}
        /// Whether to end behind the segment in hand.
        var isToFinish: @Sendable () -> Bool = { false }
        /// Receives frames coded so far, those of earlier runs included.
        var progress: @Sendable (Int) -> Void = { _ in }
        /// Receives what has come to the disk; what it throws ends the run.
        var checkpoint: @Sendable (SpoolCheckpoint) throws -> Void = { _ in }
    }

    private struct Item: Sendable {
        let frame: Frame
        let number: Int
        let segment: Int
        let condition: PictureCondition
    }

    private enum Record: Sendable {
        case packet(MediaPacket)
        case checkpoint(next: Int64?, Tally)
    }

    /// What was encoded since the run began.
    private struct Tally: Sendable {
        var frames = 0
        var concealed = 0
        var repeated = 0

        mutating func add(_ condition: PictureCondition) {
            frames += 1
            if condition == .concealed { concealed += 1 }
            if condition == .standIn { repeated += 1 }
        }
    }

    private static let packetDepth = 64

    private let source: ChunkSource
    private let span: Span
    private let spool: SpoolWriter
    private let first: VideoEncoder
    private let notes: RunNotes
    private let control: Control
    /// Where the frames lie that were left to another run; nil when this one came to its end.
    private let stoppedAt = Mutex<Int64?>(nil)
    /// Remarks so far, those of earlier runs first.
    private let remarks: Mutex<[String]>

    /// - Parameters:
    ///   - identity: of everything that decides the pictures; a spool of another is given up.
    ///   - path: of the spool.
    /// - Throws: `MediaError`.
    init(
        _ source: ChunkSource, _ span: Span, identity: String, path: String, notes: RunNotes, control: Control
    ) throws {
        (self.source, self.span, self.notes, self.control) = (source, span, notes, control)
        first = try source.plan.makeEncoder()
        spool = try SpoolWriter(path: path, header: SpoolHeader(identity: identity, encoder: first))
        remarks = Mutex(spool.begun.notes)
    }

    /// What an earlier run has left; frames before it are not made again.
    var begun: SpoolCheckpoint { spool.begun }
    /// Whether a spool of something else was in the way.
    var replacedAnother: Bool { spool.replacedAnother }

    /// Does what is left to do.
    ///
    /// - Parameter willStart: receives the stages, so that they can be stopped from outside.
    /// - Returns: the last checkpoint; its `next` is nil when the chunk is complete.
    /// - Throws: the first error of any stage; the spool stays good up to its last checkpoint.
    func run(willStart: (StageGroup) -> Void) throws -> SpoolCheckpoint {
        guard !begun.isEnd else { return begun }
        let started = ProcessInfo.processInfo.systemUptime
        let group = StageGroup(name: "upluma.chunk")
        let last = Mutex(begun)
        addStages(to: group, started: started, last: { checkpoint in last.withLock { $0 = checkpoint } })
        willStart(group)
        do {
            try group.run()
        } catch {
            source.leave()
            throw error
        }
        return last.withLock { $0 }
    }

    private func addStages(
        to group: StageGroup, started: Double, last: @escaping @Sendable (SpoolCheckpoint) -> Void
    ) {
        let plan = source.plan
        let memory = plan.memory
        let decoded = group.channel(of: Item.self, capacity: memory.decodedDepth)
        let enlarged = group.orderedChannel(of: Item.self, window: memory.window)
        let records = group.channel(of: Record.self, capacity: Self.packetDepth)

        group.addStage("decode") { [self] _ in
            try decode(into: decoded)
        } completion: {
            decoded.finish()
        }
        group.addStage("enlarge", workers: memory.workers) { _ in
            let workspace = plan.upscaler.makeWorkspace(threads: memory.threadsPerFrame)
            while let item = try decoded.receive() {
                let result = Item(
                    frame: try plan.upscaler.upscale(item.frame, workspace: workspace), number: item.number,
                    segment: item.segment, condition: item.condition)
                try enlarged.send(result, number: item.number)
            }
        } completion: {
            enlarged.finish()
        }
        group.addStage("encode") { [self] _ in
            try encode(enlarged, into: records)
        } completion: {
            records.finish()
        }
        group.addStage("write") { [self] _ in
            while let record = try records.receive() {
                switch record {
                case .packet(let packet): try spool.write(packet)
                case .checkpoint(let next, let tally):
                    let checkpoint = checkpoint(next: next, tally, started: started)
                    try spool.write(checkpoint)
                    last(checkpoint)
                    try control.checkpoint(checkpoint)
                }
            }
        }
    }

    private func decode(into frames: Channel<Item>) throws {
        let start = begun.next == .min ? span.start : begun.next
        try source.go(to: start)
        var (number, current) = (0, Int?.none)
        while true {
            try control.gate()
            guard let frame = try source.next() else { return }
            if let start, frame.pts < start { continue }
            if let end = span.end, frame.pts >= end { return source.giveBack(frame, next: end) }
            let segment = source.grid.segment(of: frame.pts)
            if segment != current, control.isToFinish() {
                // Of a run that has not begun nothing changes.
                let place = current == nil ? begun.next : source.grid.start(of: segment)
                stoppedAt.withLock { $0 = place }
                return source.giveBack(frame, next: place ?? .min)
            }
            current = segment
            try frames.send(Item(frame: frame, number: number, segment: segment, condition: frame.condition))
            number += 1
        }
    }

    private func encode(_ frames: OrderedChannel<Item>, into records: Channel<Record>) throws {
        var encoder = first
        var current: Int?
        var (coded, tally) = (0, Tally())
        func finishSegment(next: Int64?) throws {
            // An encoder that got nothing has nothing to give out, and some do not take that question well.
            if current != nil {
                try encoder.encode(nil) { packet in
                    coded += 1
                    try records.send(.packet(packet))
                }
            }
            guard coded == tally.frames else {
                throw UplumaError(
                    .internal,
                    "\(tally.frames) frames went into the encoder \(encoder.name) but \(coded) came out. Choose another "
                        + "one with --encoder.")
            }
            try records.send(.checkpoint(next: next, tally))
        }
        while let item = try frames.receive() {
            if current != nil, item.segment != current {
                try finishSegment(next: source.grid.start(of: item.segment))
                encoder = try source.plan.makeEncoder()
                guard encoder.extradata == first.extradata else { throw differs(encoder) }
            }
            current = item.segment
            tally.add(item.condition)
            try encoder.encode(item.frame) { packet in
                coded += 1
                try records.send(.packet(packet))
            }
            control.progress(begun.frames + tally.frames)
        }
        try finishSegment(next: stoppedAt.withLock { $0 })
    }

    private func differs(_ encoder: VideoEncoder) -> UplumaError {
        UplumaError(
            .internal,
            "The encoder \(encoder.name) began anew with another header, so its parts do not fit together. Choose another "
                + "one with --encoder.")
    }

    private func checkpoint(next: Int64?, _ tally: Tally, started: Double) -> SpoolCheckpoint {
        var result = begun
        result.next = next
        result.frames += tally.frames
        result.concealed += tally.concealed
        result.repeated += tally.repeated
        result.notes = remarks.withLock { remarks in
            remarks += notes.take()
            return remarks
        }
        result.seconds += ProcessInfo.processInfo.systemUptime - started
        return result
    }
}
