import Foundation
import UplumaFrames
import UplumaMedia

/// The small pictures of a file that a report shows: a whole frame, and a part of it before and after.
package struct BatchLooks {
    private let layout: BatchLayout
    private let file: Int64

    /// Seconds after which a moment is no longer looked for.
    private static let patience = 0.7
    /// Seconds after which there are no pictures: a file that has to be read from its beginning, a slow disk.
    private static let limit = 6.0

    package init(layout: BatchLayout, file: Int64) {
        self.layout = layout
        self.file = file
    }

    /// Makes the pictures and puts them where the layout says; those of an earlier result are replaced.
    ///
    /// Takes about a second, of one thread mostly.
    ///
    /// - Parameters:
    ///   - source: the file.
    ///   - result: what was made of it, complete.
    ///   - deinterlacing: what the batch does about fields; `auto` believes the file's marks here.
    ///   - threads: of decoders, and for converting, from 1.
    /// - Returns: nil when they are there, else one sentence that says why not; nothing worse comes of it.
    package func make(
        source: String, result: String, deinterlacing: Deinterlacing, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> String? {
        let began = ProcessInfo.processInfo.systemUptime
        let isOver: @Sendable () -> Bool = {
            isCancelled() || ProcessInfo.processInfo.systemUptime > began + Self.limit
        }
        do {
            let before = try opened(source, isOver)
            let fields = try fields(deinterlacing, before.facts, isOver)
            let seeker = FrameSeeker(before, fields: fields, threads: threads, notes: { _ in }, isCancelled: isOver)
            let found = try LookSearch(seeker: seeker, deadline: began + Self.patience).find()
            // In the middle of its time, so that a coarser clock does not lead to its neighbour.
            let half = 0.5 * Double(found.frame.duration) * before.facts.video.timeBase.doubleValue
            let after = try opened(result, isOver)
            let made = try FrameSeeker(after, fields: .keep, threads: threads, notes: { _ in }, isCancelled: isOver)
                .frame(onScreenAt: found.seconds + half)
            let height = before.facts.video.height
            func upright(_ frame: Frame, _ facts: MediaFacts) -> RGBPicture {
                let picture = RGBPicture(frame, sourceHeight: height, depth: 8, threads: threads)
                return facts.video.turn.map { picture.turned($0) } ?? picture
            }
            try write(
                LookPictures(
                    source: upright(found.frame, before.facts), result: upright(made.frame, after.facts),
                    weights: LumaWeights(ColorMatrix(found.frame.color.matrix, sourceHeight: height)),
                    threads: threads))
            return nil
        } catch {
            guard !isCancelled() else { return nil }
            let isLate = ProcessInfo.processInfo.systemUptime > began + Self.limit
            let reason = isLate ? "it took more than \(Int(Self.limit)) s" : UplumaError(any: error).message
            return "The report has no pictures of \"\(source)\": \(reason)"
        }
    }

    private func opened(_ path: String, _ isOver: @escaping @Sendable () -> Bool) throws -> MediaSource {
        let source = try MediaSource(path: path, isCancelled: isOver)
        source.keepOnly(streams: [])
        return source
    }

    private func fields(
        _ choice: Deinterlacing, _ facts: MediaFacts, _ isOver: @escaping @Sendable () -> Bool
    ) throws -> FieldTreatment {
        let isFiltered = choice == .auto ? facts.video.fieldOrder.isInterlaced : choice != .off
        guard isFiltered else { return .keep }
        // Film, too: one frame does not tell its cycles.
        return try FieldTreatment(.bwdif, facts, start: nil, duration: nil, threads: nil, isCancelled: isOver)
    }

    private func write(_ pictures: LookPictures) throws {
        try FileManager.default.createDirectory(atPath: layout.looks, withIntermediateDirectories: true)
        // The whole is there to know the film by; parts are there to be compared.
        let files = [
            (layout.wholeLook(file: file), pictures.whole, 6),
            (layout.look(file: file, isAfter: false), pictures.before, 3),
            (layout.look(file: file, isAfter: true), pictures.after, 3),
        ]
        for (path, picture, quantiser) in files {
            let partial = path + OutputFile.partialSuffix
            try Data(picture.jpeg(quantiser: quantiser)).write(to: URL(fileURLWithPath: partial))
            guard rename(partial, path) == 0 else {
                throw UplumaError(.cannotCreate, "\"\(path)\" cannot be created (\(lastSystemError())).")
            }
        }
    }
}
