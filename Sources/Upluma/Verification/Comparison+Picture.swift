import Foundation
import UplumaFrames
import UplumaMedia

extension Comparison {
    /// Frames of both files that belong together and differ in look from the pair before: every pair of looks once.
    private var lookPairs: [(index: Int, source: FrameLook, result: FrameLook)] {
        var found: [(index: Int, source: FrameLook, result: FrameLook)] = []
        for pair in expected.isFilm ? filmPairs : frames.pairs {
            guard let before = source.picture.look(at: pair.source), let after = result.picture.look(at: pair.result)
            else { continue }
            if let last = found.last, last.source == before, last.result == after { continue }
            found.append((pair.source, before, after))
        }
        return found
    }

    /// Whether the source changes its size, shape or format on the way: a result has those of the first picture throughout.
    private func isFitted(_ pair: (index: Int, source: FrameLook, result: FrameLook)) -> Bool {
        guard let before = source.picture.looks.first?.look, let after = result.picture.looks.first?.look else {
            return false
        }
        return !pair.source.hasShape(of: before) && pair.result.hasShape(of: after)
    }

    private static let fitted = "the source changes on the way; its pictures are fitted to the first"

    /// Frames of film have no partners; the first and the last pairs say what there is to say.
    private var filmPairs: [(source: Int, result: Int)] {
        guard !source.picture.times.isEmpty, !result.picture.times.isEmpty else { return [] }
        return [(0, 0), (source.picture.times.count - 1, result.picture.times.count - 1)]
    }

    func size() -> ItemVerdict {
        var differences = Differences()
        // Pictures that are the same many times over allow several ratios: what counts is one that fits them all.
        var common: [SizeRatio]?
        for pair in lookPairs {
            if isFitted(pair) {
                differences.intend(Comparison.fitted)
                continue
            }
            var (width, height) = (pair.source.width, pair.source.height)
            if expected.isTurnedUpright, turnsAcross { (width, height) = (height, width) }
            let (wide, high) = (pair.result.width, pair.result.height)
            let fitting = ratios(width, wide).filter { (0...1).contains(high - $0.size(height)) }
            // Encoders of subsampled pictures may need one column and one row more; what needs the fewest is meant.
            let padding = { (ratio: SizeRatio) in wide - ratio.size(width) + high - ratio.size(height) }
            let least = fitting.map(padding).min()
            let nearest = fitting.filter { padding($0) == least }
            guard let ratio = nearest.first else {
                let wanted = expected.change.map { SizeRatio($0) }
                differences.add(
                    "\(width)×\(height) became \(wide)×\(high), which is "
                        + (wanted.map { "not \($0.words) the source's" } ?? "no multiple"))
                continue
            }
            common = common.map { $0.filter(nearest.contains) } ?? nearest
            if padding(ratio) > 0 {
                differences.remark(
                    "padded by \(wide - ratio.size(width)) columns and \(high - ratio.size(height)) rows")
            }
        }
        if common?.isEmpty == true { differences.add("the size of the picture changes by different factors") }
        return differences.verdict(.size, kept: common?.first.map { "\($0.words) the source's" } ?? "no frames")
    }

    /// The ratios that make one width of another, padded by a column or not, in the order of preference: whole ones first.
    private func ratios(_ width: Int, _ wide: Int) -> [SizeRatio] {
        let whole = [0, 1].compactMap { (wide - $0) % width == 0 ? (wide - $0) / width : nil }.filter { $0 > 0 }
        let known = expected.change.map { [SizeRatio($0)] } ?? whole.map { SizeRatio($0, 1) } + SizeRatio.all
        return known.filter { (0...1).contains(wide - $0.size(width)) }
    }

    func aspect() -> ItemVerdict {
        var differences = Differences()
        for pair in lookPairs {
            if isFitted(pair) {
                differences.intend(Comparison.fitted)
                continue
            }
            var before = pair.source.sampleAspect ?? Rational(1, 1)
            if expected.isTurnedUpright, turnsAcross { before = Rational(before.denominator, before.numerator) }
            let after = pair.result.sampleAspect ?? Rational(1, 1)
            if isSame(before, after) { continue }
            let width = Double(pair.result.width)
            // Matroska keeps the width of the display in whole pixels.
            if result.form == .matroska, abs(before.doubleValue - after.doubleValue) * width <= 1 {
                differences.remark("\(before) rounded to \(after): Matroska keeps whole pixels of the display")
            } else {
                differences.add("samples of \(before) became \(after)")
            }
        }
        return differences.verdict(.aspect, kept: "the display aspect is the source's")
    }

    private func isSame(_ one: Rational, _ other: Rational) -> Bool {
        Int64(one.numerator) * Int64(other.denominator) == Int64(other.numerator) * Int64(one.denominator)
    }

    /// Whether the source is to be turned by a quarter, so that width and height change places.
    private var turnsAcross: Bool { source.picture.orientation?.first == 0 }

    func rotation() -> ItemVerdict {
        var differences = Differences()
        let upright: [Int32] = [1 << 16, 0, 0, 1 << 16]
        let (before, after) = (source.picture.orientation ?? upright, result.picture.orientation ?? upright)
        if expected.isTurnedUpright {
            if after != upright {
                differences.add("the pixels were turned, and the result asks to be turned again")
            } else if before != upright {
                differences.intend("the pixels were turned upright, as told")
            }
        } else if before != after {
            differences.add("\(turned(before)) became \(turned(after))")
        }
        return differences.verdict(.rotation, kept: before == upright ? "upright" : turned(before))
    }

    private func turned(_ matrix: [Int32]) -> String {
        let values = matrix.map { Double($0) / 65536 }
        let degrees = atan2(values[1], values[0]) * 180 / .pi
        let mirrored = values[0] * values[3] - values[1] * values[2] < 0
        return "turned by \(Int((degrees + 360).rounded()) % 360)°" + (mirrored ? " and mirrored" : "")
    }

    func depth() -> ItemVerdict {
        var differences = Differences()
        for pair in lookPairs where pair.source.format.bitDepth != pair.result.format.bitDepth {
            if isFitted(pair) {
                differences.intend(Comparison.fitted)
                continue
            }
            let words = "\(pair.source.format.bitDepth) bits became \(pair.result.format.bitDepth)"
            if expected.format?.bitDepth == pair.result.format.bitDepth {
                differences.intend(words + ", as told")
            } else {
                differences.add(words)
            }
        }
        let bits = source.picture.looks.first?.look.format.bitDepth
        return differences.verdict(.depth, kept: bits.map { "\($0) bits" } ?? "no frames")
    }

    func subsampling() -> ItemVerdict {
        var differences = Differences()
        for pair in lookPairs where pair.source.format.chroma != pair.result.format.chroma {
            if isFitted(pair) {
                differences.intend(Comparison.fitted)
                continue
            }
            let words = "\(pair.source.format.chroma.rawValue) became \(pair.result.format.chroma.rawValue)"
            if expected.format?.chroma == pair.result.format.chroma {
                differences.intend(words + ", as told")
            } else {
                differences.add(words)
            }
        }
        if source.picture.hasAlpha, !result.picture.hasAlpha {
            differences.intend("transparency is left out, as always")
        }
        let chroma = source.picture.looks.first?.look.format.chroma.rawValue
        return differences.verdict(.subsampling, kept: chroma ?? "no frames")
    }

    func color() -> ItemVerdict {
        var differences = Differences()
        for pair in lookPairs {
            let (before, after) = (pair.source.color, pair.result.color)
            if before.range != after.range {
                if Set([before.range, after.range]) == [.unspecified, .limited] {
                    differences.remark(
                        "range \(before.range) became \(after.range): what is not said counts as limited")
                } else {
                    differences.add("range \(before.range) became \(after.range)")
                }
            }
            for (name, old, new) in [
                ("primaries", before.primaries, after.primaries), ("transfer", before.transfer, after.transfer),
                ("matrix", before.matrix, after.matrix),
            ] where old != new {
                differences.add("\(name) \(codePoint(old)) became \(codePoint(new))")
            }
        }
        return differences.verdict(.color, kept: "tags as they were")
    }

    /// In H.273, 2 says nothing.
    private func codePoint(_ value: Int32) -> String { value == 2 ? "unsaid" : "\(value)" }

    func chromaLocation() -> ItemVerdict {
        var differences = Differences()
        for pair in lookPairs {
            let (before, after) = (pair.source.color.chromaLocation, pair.result.color.chromaLocation)
            let chroma = pair.result.format.chroma
            if before == after || chroma == .gray || chroma == .yuv444 { continue }
            if Set([before, after]) == [.unspecified, .left] {
                differences.remark("\(before) became \(after), which is the same: what is not said counts as left")
            } else {
                differences.add("\(before) became \(after)")
            }
        }
        return differences.verdict(.chromaLocation, kept: "chroma sits where it did")
    }

    func captions() -> ItemVerdict {
        var differences = Differences()
        let (before, after) = (source.picture.captions, result.picture.captions)
        let all = before.compactMap { $0 }
        if expected.isFilm {
            var remaining = all[...]
            for caption in after.compactMap({ $0 }) {
                guard let place = remaining.firstIndex(of: caption) else {
                    differences.add("captions are not the source's")
                    break
                }
                remaining = remaining[(place + 1)...]
            }
            if !all.isEmpty { differences.intend("captions of the dropped frames went with them") }
        } else if result.form == .yuv4mpeg, !all.isEmpty {
            differences.intend("YUV4MPEG2 holds nothing but pictures")
        } else {
            for pair in frames.pairs where before[pair.source] != after[pair.result] {
                differences.add(
                    "frame \(pair.source): its captions " + (after[pair.result] == nil ? "are gone" : "differ"))
            }
        }
        return differences.verdict(.captions, kept: all.isEmpty ? "there are none" : "on \(all.count) frames")
    }

    func hdr() -> ItemVerdict {
        var differences = Differences()
        let isHeld = result.form != .yuv4mpeg
        for pair in lookPairs {
            let before = pair.source.hdr.completed(by: source.picture.hdr)
            let after = pair.result.hdr.completed(by: result.picture.hdr)
            for (name, old, new) in [
                ("mastering display", before.mastering?.map { $0 ?? -1 }, after.mastering?.map { $0 ?? -1 }),
                ("light levels", before.lightLevels, after.lightLevels),
            ] {
                guard let old else { continue }
                // One step of the units: some codings store them in fractions of another denominator.
                let isSame = new.map { new in zip(old, new).allSatisfy { abs($0 - $1) <= 1 } } ?? false
                if isSame { continue }
                if isHeld {
                    differences.add("frame \(pair.index): \(name) \(old) \(new.map { "became \($0)" } ?? "is gone")")
                } else {
                    differences.intend("YUV4MPEG2 holds nothing but pictures")
                }
            }
        }
        if source.picture.dynamicFrames > result.picture.dynamicFrames, isHeld, !expected.isFilm {
            differences.add(
                "HDR10+ or Dolby Vision on \(source.picture.dynamicFrames) frames, now on \(result.picture.dynamicFrames)"
            )
        }
        return differences.verdict(.hdr, kept: "as it was")
    }

    func sideData() -> ItemVerdict {
        var differences = Differences()
        for (before, after) in paired {
            for (name, content) in before.sideData.sorted(by: { $0.key < $1.key })
            where after.sideData[name] != content {
                let words = "\(before.title): \(name) \(after.sideData[name] == nil ? "is gone" : "differs")"
                if result.form == .yuv4mpeg { differences.intend(words) } else { differences.add(words) }
            }
        }
        return differences.verdict(.sideData, kept: "as it was")
    }
}

extension PictureInventory {
    /// What a frame looks like.
    fileprivate func look(at frame: Int) -> FrameLook? {
        // Few files change at all, so that the last change is mostly the first.
        looks.last { $0.first <= frame }?.look
    }
}

extension FrameLook {
    fileprivate func hasShape(of other: FrameLook) -> Bool {
        width == other.width && height == other.height && format == other.format && sampleAspect == other.sampleAspect
    }
}

extension HDRMetadata {
    /// A frame's own word before the stream's.
    fileprivate func completed(by stream: HDRMetadata) -> HDRMetadata {
        var result = self
        result.mastering = mastering ?? stream.mastering
        result.lightLevels = lightLevels ?? stream.lightLevels
        return result
    }
}
