import CFFmpeg

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks whether the run was cancelled; shared with FFmpeg's callbacks.
final class CancellationCheck: Sendable {
    let isCancelled: @Sendable () -> Bool
    init(_ isCancelled: @escaping @Sendable () -> Bool) { self.isCancelled = isCancelled }

    /// The callback FFmpeg polls during blocking operations. The receiver must outlive the context it is given to.
    var interrupt: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<CancellationCheck>.fromOpaque(opaque).takeUnretainedValue().isCancelled() ? 1 : 0
            }, opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}

/// Reads a pipe for FFmpeg, looking at the cancellation check ten times a second while no data comes.
///
/// FFmpeg's own pipe protocol blocks in read(2), where no cancellation reaches it.
final class PipeInput {
    let io: UnsafeMutablePointer<AVIOContext>
    private let source: Source

    /// What the read callback works on.
    private final class Source {
        let descriptor: Int32
        let closesDescriptor: Bool
        let cancellation: CancellationCheck

        init(descriptor: Int32, closesDescriptor: Bool, cancellation: CancellationCheck) {
            self.descriptor = descriptor
            self.closesDescriptor = closesDescriptor
            self.cancellation = cancellation
        }

        deinit { if closesDescriptor { close(descriptor) } }

        func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int32) -> Int32 {
            while true {
                if cancellation.isCancelled() { return FFmpegStatus.exitRequested.rawValue }
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&waiting, 1, 100)
                if ready == 0 || (ready < 0 && errno == EINTR) { continue }
                if ready < 0 { return FFmpegStatus.system(errno).rawValue }
                #if canImport(Glibc)
                    let got = Glibc.read(descriptor, buffer, Int(count))
                #elseif canImport(Musl)
                    let got = Musl.read(descriptor, buffer, Int(count))
                #else
                    let got = Darwin.read(descriptor, buffer, Int(count))
                #endif
                if got > 0 { return Int32(got) }
                if got == 0 { return FFmpegStatus.endOfFile.rawValue }
                if errno != EINTR && errno != EAGAIN { return FFmpegStatus.system(errno).rawValue }
            }
        }
    }

    /// `closesDescriptor` says whether the descriptor is closed with this object: not for standard input.
    init(descriptor: Int32, closesDescriptor: Bool, cancellation: CancellationCheck) throws {
        source = Source(descriptor: descriptor, closesDescriptor: closesDescriptor, cancellation: cancellation)
        let size = 1 << 16
        guard let buffer = av_malloc(size) else { throw outOfMemory("read a pipe") }
        let opaque = Unmanaged.passUnretained(source).toOpaque()
        let context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(size), 0, opaque,
            { opaque, buffer, count in
                guard let opaque, let buffer else { return FFmpegStatus.system(EINVAL).rawValue }
                return Unmanaged<Source>.fromOpaque(opaque).takeUnretainedValue().read(into: buffer, count: count)
            }, nil, nil)
        guard let context else {
            av_free(buffer)
            throw outOfMemory("read a pipe")
        }
        io = context
    }

    deinit {
        av_free(io.pointee.buffer)
        var owned: UnsafeMutablePointer<AVIOContext>? = io
        avio_context_free(&owned)
    }
}
