import Foundation
import UplumaFrames
import UplumaMedia

extension Comparison {
    func streams() -> ItemVerdict {
        var differences = Differences()
        for stream in source.streams where stream.index != source.mainVideo && !stream.isChapterTrack {
            if result.form == .yuv4mpeg {
                differences.intend("YUV4MPEG2 holds nothing but pictures")
            } else if expected.fates[stream.index] == .dropped {
                differences.intend("\(stream.title) was left out, as told")
            }
        }
        for index in pairs.missing where !isAttached(source.streams[index]) {
            let stream = source.streams[index]
            if canBeLeftOut(stream) {
                differences.intend("\(stream.title) is left out: the container cannot hold it, or it is empty")
            } else {
                differences.add("\(stream.title) is missing")
            }
        }
        for (before, after) in copied where !isAttached(before) {
            if case .converted(let codec) = expected.fates[before.index], after.codec == codec {
                differences.intend("\(before.title) became \(codec), as told")
            } else if result.form == .iso, StreamInventory.mpegAudio.isSuperset(of: [before.codec, after.codec]) {
                // MP4 has one name for the layers of MPEG audio; the packets themselves tell.
                continue
            } else if before.codec != after.codec {
                differences.add("\(before.title) became \(after.codec)")
            }
        }
        for index in pairs.additional {
            differences.intend("the result has one stream more: \(result.streams[index].title)")
        }
        return differences.verdict(.streams, kept: "\(pairs.pairs.count) streams")
    }

    func packets() -> ItemVerdict {
        var differences = Differences()
        var compared = 0
        for (before, after) in copied where !isAttached(before) {
            if case .converted(let codec) = expected.fates[before.index] {
                differences.intend("\(before.title) was converted to \(codec)")
                continue
            }
            compared += compare(before, after, &differences)
        }
        if result.form == .yuv4mpeg, copied.isEmpty, source.streams.count > 1 {
            differences.intend("YUV4MPEG2 holds nothing but pictures")
        }
        return differences.verdict(.packets, kept: "\(compared) packets bit for bit, at their times")
    }

    /// - Returns: how many packets were compared.
    private func compare(
        _ before: StreamInventory, _ after: StreamInventory, _ differences: inout Differences
    ) -> Int {
        let packets = kept(before)
        let found = after.packets
        if ["ass", "ssa", "dvd_subtitle"].contains(before.codec), before.header != after.header {
            differences.add("\(before.title): its header (styles, colours) differs")
        }
        guard packets.count == found.contents.count else {
            if span == nil, before.packets.whole == found.whole {
                differences.remark(
                    "\(before.title): the same bytes in \(found.contents.count) packets, "
                        + "not \(packets.count)")
            } else {
                differences.add("\(before.title): \(packets.count) packets became \(found.contents.count)")
            }
            return packets.count
        }
        let tolerance = roundingTolerance(from: before.timeBase, to: after.timeBase)
        let isWhole = span == nil && before.packets.whole == found.whole
        var firsts: (before: Int64, after: Int64)?
        for (index, packet) in packets.enumerated() {
            if packet.content != found.contents[index], !isWhole {
                differences.add("\(before.title): packet \(index) differs")
            }
            guard let time = packet.time, let other = found.times[index] else { continue }
            let first = firsts ?? (time, other)
            firsts = first
            let (seconds, now) = (
                Double(time - first.before) * before.timeBase.doubleValue,
                Double(other - first.after) * after.timeBase.doubleValue
            )
            if abs(seconds - now) > tolerance {
                differences.add(
                    "\(before.title): packet \(index) comes \(inSeconds(now)) after the first, not \(inSeconds(seconds))"
                )
            } else if before.kind == .subtitle, packet.duration > 0 {
                let (shown, remains) = (
                    Double(packet.duration) * before.timeBase.doubleValue,
                    Double(found.durations[index]) * after.timeBase.doubleValue
                )
                if abs(shown - remains) > tolerance {
                    differences.add(
                        "\(before.title): packet \(index) is shown for \(inSeconds(remains)), not \(inSeconds(shown))")
                }
            }
        }
        return packets.count
    }

    /// The packets of a stream of the source that the result is to have.
    func kept(_ stream: StreamInventory) -> [(time: Int64?, duration: Int64, content: ContentDigest)] {
        let log = stream.packets
        return log.contents.indices.compactMap { index in
            guard let span else { return (log.times[index], log.durations[index], log.contents[index]) }
            guard let time = log.times[index] else { return nil }
            return span.cut(
                time: time, duration: log.durations[index], stream.timeBase, isSubtitle: stream.kind == .subtitle
            ).map { ($0.time, $0.duration, log.contents[index]) }
        }
    }

    func language() -> ItemVerdict {
        var differences = Differences()
        for (before, after) in paired {
            let (old, new) = (known(before.tag("language")), known(after.tag("language")))
            if let old, old != new {
                differences.add("\(before.title): \(old) became \(new ?? "unknown")")
            }
        }
        return differences.verdict(.language, kept: "languages as they were")
    }

    func titles() -> ItemVerdict {
        var differences = Differences()
        for (before, after) in paired {
            guard let old = before.tag("title"), old != after.tag("title") else { continue }
            if result.form == .iso, after.tag("handler_name") == old {
                differences.intend("MP4 keeps the title of \(before.title) as the name of its handler")
            } else {
                differences.add("\(before.title): \"\(old)\" \(became(after.tag("title")))")
            }
        }
        return differences.verdict(.titles, kept: "titles as they were")
    }

    func dispositions() -> ItemVerdict {
        var differences = Differences()
        for (before, after) in paired {
            // Of a single stream of its kind, "default" says nothing, and containers differ in what they take for granted.
            let isAlone = source.streams.count { $0.kind == before.kind && !isAttached($0) } < 2
            let ignored: Set<String> = isAlone ? ["default", "attached_pic"] : ["attached_pic"]
            let old = Set(before.dispositions).subtracting(ignored)
            var new = Set(after.dispositions).subtracting(ignored)
            if result.form == .iso, !old.contains("default"), new.contains("default"), !hasDefault(before.kind) {
                differences.remark("MP4 makes \(before.title) the default one, since the source names none")
                new.remove("default")
            }
            if old != new { differences.add("\(before.title): \(list(old)) became \(list(new))") }
        }
        return differences.verdict(.disposition, kept: "dispositions as they were")
    }

    func attachments() -> ItemVerdict {
        var differences = Differences()
        let all = source.streams.filter { isAttached($0) }
        if result.form == .yuv4mpeg, !all.isEmpty { differences.intend("YUV4MPEG2 holds nothing but pictures") }
        for stream in all where expected.fates[stream.index] == .dropped {
            differences.intend("\(stream.title) was left out, as told")
        }
        for index in pairs.missing where isAttached(source.streams[index]) {
            let stream = source.streams[index]
            differences.add("\(stream.tag("filename") ?? stream.title) is missing")
        }
        for (before, after) in copied where isAttached(before) {
            let name = before.tag("filename") ?? before.title
            if before.content != after.content { differences.add("\(name): its content differs") }
            for key in ["filename", "mimetype"] {
                guard let old = before.tag(key), old != after.tag(key) else { continue }
                if before.isAttachedPicture, result.form == .iso {
                    differences.intend("\(name) is cover art still; MP4 keeps no name of it")
                } else {
                    differences.add("\(name): its \(key) \(became(after.tag(key)))")
                }
            }
        }
        return differences.verdict(
            .attachments, kept: all.isEmpty ? "there are none" : "\(all.count) attached files")
    }

    func isAttached(_ stream: StreamInventory) -> Bool { stream.kind == .attachment || stream.isAttachedPicture }

    /// Whether a stream may be absent without a loss: data that the container has no place for, and streams that are
    /// announced and never come.
    private func canBeLeftOut(_ stream: StreamInventory) -> Bool {
        switch stream.kind {
        case .data, .unknown: true
        default: stream.packets.contents.isEmpty
        }
    }

    private func hasDefault(_ kind: MediaStream.Kind) -> Bool {
        source.streams.contains { $0.kind == kind && $0.dispositions.contains("default") }
    }

    /// "und" is Matroska's and MP4's way of saying nothing.
    private func known(_ language: String?) -> String? { language == "und" ? nil : language }

    private func list(_ names: Set<String>) -> String { names.isEmpty ? "none" : names.sorted().joined(separator: "+") }
    func became(_ value: String?) -> String { value.map { "became \"\($0)\"" } ?? "is gone" }
}
