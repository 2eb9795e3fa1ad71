import CFFmpeg
import UplumaFrames

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Owns FFmpeg's demuxer context; opening it explains in one sentence why a file cannot be used.
final class Demuxer {
    let context: UnsafeMutablePointer<AVFormatContext>
    /// Bytes; nil for pipes.
    let fileSize: Int64?
    private let pipe: PipeInput?
    private let cancellation: CancellationCheck

    private static let operation = "open the input"

    /// Opens `path` ("-" is standard input) and reads enough of it to know its streams.
    ///
    /// - Throws: `MediaError`: `noInput` (missing, unreadable, a folder), `badInput` (empty, not a video, cut short),
    ///   `cancelled`.
    init(path: String, allowsNetwork: Bool = false, cancellation: CancellationCheck) throws {
        let mark = FFmpegLog.mark()
        self.cancellation = cancellation
        let isAddress = try Demuxer.isAddress(path, allowsNetwork: allowsNetwork)
        let input = isAddress ? (nil, nil) : try Demuxer.prepare(path, cancellation)
        let address =
            isAddress ? InputAddress(network: path) : InputAddress(file: path, allowsNetwork: allowsNetwork)
        pipe = input.0
        guard let allocated = avformat_alloc_context() else { throw outOfMemory(Demuxer.operation) }
        allocated.pointee.interrupt_callback = cancellation.interrupt
        if let pipe { allocated.pointee.pb = pipe.io }

        var options: OpaquePointer?
        // Without this FFmpeg takes "shot%03d.png" for a numbered sequence and does not find the file of that name.
        av_dict_set(&options, "pattern_type", "none", 0)
        av_dict_set(&options, "protocol_whitelist", address.protocols, 0)
        defer { av_dict_free(&options) }
        var opened: UnsafeMutablePointer<AVFormatContext>? = allocated
        var status = avformat_open_input(&opened, address.url, nil, &options)
        guard status >= 0, let opened else {  // FFmpeg has freed the context.
            throw Demuxer.failure(FFmpegStatus(rawValue: status), path, mark)
        }
        context = opened
        fileSize = isAddress ? Demuxer.size(of: opened) : input.1
        if ["mpegts", "mpeg"].contains(context.pointee.iformat.map { String(cString: $0.pointee.name) }) {
            // Their streams are announced by appearing, subtitles often late.
            context.pointee.probesize = 20_000_000
            context.pointee.max_analyze_duration = 10_000_000
        }
        status = avformat_find_stream_info(context, nil)
        if status < 0 { throw Demuxer.failure(FFmpegStatus(rawValue: status), path, mark) }
        try checkIndex(path)
    }

    deinit {
        var owned: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&owned)
    }

    var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<Int32(context.pointee.nb_streams)).compactMap { cff_stream(context, $0) }
    }

    /// Whether the container's clock may jump (transport and program streams), which also means that seeking is inexact.
    var mayJump: Bool { (context.pointee.iformat?.pointee.flags ?? 0) & AVFMT_TS_DISCONT != 0 }

    /// Whether it is a sequence of packets of one size.
    var isTransportStream: Bool { formatName == "mpegts" }

    /// Whether errors that are logged while reading are about the streams' contents, of which the decoder knows more.
    var complainsOfStreams: Bool {
        let flags = context.pointee.iformat?.pointee.flags ?? 0
        return flags & AVFMT_TS_DISCONT != 0 || !hasTimeStamps
    }

    /// Whether the container has a clock: elementary streams have none, and their demuxers all take the same options.
    var hasTimeStamps: Bool {
        guard let format = context.pointee.iformat else { return true }
        guard format.pointee.priv_class != nil, let options = context.pointee.priv_data else { return true }
        return av_opt_find(options, "raw_packet_size", nil, 0, 0) == nil
    }

    private var formatName: String { context.pointee.iformat.map { String(cString: $0.pointee.name) } ?? "" }

    /// Whether a name is an address rather than a file.
    ///
    /// - Throws: `MediaError.noInput` for an address without permission to use the network, or one of an unknown kind.
    private static func isAddress(_ path: String, allowsNetwork: Bool) throws -> Bool {
        guard let scheme = InputAddress.scheme(of: path), access(path, F_OK) != 0 else { return false }
        guard InputAddress.schemes.contains(scheme) else {
            throw MediaError(
                .noInput, operation: operation, subject: path,
                reason: "There is no file \"\(path)\", and addresses that begin with \(scheme):// are not opened",
                remedy: "Check the name; a file is named without file://")
        }
        guard allowsNetwork else {
            throw MediaError(
                .noInput, operation: operation, subject: path,
                reason: "There is no file \"\(path)\", and the network is used only with --allow-network",
                remedy: "Check the name, or give --allow-network")
        }
        return true
    }

    /// Bytes behind an address; nil where it cannot be searched.
    private static func size(of context: UnsafeMutablePointer<AVFormatContext>) -> Int64? {
        guard let io = context.pointee.pb, io.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0 else { return nil }
        let size = avio_size(io)
        return size > 0 ? size : nil
    }

    /// Rules out what FFmpeg would explain badly, and opens what it would read badly.
    private static func prepare(_ path: String, _ cancellation: CancellationCheck) throws -> (PipeInput?, Int64?) {
        if path == "-" {
            return (try PipeInput(descriptor: 0, closesDescriptor: false, cancellation: cancellation), nil)
        }
        var information = stat()
        guard stat(path, &information) == 0 else {
            let reason =
                errno == ENOENT ? "There is no file \"\(path)\"" : "\"\(path)\" cannot be read: \(systemText(errno))"
            throw MediaError(
                .noInput, operation: operation, subject: path, reason: reason, remedy: "Check the name and the folder")
        }
        let kind = information.st_mode & S_IFMT
        if kind == S_IFDIR {
            throw MediaError(
                .noInput, operation: operation, subject: path, reason: "\"\(path)\" is a folder, not a video file",
                remedy: "Name one file in it")
        }
        guard access(path, R_OK) == 0 else {
            throw MediaError(
                .noInput, operation: operation, subject: path, reason: "\"\(path)\" may not be read by this user",
                remedy: "Give yourself permission to read it, for instance with chmod u+r")
        }
        if kind == S_IFREG {
            if information.st_size == 0 {
                throw MediaError(
                    .badInput, operation: operation, subject: path, reason: "\"\(path)\" is empty (0 bytes)",
                    remedy: "Get the file again")
            }
            return (nil, Int64(information.st_size))
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw MediaError(
                .noInput, operation: operation, subject: path,
                reason: "\"\(path)\" cannot be opened: \(systemText(errno))", remedy: "Check the name")
        }
        return (try PipeInput(descriptor: descriptor, closesDescriptor: true, cancellation: cancellation), nil)
    }

    private static func failure(_ status: FFmpegStatus, _ path: String, _ mark: FFmpegLog.Mark) -> MediaError {
        let name = path == "-" ? "Standard input" : "\"\(path)\""
        let text = status.text(since: mark)
        if status == .exitRequested {
            return MediaError(
                .cancelled, operation: operation, subject: path, reason: "Opening \(name) was stopped")
        }
        if status == .noMemory {
            return MediaError(
                .badInput, operation: operation, subject: path,
                reason: "\(name) names a size for which there is not enough memory",
                remedy: "Its header is probably damaged: get a better copy")
        }
        if text.contains("moov atom not found"), beginsLikeMP4(path) {
            return MediaError(
                .badInput, operation: operation, subject: path,
                reason: "\(name) is cut short: the index at its end (moov) is missing", ffmpegText: text,
                remedy: "Get a complete copy; without its index an MP4 or MOV file cannot be read")
        }
        let refusals = ["not on whitelist", "Unsafe file name"]
        let lines = FFmpegLog.lines(since: mark)
        if let line = lines.last(where: { line in refusals.contains { line.contains($0) } }) {
            return MediaError(
                .badInput, operation: operation, subject: path,
                reason: "\(name) refers to something outside that is not opened", ffmpegText: line,
                remedy: "If it is a playlist of network addresses that you trust, give --allow-network")
        }
        if status == .invalidData || status == .endOfFile || status.isFFmpegsOwn {
            return MediaError(
                .badInput, operation: operation, subject: path,
                reason: "\(name) is not a video that FFmpeg recognises", ffmpegText: text,
                remedy: "Check that it is a video file and was copied completely")
        }
        if lines.contains(where: { $0.contains("Truncating packet") }) {
            return MediaError(
                .badInput, operation: operation, subject: path,
                reason: "\(name) is cut short, before any picture of it is whole", ffmpegText: text,
                remedy: "Get a complete copy")
        }
        return MediaError(
            .ioError, operation: operation, subject: path, reason: "\(name) cannot be read", ffmpegText: text,
            remedy: "Check the disk or the connection it comes from")
    }

    /// Whether the first box of the file has one of the names an MP4 or MOV file begins with; FFmpeg tries a text file
    /// named .mp4 as one too.
    private static func beginsLikeMP4(_ path: String) -> Bool {
        guard path != "-" else { return true }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: 8)
        guard pread(descriptor, &head, head.count, 0) == head.count else { return false }
        return ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"].contains(
            String(decoding: head[4...], as: UTF8.self))
    }

    /// Refuses a file that is shorter than its own index says.
    private func checkIndex(_ path: String) throws {
        guard let fileSize else { return }
        var end: Int64 = 0
        for stream in streams {
            for index in 0..<avformat_index_get_entries_count(stream) {
                guard let entry = avformat_index_get_entry(stream, index) else { continue }
                end = max(end, entry.pointee.pos + Int64(entry.pointee.size))
            }
        }
        if end > fileSize {
            throw MediaError(
                .badInput, operation: Demuxer.operation, subject: path,
                reason: "\"\(path)\" is cut short: its index names \(end) bytes, the file has \(fileSize)",
                remedy: "Get a complete copy, or repair it first with: ffmpeg -i IN -c copy OUT")
        }
    }
}

/// The system's words for an errno value.
func systemText(_ code: Int32) -> String { FFmpegStatus.system(code).text }
