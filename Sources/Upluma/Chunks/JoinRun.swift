import Foundation
import UplumaFrames
import UplumaMedia

/// Makes the result of complete chunks: their coded pictures, and the source's other streams, which are read once and copied
/// as in a job that goes through in one run.
struct JoinRun {
    private let job: UpscalePreparation
    private let packets: JoinedPackets
    private let report: (JobEvent) -> Void
    private let isCancelled: () -> Bool

    private static let reportInterval = 0.1

    /// - Parameters:
    ///   - job: of the same source and options as the chunks; its output has begun.
    ///   - packets: of all chunks.
    init(
        _ job: UpscalePreparation, _ packets: JoinedPackets, report: @escaping (JobEvent) -> Void,
        isCancelled: @escaping () -> Bool
    ) {
        (self.job, self.packets, self.report, self.isCancelled) = (job, packets, report, isCancelled)
    }

    /// Writes the output to its end, under its partial name.
    ///
    /// - Returns: frames written.
    /// - Throws: `MediaError` or `UplumaError`; the partial file is gone then, since all that made it is still there.
    func run() throws -> Int {
        do {
            let written = try write()
            try job.writer.finish()
            guard packets.frames > 0 else { throw noPicture() }
            guard written == packets.frames else {
                throw UplumaError(
                    .internal, "\(packets.frames) frames were made but \(written) of them found again.")
            }
            return written
        } catch {
            job.output.discard(isBegun: true)
            throw error
        }
    }

    private func noPicture() -> UplumaError {
        UplumaError(
            .badInput,
            job.excerpt.span == nil
                ? "No picture of \"\(job.source.facts.path)\" could be decoded. Check that the file plays."
                : "No picture of \"\(job.source.facts.path)\" lies in the time that --start and --duration ask for.")
    }

    /// Pictures and copied packets in the order of their decoding times, so that no stream waits in the muxer for long.
    private func write() throws -> Int {
        var written = 0
        var lastSecond = -Double.infinity
        var picture = try packets.read()
        var lastReport = 0.0
        func writePictures(upTo second: Double) throws {
            while let packet = picture, (packet.decodingSecond ?? -.infinity) <= second {
                if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
                try job.writer.writeEncoded(packet)
                written += 1
                picture = try packets.read()
                let now = ProcessInfo.processInfo.systemUptime
                guard now - lastReport >= Self.reportInterval else { continue }
                lastReport = now
                report(
                    .progress(
                        JobProgress(
                            frame: written, frames: packets.frames, fps: 0, etaSeconds: nil,
                            outputBytes: job.writer.bytesWritten)))
            }
        }
        while let packet = try job.source.read() {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            lastSecond = max(lastSecond, packet.seconds ?? lastSecond)
            if job.excerpt.isFarBehind(packet) { break }
            guard job.writer.copiedStreams.contains(packet.streamIndex) else { continue }
            if let second = packet.decodingSecond { try writePictures(upTo: second) }
            try job.writer.writeCopied(packet)
        }
        try writePictures(upTo: .infinity)
        if job.excerpt.span == nil { try job.source.facts.checkLength(lastSecond: lastSecond) }
        return written
    }
}

extension MediaPacket {
    /// Decoding (else presentation) time in seconds; for decisions, not for arithmetic.
    fileprivate var decodingSecond: Double? { (dts ?? pts).map { Double($0) * timeBase.doubleValue } }
}
