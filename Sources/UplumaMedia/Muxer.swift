import CFFmpeg
import UplumaFrames

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Owns FFmpeg's muxer context and the file it writes.
final class Muxer {
    let context: UnsafeMutablePointer<AVFormatContext>
    let container: MediaContainer
    private let path: String
    private var hasHeader = false
    /// A tag of the file that FFmpeg takes away when a muxer is set up, so that it is set after that.
    var lateTag: (key: String, value: String)?
    private var lastPosition: Int64 = 0

    init(path: String, container: MediaContainer) throws {
        self.path = path
        self.container = container
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let format = UnsafeMutablePointer(mutating: container.format)
        guard avformat_alloc_output_context2(&allocated, format, nil, path) >= 0, let allocated else {
            throw outOfMemory("write the output")
        }
        context = allocated
        // No random identifiers and no dates: the same run writes the same bytes.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
        // YUV4MPEG2 beyond 8 bits is an extension that every reader knows and FFmpeg counts as unofficial.
        if container.isYUV4MPEG { context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL }
    }

    deinit {
        closeFile()
        avformat_free_context(context)
    }

    /// Whether two packets of a stream may not share a decoding time.
    var wantsIncreasingTimes: Bool { container.format.pointee.flags & AVFMT_TS_NONSTRICT == 0 }

    /// Bytes written, FFmpeg's buffer included.
    var position: Int64 {
        if let io = context.pointee.pb { lastPosition = max(lastPosition, avio_seek(io, 0, SEEK_CUR)) }
        return lastPosition
    }

    func newStream() throws -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(context, nil) else { throw outOfMemory("write the output") }
        return stream
    }

    /// Whether there is a header and no trailer yet.
    var isOpen: Bool { hasHeader }

    /// Writes the header into memory and forgets it, which tells whether the container takes these streams together. The
    /// muxer cannot be used afterwards.
    func rehearse() throws {
        let mark = FFmpegLog.mark()
        var io: UnsafeMutablePointer<AVIOContext>?
        guard avio_open_dyn_buf(&io) >= 0 else { throw outOfMemory("write the output") }
        context.pointee.pb = io
        let status = writeHeader()
        var bytes: UnsafeMutablePointer<UInt8>?
        avio_close_dyn_buf(io, &bytes)
        av_free(bytes)
        context.pointee.pb = nil
        if status < 0 { throw refusedHeader(status, mark) }
    }

    private func writeHeader() -> Int32 {
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        // Otherwise the muxer calls the first stream of each kind the default one where the source names none.
        if container.isMatroska || container.name == "webm" { av_dict_set(&options, "default_mode", "passthrough", 0) }
        // FFmpeg would go by the name of the file, which ends in .partial.
        if container.isM2TS { av_dict_set(&options, "mpegts_m2ts_mode", "1", 0) }
        if container.isISO { av_dict_set(&options, "movie_timescale", "\(movieTimescale)", 0) }
        guard let lateTag else { return avformat_write_header(context, &options) }
        let status = avformat_init_output(context, &options)
        if status < 0 { return status }
        let set = av_dict_set(&context.pointee.metadata, lateTag.key, lateTag.value, 0)
        return set < 0 ? set : avformat_write_header(context, nil)
    }

    /// Ticks a second in which MP4 says where a stream begins: of all streams' clocks, the pictures' before the others', as
    /// far as that stays a sane number. FFmpeg's 1000 would round a picture's beginning to whole milliseconds.
    private var movieTimescale: Int {
        let streams = (0..<Int32(context.pointee.nb_streams)).compactMap { cff_stream(context, $0)?.pointee }
        let pictures = streams.filter { $0.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO }
        let sounds = streams.filter { $0.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
        let rates = pictures.map { Int($0.time_base.den) } + sounds.map { Int($0.codecpar.pointee.sample_rate) }
        return rates.filter { $0 > 0 }.reduce(1000) { scale, rate in
            let common = scale / Muxer.greatestDivisor(scale, rate) * rate
            return common <= Muxer.finestMovie ? common : scale
        }
    }

    private static let finestMovie = 10_000_000

    private static func greatestDivisor(_ one: Int, _ other: Int) -> Int {
        other == 0 ? one : greatestDivisor(other, one % other)
    }

    private func refusedHeader(_ status: Int32, _ mark: FFmpegLog.Mark) -> MediaError {
        MediaError(
            .cannotCreate, operation: "write the header", subject: path,
            reason: "The container \(container.name) cannot hold these streams as they are",
            ffmpegText: FFmpegStatus(rawValue: status).text(since: mark),
            remedy: "Use an .mkv output, which holds nearly everything")
    }

    /// Creates the file and writes the header.
    func open() throws {
        let mark = FFmpegLog.mark()
        let url = path == "-" ? "pipe:1" : "file:" + path
        var status = avio_open2(&context.pointee.pb, url, AVIO_FLAG_WRITE, nil, nil)
        guard status >= 0 else { throw cannotCreate(FFmpegStatus(rawValue: status), mark) }

        status = writeHeader()
        if status < 0 {
            if let error = ioFailure(mark) { throw error }
            throw refusedHeader(status, mark)
        }
        hasHeader = true
        avio_flush(context.pointee.pb)  // A disk that is full already shows now.
        if let error = ioFailure(mark) { throw error }
    }

    /// Hands a packet to the muxer's interleaving.
    func write(_ packet: FFmpegPacket, to stream: Int32) throws {
        precondition(hasHeader, "start() comes before the first packet")
        let mark = FFmpegLog.mark()
        packet.pointer.pointee.stream_index = stream
        let status = av_interleaved_write_frame(context, packet.pointer)
        if let error = ioFailure(mark) { throw error }
        if status < 0 { throw writeFailure(FFmpegStatus(rawValue: status), mark) }
    }

    /// Writes the index and closes the file. False when there was nothing to close: no header, or closed already.
    func close() throws -> Bool {
        guard hasHeader else { return false }
        let mark = FFmpegLog.mark()
        let status = av_write_trailer(context)
        hasHeader = false
        if let io = context.pointee.pb { avio_flush(io) }
        if let error = ioFailure(mark) { throw error }
        if status < 0 { throw writeFailure(FFmpegStatus(rawValue: status), mark) }
        _ = position
        let closed = closeFile()
        if closed < 0 { throw writeFailure(FFmpegStatus(rawValue: closed), mark) }
        try synchronise(mark)
        return true
    }

    /// Waits until the disk has everything, so that a name given to the file afterwards survives a power cut.
    private func synchronise(_ mark: FFmpegLog.Mark) throws {
        guard path != "-" else { return }
        let descriptor = openForReading(path)
        guard descriptor >= 0 else { return }  // A pipe or device that cannot be read has no disk behind it.
        defer { closeDescriptor(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return }
        if fsync(descriptor) != 0 { throw writeFailure(.system(errno), mark) }
    }

    @discardableResult private func closeFile() -> Int32 {
        guard context.pointee.pb != nil else { return 0 }
        return avio_closep(&context.pointee.pb)
    }

    private var name: String { path == "-" ? "standard output" : "\"\(path)\"" }

    private func ioFailure(_ mark: FFmpegLog.Mark) -> MediaError? {
        guard let status = context.pointee.pb?.pointee.error, status < 0 else { return nil }
        return writeFailure(FFmpegStatus(rawValue: status), mark)
    }

    private func writeFailure(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) -> MediaError {
        if status == .system(ENOSPC) || status == .system(EDQUOT) {
            return MediaError(
                .ioError, operation: "write the output", subject: path,
                reason: "The disk is full: writing \(name) stopped after about \(position) bytes",
                ffmpegText: status.text, remedy: "Free some space or choose a folder on another disk")
        }
        if status == .noMemory { return outOfMemory("write the output") }
        return MediaError(
            .ioError, operation: "write the output", subject: path,
            reason: "Writing \(name) failed after about \(position) bytes", ffmpegText: status.text(since: mark),
            remedy: path == "-" ? "Check the program that reads the pipe" : "Check the disk it is written to")
    }

    private func cannotCreate(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) -> MediaError {
        let remedy =
            switch -status.rawValue {
            case ENOENT: "Create its folder first"
            case EACCES, EPERM, EROFS: "Choose a folder you may write to"
            case EISDIR: "Give the name of a file, not of a folder"
            default: "Choose another name or folder"
            }
        if status == .system(ENOSPC) { return writeFailure(status, mark) }
        return MediaError(
            .cannotCreate, operation: "create the output", subject: path, reason: "\(name) cannot be created",
            ffmpegText: status.text, remedy: remedy)
    }
}

/// open(2) and close(2), which `Muxer`'s own methods hide by their names.
private func openForReading(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
