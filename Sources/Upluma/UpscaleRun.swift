import Foundation
import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaPipeline

/// The running part of a job: stages over bounded channels, from the first packet to the output's own name.
struct UpscaleRun {
    private struct NumberedFrame: Sendable {
        let number: Int
        let frame: Frame
    }

    private enum OutputPacket: Sendable {
        case copied(MediaPacket)
        case encoded(MediaPacket)
    }

    /// How many frames have passed each end; written by one stage each, read after the run.
    private final class Counts: Sendable {
        /// Before deinterlacing.
        let read = Mutex(0)
        let decoded = Mutex(0)
        let encoded = Mutex(0)
        let written = Mutex(0)
        /// Bytes of the coded pictures that were written.
        let codedBytes = Mutex(0)
        /// Of those, the bytes of the first.
        let firstBytes = Mutex(0)
        /// Whether nothing more is to be read: what is in hand is finished.
        let isEnough = Mutex(false)
        /// The latest time of any packet that was read, in seconds on the file's clock.
        let lastSecond = Mutex(-Double.infinity)
    }

    /// Packets that may wait for the disk: a second or two of everything.
    private static let packetDepth = 64
    /// Seconds between two reports of progress.
    private static let reportInterval = 0.05

    private let job: UpscalePreparation
    private let report: @Sendable (JobEvent) -> Void
    private let counts = Counts()

    init(_ job: UpscalePreparation, report: @escaping @Sendable (JobEvent) -> Void) {
        self.job = job
        self.report = report
    }

    /// Frames that have gone into the encoder so far; any thread may ask.
    var encodedFrames: Int { counts.encoded.withLock { $0 } }
    /// Frames that have come out of it and were written.
    var writtenFrames: Int { counts.written.withLock { $0 } }
    /// Their bytes, without what the container adds.
    var codedBytes: Int { counts.codedBytes.withLock { $0 } }
    /// The bytes of the first of them, a key frame.
    var firstBytes: Int { counts.firstBytes.withLock { $0 } }
    /// Whether the run was ended by `finishEarly`.
    var endedEarly: Bool { counts.isEnough.withLock { $0 } }

    /// Ends the run as at the end of the file, frames in hand included; any thread may ask.
    func finishEarly() { counts.isEnough.withLock { $0 = true } }

    /// Runs all stages and gives the finished file its name.
    ///
    /// - Parameters:
    ///   - willStart: receives the stages, so that they can be stopped from outside.
    ///   - beforeNaming: called when the file is complete and still has the partial name; what it throws ends the run.
    /// - Throws: the first error of any stage; the partial file then stays, unless no picture is in it.
    func run(
        willStart: (StageGroup) -> Void, beforeNaming: () throws -> Void = {}
    ) throws -> UpscaleSummary {
        let started = ProcessInfo.processInfo.systemUptime
        let group = StageGroup(name: "upluma.upscale")
        addStages(to: group, started: started)
        willStart(group)
        var closing = Closing.untried
        do {
            try group.run()
            closing = .failed
            try job.writer.finish()
            closing = .done
            try checkCounts()
            if !endedEarly, job.excerpt.span == nil {
                try job.source.facts.checkLength(lastSecond: counts.lastSecond.withLock { $0 })
            }
            try beforeNaming()
        } catch {
            throw abandon(UplumaError(any: error), closing)
        }
        try job.output.commit()
        let seconds = ProcessInfo.processInfo.systemUptime - started
        let frames = counts.written.withLock { $0 }
        let bytes = job.writer.bytesWritten
        return UpscaleSummary(
            output: job.output.name, frames: frames, damage: DamageSummary(job.source.damage.counts), seconds: seconds,
            outputBytes: bytes,
            progress: JobProgress(
                frame: frames, frames: frames, fps: seconds > 0 ? Double(frames) / seconds : 0, etaSeconds: 0,
                outputBytes: bytes))
    }

    private func addStages(to group: StageGroup, started: Double) {
        let memory = job.memory
        let decoded = group.channel(of: NumberedFrame.self, capacity: memory.decodedDepth)
        let enlarged = group.orderedChannel(of: Frame.self, window: memory.window)
        let packets = group.channel(of: OutputPacket.self, capacity: UpscaleRun.packetDepth)

        group.addStage("decode") { _ in
            try decode(into: decoded, copiesInto: packets)
        } completion: {
            decoded.finish()
        }
        group.addStage("enlarge", workers: memory.workers) { _ in
            let workspace = job.upscaler.makeWorkspace(threads: memory.threadsPerFrame)
            while let item = try decoded.receive() {
                try enlarged.send(job.upscaler.upscale(item.frame, workspace: workspace), number: item.number)
            }
        } completion: {
            enlarged.finish()
        }
        group.addStage("encode") { _ in
            while let frame = try enlarged.receive() {
                counts.encoded.withLock { $0 += 1 }
                try job.encoder.encode(frame) { try packets.send(.encoded($0)) }
            }
            try job.encoder.encode(nil) { try packets.send(.encoded($0)) }
        } completion: {
            // The decoder's stage has ended before this one: nobody else sends any more.
            packets.finish()
        }
        group.addStage("write") { _ in
            try write(packets, started: started)
        }
    }

    private func decode(into frames: Channel<NumberedFrame>, copiesInto packets: Channel<OutputPacket>) throws {
        let (excerpt, video) = (job.excerpt, job.source.facts.video)
        var isPast = false
        var last = -Double.infinity
        defer { counts.lastSecond.withLock { $0 = last } }
        let deliver: (Frame) throws -> Void = { frame in
            if excerpt.isPast(pts: frame.pts) { isPast = true }
            guard excerpt.contains(pts: frame.pts) else { return }
            let number = counts.decoded.withLock { count in
                defer { count += 1 }
                return count
            }
            // Told with the first picture: a run that makes none has something else to say.
            if number == 0 { job.plan.assumptions.forEach { report(.assumption($0.message)) } }
            try frames.send(NumberedFrame(number: number, frame: frame))
        }
        let deinterlace: (Frame) throws -> Void = { frame in
            guard let deinterlacer = job.deinterlacer else { return try deliver(frame) }
            if excerpt.contains(pts: frame.pts) { counts.read.withLock { $0 += 1 } }
            try deinterlacer.filter(frame, each: deliver)
        }
        while !counts.isEnough.withLock({ $0 }), let packet = try job.source.read() {
            last = max(last, packet.seconds ?? last)
            if packet.streamIndex == video.index {
                if !isPast { try job.decoder.decode(packet, each: deinterlace) }
            } else if job.writer.copiedStreams.contains(packet.streamIndex) {
                try packets.send(.copied(packet))
            }
            if isPast && excerpt.isFarBehind(packet) { break }
        }
        if !isPast {
            try job.decoder.decode(nil, each: deinterlace)
            try job.deinterlacer?.filter(nil, each: deliver)
        }
        if job.deinterlacer?.mode == .ivtc {
            let (read, decoded) = (counts.read.withLock { $0 }, counts.decoded.withLock { $0 })
            report(.note("Inverse telecine: \(read) frames went in, \(decoded) came out."))
        }
    }

    private func write(_ packets: Channel<OutputPacket>, started: Double) throws {
        var meter = ProgressMeter(frames: job.expectedFrames, startingAt: started)
        var lastReport = started
        while let packet = try packets.receive() {
            switch packet {
            case .copied(let packet): try job.writer.writeCopied(packet)
            case .encoded(let packet):
                try job.writer.writeEncoded(packet)
                counts.codedBytes.withLock {
                    if $0 == 0 { counts.firstBytes.withLock { $0 = packet.size } }
                    $0 += packet.size
                }
                let frame = counts.written.withLock {
                    $0 += 1
                    return $0
                }
                let now = ProcessInfo.processInfo.systemUptime
                guard now - lastReport >= UpscaleRun.reportInterval else { continue }
                lastReport = now
                report(.progress(meter.update(frame: frame, outputBytes: job.writer.bytesWritten, at: now)))
            }
        }
    }

    /// Frames in must be frames out.
    private func checkCounts() throws {
        let (decoded, encoded, written) = (
            counts.decoded.withLock { $0 }, counts.encoded.withLock { $0 }, counts.written.withLock { $0 }
        )
        guard decoded > 0 else {
            throw UplumaError(
                .badInput,
                job.excerpt.span == nil
                    ? "No picture of \"\(job.source.facts.path)\" could be decoded. Check that the file plays."
                    : "No picture of \"\(job.source.facts.path)\" lies in the time that --start and --duration ask for."
            )
        }
        guard decoded == encoded && encoded == written else {
            throw UplumaError(
                .internal,
                "\(decoded) frames were decoded but \(written) written: the encoder \(job.encoder.name) dropped some. "
                    + "Choose another one with --encoder.")
        }
    }

    /// How far the output is from being a file that plays.
    private enum Closing { case untried, failed, done }

    /// Closes what was begun, unless that was tried already, and says where it is.
    private func abandon(_ error: UplumaError, _ closing: Closing) -> UplumaError {
        var plays = closing == .done
        if closing == .untried {
            // A second failure while closing says nothing new.
            plays = (try? job.writer.finish()) != nil
        }
        guard case .file(_, let partial) = job.output.destination else { return error }
        let written = counts.written.withLock { $0 }
        guard written > 0 else {
            job.output.discard(isBegun: true)
            return error
        }
        let place = "\"\(partial)\""
        return UplumaError(
            error.kind,
            error.message
                + (plays
                    ? " The first \(written) frames are in \(place)."
                    : " What was written is in \(place); it may not play."))
    }
}
