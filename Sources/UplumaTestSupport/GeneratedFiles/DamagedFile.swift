import Foundation

/// A file made by FFmpeg in memory, to be broken by hand before it is written.
struct DamagedFile {
    /// A packet of the video, where it lies in the file.
    struct Packet {
        let range: Range<Int>
        let isKey: Bool
    }

    var bytes: Data
    /// Of the video, in file order, as they lay before the first change.
    let packets: [Packet]
    /// The same in every run.
    var noise: SeededNoise

    /// - Parameter ffmpeg: arguments without the output.
    init(_ ffmpeg: [String], ending: String, seed: UInt64, in folder: TemporaryDirectory) throws {
        let whole = folder.file("whole.\(ending)")
        try FFmpegTool.ffmpeg(ffmpeg + ["file:" + whole])
        bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        packets = try FFmpegTool.ffprobe([
            "-select_streams", "v:0", "-show_entries", "packet=pos,size,flags", "-of", "compact=p=0:nk=0", whole,
        ]).compactMap { line in
            var fields: [Substring: Substring] = [:]
            for field in line.split(separator: "|") {
                let parts = field.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1] }
            }
            guard let position = fields["pos"].flatMap({ Int($0) }), let size = fields["size"].flatMap({ Int($0) })
            else { return nil }
            return Packet(range: position..<position + size, isKey: fields["flags"]?.contains("K") == true)
        }
        noise = SeededNoise(seed: seed)
    }

    /// Flips one bit in each of `count` bytes of a range.
    mutating func flip(_ count: Int, in range: Range<Int>) {
        let range = range.clamped(to: 0..<bytes.count)
        for _ in 0..<count where !range.isEmpty {
            bytes[Int.random(in: range, using: &noise)] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
        }
    }

    /// Replaces a range by noise.
    mutating func scramble(_ range: Range<Int>) {
        for index in range.clamped(to: 0..<bytes.count) { bytes[index] = UInt8.random(in: 0...255, using: &noise) }
    }

    /// Puts bytes of noise, none of them a sync byte of any container, in front of a position.
    mutating func insertGarbage(_ count: Int, at position: Int) {
        let garbage = (0..<count).map { _ in UInt8.random(in: 0x60...0x7F, using: &noise) }
        bytes.insert(contentsOf: garbage, at: min(max(position, 0), bytes.count))
    }

    /// The packet of a number among those that are key frames or not.
    func packet(_ number: Int, isKey: Bool) throws -> Packet {
        let those = packets.filter { $0.isKey == isKey }
        guard those.indices.contains(number) else {
            throw FFmpegTool.Failure(description: "no packet \(number), key frame: \(isKey), of \(packets.count)")
        }
        return those[number]
    }
}

extension Range<Int> {
    /// The range without its first `count` numbers, as far as it has so many.
    func from(_ count: Int) -> Range<Int> { Swift.min(lowerBound + count, upperBound)..<upperBound }
}

extension GeneratedFile {
    /// A file of FFmpeg's, broken by hand.
    init(
        _ name: String, _ about: String, seed: UInt64, ffmpeg: [String],
        damage: @escaping @Sendable (inout DamagedFile) throws -> Void
    ) {
        self.init(name, about) { path, scratch in
            var file = try DamagedFile(
                ffmpeg, ending: String(name.drop { $0 != "." }.dropFirst()), seed: seed, in: scratch)
            try damage(&file)
            try file.bytes.write(to: URL(fileURLWithPath: path))
        }
    }
}
