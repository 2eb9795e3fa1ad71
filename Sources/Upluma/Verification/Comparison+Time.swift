import Foundation
import UplumaFrames
import UplumaMedia

extension Comparison {
    func frameCount() -> ItemVerdict {
        var differences = Differences()
        let (count, found) = (source.picture.times.count, result.picture.times.count)
        if expected.isFilm {
            let film = Double(count) * 4 / 5
            if abs(Double(found) - film) > 1 {
                differences.add("\(count) frames became \(found); four of five are \(Int(film.rounded()))")
            } else {
                differences.intend("\(count) frames became \(found) of film, four of five")
            }
            return differences.verdict(.frames, kept: "")
        }
        if count != found {
            let place =
                frames.missing.first.map { "the first missing is frame \($0) at \(sourceTime($0))" }
                ?? frames.additional.first.map { "the first that is too many is frame \($0) at \(resultTime($0))" }
            differences.add("\(count) frames became \(found)" + (place.map { "; \($0)" } ?? ""))
        }
        return differences.verdict(.frames, kept: "\(count) frames")
    }

    func times() -> ItemVerdict {
        var differences = Differences()
        guard result.form != .yuv4mpeg else {
            differences.intend("YUV4MPEG2 holds no times, only a rate")
            return differences.verdict(.times, kept: "")
        }
        if expected.isFilm { return filmTimes() }
        let (times, found) = (source.picture.secondsFromFirst, result.picture.secondsFromFirst)
        for pair in frames.pairs where abs(times[pair.source] - found[pair.result]) > frames.tolerance {
            differences.add("frame \(pair.source): \(sourceTime(pair.source)) became \(resultTime(pair.result))")
        }
        // With another number of frames, those on either side without a partner have other times.
        for (missing, additional) in zip(frames.missing, frames.additional) {
            differences.add("frame \(missing): \(sourceTime(missing)) became \(resultTime(additional))")
        }
        remarkOnClock(&differences)
        return differences.verdict(.times, kept: "every frame at its time")
    }

    /// Of film nothing but the frame is known that it came from; its times lie inside, rise, and end with the source.
    private func filmTimes() -> ItemVerdict {
        var differences = Differences()
        let picture = source.picture
        guard let first = picture.times.first, let last = picture.times.last, let start = result.picture.times.first
        else { return differences.verdict(.times, kept: "no frames") }
        let (tick, resultTick) = (picture.timeBase.doubleValue, result.picture.timeBase.doubleValue)
        let length = Double(last - first + (picture.durations.last ?? 0)) * tick
        for (index, time) in result.picture.times.enumerated() {
            let seconds = Double(time - start) * resultTick
            if seconds < 0 || seconds >= length {
                differences.add("frame \(index) at \(resultTime(index)) lies outside the source's \(inSeconds(length))")
            }
        }
        let duration = result.picture.durations.last ?? 0
        let end = Double((result.picture.times.last ?? start) - start + duration) * resultTick
        let frame = Double(picture.durations.last ?? 0) * tick
        if differences.count == 0, abs(end - length) > frame + 2 * resultTick {
            differences.add("the picture ends after \(inSeconds(end)) instead of \(inSeconds(length))")
        }
        differences.intend("film's own times, inside the source's \(inSeconds(length)) and up to its end")
        return differences.verdict(.times, kept: "")
    }

    func durations() -> ItemVerdict {
        var differences = Differences()
        guard result.form != .yuv4mpeg, !expected.isFilm else {
            differences.intend(expected.isFilm ? "film's own durations" : "YUV4MPEG2 holds no durations")
            return differences.verdict(.durations, kept: "")
        }
        for pair in frames.pairs {
            guard let (before, after) = otherDuration(pair) else { continue }
            differences.add("frame \(pair.source): shown for \(inSeconds(before)), became \(inSeconds(after))")
        }
        remarkOnClock(&differences)
        return differences.verdict(.durations, kept: "every frame shown as long as before")
    }

    /// How long a frame was shown and is now, in seconds; nil when that is the same, as far as the result can say it.
    private func otherDuration(_ pair: (source: Int, result: Int)) -> (before: Double, after: Double)? {
        let (picture, found) = (source.picture, result.picture)
        let (tick, foundTick) = (picture.timeBase.doubleValue, found.timeBase.doubleValue)
        let duration = Double(picture.durations[pair.source]) * tick
        let other = Double(found.durations[pair.result]) * foundTick
        guard duration > 0 else { return nil }
        let isSame = abs(duration - other) <= frames.tolerance
        guard pair.result + 1 == found.times.count else {
            // A frame stays until the next one comes, which `times` has looked at. MP4 stores steps of decoding times, and
            // Matroska one duration for all frames.
            let shown = Double(found.times[pair.result + 1] - found.times[pair.result]) * foundTick
            let isKept =
                isSame || other == 0 || [.iso, .matroska].contains(result.form)
                || abs(other - shown) <= frames.tolerance
            return isKept ? nil : (duration, other)
        }
        // The last one lasts as long as the stream, where the container says how long that is; in MP4 nothing else tells.
        guard let stated = found.statedLength, let first = picture.times.first, !isSame || result.form == .iso
        else { return isSame ? nil : (duration, other) }
        let (length, begin) = (Double(stated) * foundTick, Double(picture.times[pair.source] - first) * tick)
        var ends = [begin + duration]
        if span == nil, let stated = picture.statedLength { ends.append(Double(stated) * tick) }
        let isKept = ends.contains { abs(length - $0) <= frames.tolerance + editListTick }
        return isKept ? nil : (duration, length - begin)
    }

    func starts() -> ItemVerdict {
        var differences = Differences()
        guard result.form != .yuv4mpeg else {
            differences.intend("YUV4MPEG2 holds no times")
            return differences.verdict(.starts, kept: "")
        }
        guard let shift else { return differences.verdict(.starts, kept: "no frames") }
        if abs(shift) > max(frames.tolerance, editListTick) {
            if let reason = reasonForShift(shift) {
                let way = shift > 0 ? "later" : "earlier"
                differences.intend("everything begins \(inSeconds(abs(shift))) \(way) alike: \(reason)")
            } else {
                let first = sourceSeconds(source.picture.times.first ?? 0, source.picture.timeBase)
                differences.add("the picture begins at \(inSeconds(first + shift)) instead of \(inSeconds(first))")
            }
        }
        for (before, after) in copied {
            guard case .none = expected.fates[before.index],
                let first = kept(before).first?.time, let other = after.packets.times.first.flatMap({ $0 })
            else { continue }
            let seconds = sourceSeconds(first, before.timeBase)
            let offset = Double(other) * after.timeBase.doubleValue - seconds - shift
            if abs(offset) > startTolerance(before, after) {
                let way = offset > 0 ? "later" : "earlier"
                differences.add("\(before.title) begins \(inSeconds(abs(offset))) \(way) against the picture")
            }
        }
        return differences.verdict(.starts, kept: "every stream where it was")
    }

    /// How much later the picture begins than in the source (or its excerpt), in seconds.
    var shift: Double? {
        guard let first = source.picture.times.first, let other = result.picture.times.first else { return nil }
        // What film begins with depends on the pattern: the first field of a frame may be dropped.
        return Double(other) * result.picture.timeBase.doubleValue
            - sourceSeconds(first, source.picture.timeBase)
    }

    /// How far the beginnings of a stream and of the picture may move apart: each is rounded once by half a tick.
    private func startTolerance(_ before: StreamInventory, _ after: StreamInventory) -> Double {
        let picture = roundingTolerance(from: source.picture.timeBase, to: result.picture.timeBase)
        return (picture + roundingTolerance(from: before.timeBase, to: after.timeBase)) / 2 + editListTick
    }

    /// MP4 says where a stream begins on a clock of the file as a whole: that of the pictures, mostly of the sound, too.
    private var editListTick: Double { result.form == .iso ? 0.000_05 : 0 }

    /// Why a container had to move everything; nil when it had not.
    private func reasonForShift(_ shift: Double) -> String? {
        switch result.form {
        case .matroska where shift > 0:
            guard let earliest, earliest < 0, shift <= -earliest + 2 * result.picture.timeBase.doubleValue
            else { return nil }
            return "Matroska has no times below zero"
        case .iso where shift > 0:
            let first = source.picture.times.first.map { sourceSeconds($0, source.picture.timeBase) } ?? 0
            guard abs(first + shift) <= 2 * result.picture.timeBase.doubleValue + editListTick else { return nil }
            return "players hide what lies before zero"
        case .avi: return "AVI counts from zero, in the order of decoding"
        case .transport where shift > 0: return "a transport stream's clock begins later"
        default: return nil
        }
    }

    /// When the first packet or frame comes that the result is to have, in seconds on the result's clock but for a shift.
    private var earliest: Double? {
        let others = copied.compactMap { before, _ in
            kept(before).compactMap(\.time).min().map { sourceSeconds($0, before.timeBase) }
        }
        let picture = source.picture.times.first.map { sourceSeconds($0, source.picture.timeBase) }
        return (others + [picture].compactMap { $0 }).min()
    }

    /// Seconds from where the result's clock begins.
    func sourceSeconds(_ ticks: Int64, _ timeBase: Rational) -> Double {
        Double(ticks) * timeBase.doubleValue - Double(span?.start ?? 0) / 1_000_000
    }

    private func remarkOnClock(_ differences: inout Differences) {
        if result.picture.timeBase.doubleValue > source.picture.timeBase.doubleValue * 1.000001 {
            differences.remark("rounded once, to \(result.picture.timeBase) s")
        }
    }

    private func sourceTime(_ index: Int) -> String { inSeconds(source.picture.times[index], source.picture.timeBase) }
    private func resultTime(_ index: Int) -> String { inSeconds(result.picture.times[index], result.picture.timeBase) }
}
