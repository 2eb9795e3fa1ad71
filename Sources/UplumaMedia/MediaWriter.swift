import CFFmpeg
import Synchronization
package import UplumaFrames

/// The output file: the encoded video in the place of the source's, and everything else of the source copied, or converted
/// where the container cannot hold it.
///
/// Made before decoding, so that what the container cannot hold is known then. It writes to the path it is given and
/// never deletes or renames a file.
///
/// Thread safety: calls must not overlap (checked), so give a writer to one serial queue.
package final class MediaWriter: @unchecked Sendable {
    /// What to do with what the container cannot hold as it is.
    package enum Refusal: Sendable {
        /// Convert sound and text subtitles; say what of the rest is lost; not begin where a stream has no way in.
        case convert
        /// Leave out streams, and say so.
        case leaveOut
        /// Not begin, whatever would be converted or lost.
        case fail
    }

    /// A part of the source, in microseconds on the source's own clock (`MediaFacts.startMicroseconds` is its beginning).
    package struct Span: Sendable {
        package var start: Int64
        /// Nil for the end of the file.
        package var end: Int64?
        package init(start: Int64, end: Int64? = nil) {
            self.start = start
            self.end = end
        }
    }

    /// What becomes of every stream of the source.
    package let fates: [StreamFate]
    /// The source's streams whose packets are to be given to `writeCopied`: those that are copied or converted.
    package let copiedStreams: Set<Int>
    /// Bytes of the output so far, those that the muxer still gathers (Matroska's clusters) included; the exact size
    /// after `finish`. Any thread may ask.
    package var bytesWritten: Int64 { written.load(ordering: .relaxed) }

    private let muxer: Muxer
    private let outputs: [Int: OutputStream]
    private let converters: [Int: any StreamConverter]
    private let encoded: OutputStream
    private let encodedTimeBase: Rational
    private var constantRate: ConstantRate?
    private let covers: [(picture: FFmpegPacket, output: Int32)]
    private let span: Span?
    /// What is taken off all times, in microseconds.
    private let shift: Int64
    private let notes: NoteHandler
    private let written = Atomic<Int64>(0)
    /// Bytes of all packets handed to the muxer.
    private var packetBytes: Int64 = 0
    private let exclusive = ExclusiveUse("MediaWriter")

    /// Plans the output; writes nothing yet.
    ///
    /// - Parameters:
    ///   - path: the file to write, taken literally; "-" is standard output.
    ///   - container: of the output's final name.
    ///   - source: not yet read from.
    ///   - encoder: not yet used.
    ///   - span: when only a part is kept: times are counted from its start, and copied packets and chapters outside are
    ///     dropped. The caller keeps video frames outside from the encoder.
    ///   - plan: made for this source and container; its notes are the caller's to tell. Nil to make one here.
    ///   - onRefusal: what to do with streams the container cannot hold, when `plan` is nil.
    ///   - maker: how the file is made, for `MediaFacts.makerTag` of whoever reads it; begins with `MakerTag.mark`. Left out
    ///     where `MediaContainer.holdsMakerTag` says no.
    ///   - notes: remarks for the log.
    /// - Throws: `MediaError.usage` naming a stream the container cannot hold.
    package init(
        path: String, container: MediaContainer, source: MediaSource, encoder: VideoEncoder, span: Span? = nil,
        plan: StreamPlan? = nil, onRefusal: Refusal = .convert, maker: String? = nil,
        notes: @escaping NoteHandler = { _ in }
    ) throws {
        let streams = try plan ?? StreamPlan.make(source, container: container, onRefusal: onRefusal)
        if plan == nil { streams.notes.forEach(notes) }
        fates = streams.fates
        self.span = span
        // A player hides what is before zero; Matroska's muxer moves it behind, the others do not.
        let startOfVideo = source.startOfVideo
        shift = span?.start ?? (container.beginsAtZero ? source.facts.startMicroseconds : min(0, startOfVideo))
        self.notes = notes
        converters = try MediaWriter.makeConverters(streams, source, container)
        // A header that the container refuses is known before there is a file.
        let rehearsal = try Muxer(path: path, container: container)
        _ = try rehearsal.addStreams(
            streams, converters, source: source, encoder: encoder, span: span, maker: maker)
        try rehearsal.rehearse()
        muxer = try Muxer(path: path, container: container)
        let added = try muxer.addStreams(
            streams, converters, source: source, encoder: encoder, span: span, maker: maker)
        (outputs, covers, encoded) = (added.outputs, added.covers, added.encoded)
        copiedStreams = Set(outputs.keys)
        encodedTimeBase = encoder.picture.timeBase
        constantRate = container.isYUV4MPEG ? ConstantRate(encoder.picture) : nil
        if container.isYUV4MPEG, encoder.picture.frameRate == nil {
            notes("The source's frame rate is unknown; YUV4MPEG2 must name one, and names \(ConstantRate.fallback).")
        }
    }

    /// Creates the file and writes its header.
    ///
    /// - Throws: `MediaError`: `cannotCreate` (no such folder, no permission, a header the container refuses), `ioError`.
    package func start() throws {
        try exclusive {
            try muxer.open()
            for cover in covers {
                let packet = try FFmpegPacket(copying: cover.picture.pointer)
                try muxer.write(packet, to: cover.output)
            }
        }
    }

    /// Writes a packet of the source; packets of streams that are not copied, or outside the span, are dropped.
    ///
    /// - Throws: `MediaError.ioError`, at once when the disk is full.
    package func writeCopied(_ packet: MediaPacket) throws {
        guard let output = outputs[packet.streamIndex] else { return }
        try exclusive {
            let copy = try FFmpegPacket(copying: packet.packet)
            let tick = packet.timeBase.av
            if let span {
                let isSubtitle = output.stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_SUBTITLE
                guard span.cut(copy.pointer, tick, isSubtitle: isSubtitle) else { return }
            }
            guard let converter = converters[packet.streamIndex] else { return try write(copy, tick, to: output) }
            try converter.convert(copy.pointer) { result in
                try write(try FFmpegPacket(copying: result), converter.timeBase, to: output)
            }
        }
    }

    /// Writes a packet of the encoder.
    ///
    /// - Throws: `MediaError.ioError`, at once when the disk is full.
    package func writeEncoded(_ packet: MediaPacket) throws {
        try exclusive {
            let copy = try FFmpegPacket(copying: packet.packet)
            guard constantRate != nil else { return try write(copy, encodedTimeBase.av, to: encoded) }
            if constantRate?.count(copy.pointer, in: encodedTimeBase) == .firstDeviation {
                notes("The source's frame rate varies; YUV4MPEG2 holds a constant rate only, so the times are lost.")
            }
            try muxer.write(copy, to: encoded.index)
            written.store(muxer.position, ordering: .relaxed)
        }
    }

    /// Writes what converters still hold.
    private func drainConverters() throws {
        for (index, converter) in converters.sorted(by: { $0.key < $1.key }) {
            guard let output = outputs[index] else { continue }
            try converter.convert(nil) { result in
                try write(try FFmpegPacket(copying: result), converter.timeBase, to: output)
            }
            converter.remarks(about: "stream \(index)").forEach(notes)
        }
    }

    private static func makeConverters(
        _ plan: StreamPlan, _ source: MediaSource, _ container: MediaContainer
    ) throws -> [Int: any StreamConverter] {
        var result: [Int: any StreamConverter] = [:]
        for (index, action) in plan.actions.enumerated() {
            let stream = source.demuxer.streams[index]
            switch action {
            case .subtitles(let codec): result[index] = try SubtitleConverter(from: stream, to: codec)
            case .sound(let target):
                result[index] = try AudioConverter(
                    from: stream, to: target, needsGlobalHeader: container.needsGlobalHeader)
            case .encode, .copy, .coverPicture, .coverFile, .leaveOut: continue
            }
        }
        return result
    }

    /// Writes what is left, closes the file and waits until the disk has it; nothing when it never began or is closed.
    ///
    /// - Throws: `MediaError.ioError`; the file is then not complete.
    package func finish() throws {
        try exclusive {
            if muxer.isOpen { try drainConverters() }
            guard try muxer.close() else { return }
            written.store(muxer.position, ordering: .relaxed)
            for output in [encoded] + outputs.values where output.moved > 0 {
                notes(
                    "\(output.moved) packets of output stream \(output.index) had times out of order; they were moved.")
            }
        }
    }

    private func write(_ packet: FFmpegPacket, _ timeBase: AVRational, to output: OutputStream) throws {
        let pointer = packet.pointer
        if shift != 0 {
            let ticks = av_rescale_q(shift, AVRational(num: 1, den: AV_TIME_BASE), timeBase)
            if pointer.pointee.pts != cff_no_pts { pointer.pointee.pts -= ticks }
            if pointer.pointee.dts != cff_no_pts { pointer.pointee.dts -= ticks }
        }
        if muxer.container.countsEncoderDelay, let delay = output.encoderDelay(in: timeBase) {
            if pointer.pointee.pts != cff_no_pts { pointer.pointee.pts += delay }
            if pointer.pointee.dts != cff_no_pts { pointer.pointee.dts += delay }
        }
        av_packet_rescale_ts(pointer, timeBase, output.stream.pointee.time_base)
        pointer.pointee.pos = -1
        output.order(pointer, strictly: muxer.wantsIncreasingTimes)
        packetBytes += Int64(pointer.pointee.size)
        try muxer.write(packet, to: output.index)
        written.store(max(muxer.position, packetBytes), ordering: .relaxed)
    }
}

extension MediaWriter.Span {
    /// Whether a packet begins inside. A subtitle that is on screen inside counts too, and is cut to what is inside.
    func cut(_ packet: UnsafeMutablePointer<AVPacket>, _ tick: AVRational, isSubtitle: Bool) -> Bool {
        let time = packet.pointee.pts == cff_no_pts ? packet.pointee.dts : packet.pointee.pts
        let inside =
            time == cff_no_pts
            ? nil : cut(time: time, duration: packet.pointee.duration, Rational(tick), isSubtitle: isSubtitle)
        guard let inside else { return false }
        if inside.time != time { (packet.pointee.pts, packet.pointee.dts) = (inside.time, inside.time) }
        packet.pointee.duration = inside.duration
        return true
    }

    /// What is left of a packet, still on the source's clock; nil when nothing is. `tick` is the unit of the times.
    package func cut(
        time: Int64, duration: Int64, _ tick: Rational, isSubtitle: Bool
    ) -> (time: Int64, duration: Int64)? {
        let (tick, micros) = (tick.av, AVRational(num: 1, den: AV_TIME_BASE))
        var (time, duration) = (time, duration)
        if let end, av_compare_ts(time, tick, end, micros) >= 0 { return nil }
        let first = av_rescale_q(start, micros, tick)
        if av_compare_ts(time, tick, start, micros) < 0 {
            guard isSubtitle, time + duration > first else { return nil }
            duration -= first - time
            time = first
        }
        if isSubtitle, let end, duration > 0 { duration = min(duration, av_rescale_q(end, micros, tick) - time) }
        return (time, duration)
    }
}

/// Owns one FFmpeg packet on its way into a muxer.
final class FFmpegPacket {
    let pointer: UnsafeMutablePointer<AVPacket>

    /// A new reference to the same bytes.
    init(copying other: UnsafePointer<AVPacket>) throws {
        guard let copy = av_packet_clone(other) else { throw outOfMemory("write a packet") }
        pointer = copy
    }

    deinit {
        var owned: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&owned)
    }
}

/// One stream of the output. Its context is owned by the muxer, which the writer holds beside it.
final class OutputStream {
    let stream: UnsafeMutablePointer<AVStream>
    var index: Int32 { stream.pointee.index }
    /// Packets whose times had to be changed to go on increasing.
    private(set) var moved = 0
    private var lastDTS: Int64?

    init(_ stream: UnsafeMutablePointer<AVStream>) { self.stream = stream }

    /// How long the encoder's run-in is that the stream begins with, in ticks; nil for none.
    func encoderDelay(in tick: AVRational) -> Int64? {
        guard let parameters = stream.pointee.codecpar, parameters.pointee.initial_padding > 0 else { return nil }
        let sample = AVRational(num: 1, den: parameters.pointee.sample_rate)
        return av_rescale_q(Int64(parameters.pointee.initial_padding), sample, tick)
    }

    /// Muxers refuse decoding times that fall; sources with damage or breaks in their clock have them.
    func order(_ packet: UnsafeMutablePointer<AVPacket>, strictly: Bool) {
        let type = stream.pointee.codecpar.pointee.codec_type
        if packet.pointee.pts == cff_no_pts, type != AVMEDIA_TYPE_VIDEO { packet.pointee.pts = packet.pointee.dts }
        guard packet.pointee.dts != cff_no_pts else { return }
        if let lastDTS, packet.pointee.dts < lastDTS + (strictly ? 1 : 0) {
            packet.pointee.dts = lastDTS + (strictly ? 1 : 0)
            if packet.pointee.pts != cff_no_pts { packet.pointee.pts = max(packet.pointee.pts, packet.pointee.dts) }
            moved += 1
        }
        lastDTS = packet.pointee.dts
    }
}
