import Foundation
import UplumaFrames
import UplumaMedia

extension Comparison {
    func chapters() -> ItemVerdict {
        var differences = Differences()
        let (before, after) = (expectedChapters, result.chapters)
        if result.form == .yuv4mpeg, !before.isEmpty {
            differences.intend("YUV4MPEG2 holds nothing but pictures")
            return differences.verdict(.chapters, kept: "")
        }
        if before.count != after.count { differences.add("\(before.count) chapters became \(after.count)") }
        for (index, pair) in zip(before, after).enumerated() where before.count == after.count {
            let (old, new) = (pair.0, pair.1)
            let tick = new.timeBase.doubleValue
            let begin = (old.start, Double(new.start) * tick)
            let end = (old.end, Double(new.end) * tick)
            for (what, times) in [("begins", begin), ("ends", end)] {
                // Containers that move all streams may leave chapters where they were, or take them along.
                let offset = times.1 - times.0
                let tolerance = 1.01 * max(tick, 0.001)
                if abs(offset) > tolerance, abs(offset - (shift ?? 0)) > tolerance {
                    differences.add("chapter \(index + 1) \(what) at \(inSeconds(times.1)), not \(inSeconds(times.0))")
                }
            }
            for tag in old.tags where value(tag.key, in: new.tags) != tag.value {
                let name = tag.key.lowercased() == "title" ? "" : "'s \(tag.key)"
                differences.add(
                    "chapter \(index + 1)\(name): \"\(tag.value)\" \(became(value(tag.key, in: new.tags)))")
            }
        }
        return differences.verdict(.chapters, kept: before.isEmpty ? "there are none" : "\(before.count) chapters")
    }

    /// Start and end in seconds on the result's clock.
    private var expectedChapters: [(start: Double, end: Double, tags: [MediaTag])] {
        source.chapters.compactMap { chapter in
            let tick = chapter.timeBase.doubleValue
            let (start, end) = (Double(chapter.start) * tick, Double(chapter.end) * tick)
            guard let span else { return (start, end, chapter.tags) }
            let first = Double(span.start) / 1_000_000
            let last = span.end.map { Double($0) / 1_000_000 } ?? .infinity
            guard start < last, end > first else { return nil }
            return (max(start, first) - first, min(end, last) - first, chapter.tags)
        }
    }

    func tags() -> ItemVerdict {
        var differences = Differences()
        guard result.form != .yuv4mpeg else {
            if source.tags.contains(where: { !$0.isMuxers }) {
                differences.intend("YUV4MPEG2 holds nothing but pictures")
            }
            return differences.verdict(.tags, kept: "there are none")
        }
        compare(source.tags, result.tags, "the file", &differences)
        for (before, after) in paired where !isAttached(before) {
            // Language and title have items of their own.
            let others = before.tags.filter { !["language", "title"].contains($0.key.lowercased()) }
            compare(others, after.tags, before.title, &differences)
        }
        return differences.verdict(.tags, kept: "tags as they were")
    }

    private func compare(
        _ before: [MediaTag], _ after: [MediaTag], _ name: String, _ differences: inout Differences
    ) {
        for tag in before where !tag.isMuxers && !tag.isContainersOwn {
            let found = value(tag.key, in: after)
            if found != tag.value { differences.add("\(tag.key) of \(name): \"\(tag.value)\" \(became(found))") }
        }
    }

    private func value(_ key: String, in tags: [MediaTag]) -> String? {
        tags.first { $0.key.lowercased() == key.lowercased() }?.value
    }
}

extension MediaTag {
    /// Fields that MP4, QuickTime and AVI have for the programs that write and handle a file; FFmpeg shows them as tags.
    fileprivate var isContainersOwn: Bool { ["handler_name", "vendor_id", "software"].contains(key.lowercased()) }
}
