import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

/// A spool keeps packets to the bit, and everything up to a checkpoint whatever happens behind it.
@Suite struct SpoolTests {
    /// Coded pictures of two encoders one after the other, as a run makes them.
    private struct Written {
        let folder: TemporaryDirectory
        let path: String
        let header: SpoolHeader
        let packets: [[Int64]]
        /// Bytes of the file behind each checkpoint.
        let ends: [Int]
    }

    /// Uneven times, B-frames: coded order is not that of the times.
    private static let steps: [Int64] = [40, 40, 10, 70, 40, 40, 200, 40, 1, 39, 40, 40]

    private func encoder(_ name: String = "libx264") throws -> VideoEncoder {
        let container = try MediaContainer(outputName: "a.mkv")
        let settings = EncoderSettings(name: name, threads: 1, isSteady: true)
        let picture = OutputPicture(
            width: 64, height: 48, format: PictureFormat(chroma: .yuv420, bitDepth: 8), color: ColorDescription(),
            sampleAspect: nil, timeBase: Rational(1, 1000), frameRate: Rational(25, 1))
        return try VideoEncoder(
            EncoderChoice(settings, container: container), settings: settings, picture: picture, container: container)
    }

    private func write(_ identity: String = "one", segments: Int = 2, encoder name: String = "libx264") throws
        -> Written
    {
        let folder = try TemporaryDirectory()
        let path = folder.file("a.part")
        let header = SpoolHeader(identity: identity, encoder: try encoder(name))
        let writer = try SpoolWriter(path: path, header: header)
        var (packets, ends): ([[Int64]], [Int]) = ([], [])
        var (time, checkpoint) = (Int64(7), SpoolCheckpoint())
        for segment in 0..<segments {
            let encoder = try encoder(name)
            let pool = FramePool(format: PictureFormat(chroma: .yuv420, bitDepth: 8), width: 64, height: 48)
            for (index, step) in Self.steps.enumerated() {
                var frame = pool.take()
                var noise = SeededNoise(seed: UInt64(segment * 100 + index))
                for plane in frame.planes {
                    plane.withBytes { bytes in
                        for y in 0..<plane.height {
                            for x in 0..<plane.width {
                                bytes.storeBytes(
                                    of: UInt8.random(in: 0...255, using: &noise), toByteOffset: y * plane.stride + x,
                                    as: UInt8.self)
                            }
                        }
                    }
                }
                (frame.pts, frame.duration) = (time, step)
                time += step
                try encoder.encode(frame) { packet in
                    packets.append([packet.pts ?? -1, packet.duration, Int64(packet.size)])
                    try writer.write(packet)
                }
                checkpoint.frames += 1
            }
            try encoder.encode(nil) { packet in
                packets.append([packet.pts ?? -1, packet.duration, Int64(packet.size)])
                try writer.write(packet)
            }
            checkpoint.next = segment == segments - 1 ? nil : time
            checkpoint.notes.append("segment \(segment)")
            try writer.write(checkpoint)
            ends.append(writer.bytes)
        }
        return Written(folder: folder, path: path, header: header, packets: packets, ends: ends)
    }

    private func read(_ path: String) throws -> [[Int64]] {
        let reader = try #require(try SpoolReader(path: path))
        var packets: [[Int64]] = []
        while let packet = try reader.read() {
            packets.append([packet.pts ?? -1, packet.duration, Int64(packet.size)])
        }
        return packets
    }

    @Test("packets come back as they were, with the last checkpoint") func roundTrip() throws {
        let written = try write()
        #expect(try read(written.path) == written.packets)
        let reader = try #require(try SpoolReader(path: written.path))
        #expect(reader.header == written.header)
        #expect(reader.last.isEnd && reader.last.frames == 2 * Self.steps.count)
        #expect(reader.last.notes == ["segment 0", "segment 1"])
        #expect(reader.last.reordering > 0, "x264 writes B-frames here")
        #expect(reader.intactBytes == written.ends[1])
    }

    @Test("cut anywhere, it is good up to the checkpoint before") func cut() throws {
        let written = try write()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: written.path))
        let copy = written.folder.file("b.part")
        let half = written.packets.count / 2
        let places = stride(from: 0, to: bytes.count, by: 97).map { $0 } + written.ends.flatMap { [$0 - 1, $0] }
        for place in places {
            try bytes.prefix(place).write(to: URL(fileURLWithPath: copy))
            let found = try SpoolReader(path: copy)
            let whole = written.ends.count { $0 <= place }
            guard let found else {
                #expect(whole == 0, "cut at \(place)")
                continue
            }
            #expect(found.last.frames == whole * Self.steps.count, "cut at \(place)")
            #expect(try read(copy).count == whole * half, "cut at \(place)")
        }
    }

    @Test("a flipped bit, or zeros that a power cut left, end what counts") func damaged() throws {
        let written = try write()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: written.path))
        let copy = written.folder.file("b.part")
        for place in stride(from: written.ends[0], to: written.ends[1], by: 61) {
            var flipped = bytes
            flipped[place] ^= 0x10
            try flipped.write(to: URL(fileURLWithPath: copy))
            #expect(try #require(try SpoolReader(path: copy)).last.frames == Self.steps.count, "bit at \(place)")
        }
        try (bytes.prefix(written.ends[0] + 100) + Data(count: 5000)).write(to: URL(fileURLWithPath: copy))
        #expect(try #require(try SpoolReader(path: copy)).last.frames == Self.steps.count)
    }

    @Test("writing goes on behind the last checkpoint; a spool of something else is replaced") func goingOn() throws {
        let written = try write()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: written.path))
        try bytes.prefix(written.ends[1] - 3).write(to: URL(fileURLWithPath: written.path))
        do {
            let writer = try SpoolWriter(path: written.path, header: written.header)
            #expect(writer.begun.frames == Self.steps.count && !writer.begun.isEnd && !writer.replacedAnother)
            #expect(writer.bytes == written.ends[0])
            #expect(throws: MediaError.self) { _ = try SpoolWriter(path: written.path, header: written.header) }
        }
        var other = written.header
        other.identity = "two"
        let writer = try SpoolWriter(path: written.path, header: other)
        #expect(writer.begun.frames == 0 && writer.begun.next == .min && writer.replacedAnother)
    }

    @Test("joined parts are decoded in rising order, none before its time", arguments: ["libx264", "mpeg4", "ffv1"])
    func joined(name: String) throws {
        let written = try write(segments: 3, encoder: name)
        let reader = try #require(try SpoolReader(path: written.path))
        let joined = try JoinedPackets([reader], as: written.header)
        #expect(joined.frames == 3 * Self.steps.count && joined.notes.count == 3)
        var (times, decoding): ([Int64], [Int64]) = ([], [])
        while let packet = try joined.read() {
            times.append(try #require(packet.pts))
            decoding.append(try #require(packet.dts))
        }
        #expect(times == written.packets.map { $0[0] }, "in coded order, none lost")
        #expect(zip(decoding, times).allSatisfy { $0 <= $1 })
        #expect(zip(decoding, decoding.dropFirst()).allSatisfy { $0 < $1 })
        // The law: moved by the reordering, decoding times are the times in order.
        let depth = reader.last.reordering
        #expect(Array(decoding.dropFirst(depth)) == Array(times.sorted().dropLast(depth)))
    }

    @Test("parts of another encoder or header are refused") func foreign() throws {
        let written = try write()
        let reader = try #require(try SpoolReader(path: written.path))
        var other = written.header
        other.extradata = [1, 2, 3]
        let error = #expect(throws: MediaError.self) { _ = try JoinedPackets([reader], as: other) }
        #expect(error?.description.contains("do not fit together") == true)
    }

    @Test("steady encoders have one thread, unless they lose nothing", arguments: ["libx264", "libx265", "libvpx-vp9"])
    func steady(name: String) throws {
        let one = try write(encoder: name)
        let other = try write(encoder: name)
        #expect(one.packets == other.packets)
    }
}
