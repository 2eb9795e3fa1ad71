import UplumaFrames
import UplumaMedia

/// What `--deinterlace` comes to on a source.
struct FieldTreatment {
    /// Nil keeps all frames as they are.
    let mode: Deinterlacer.Mode?
    /// Which field is first where marks are not to be followed.
    let order: FieldStructure?
    /// What was measured; nil where nothing was (pipes, pictures without fields, an explicit choice of filter).
    let finding: FieldFinding?
    /// For the log: what was found and is done.
    let note: String?

    /// Frames as they are coded, without a look at them.
    static let keep = FieldTreatment(mode: nil, order: nil, finding: nil, note: nil)

    private init(mode: Deinterlacer.Mode?, order: FieldStructure?, finding: FieldFinding?, note: String?) {
        (self.mode, self.order, self.finding, self.note) = (mode, order, finding, note)
    }

    /// Looks at the source's pictures where the choice asks for it.
    ///
    /// - Parameters:
    ///   - start, end: seconds of the part to be done.
    ///   - isReduced: whether the file says that a downscaler made it: its pictures are whole then, and `auto` keeps them.
    ///     (Fine rows of a reduced picture can look combed.)
    ///   - isCancelled: asked while reading blocks.
    /// - Throws: `MediaError` of category `cancelled`.
    init(
        _ choice: Deinterlacing, _ facts: MediaFacts, start: Double?, duration: Double?, threads: Int?,
        isReduced: Bool = false, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        if choice == .auto && isReduced && !facts.video.fieldOrder.isInterlaced {
            (mode, order, finding, note) = (nil, nil, nil, nil)
            return
        }
        finding =
            choice == .auto || choice == .off
            ? try FieldAnalysis.finding(
                for: facts, start: start ?? 0, end: duration.map { (start ?? 0) + $0 }, threads: threads ?? 0,
                isCancelled: isCancelled) : nil
        switch (choice, finding?.treatment) {
        case (.off, _):
            (mode, order) = (nil, nil)
            note =
                finding.map(\.warning) ?? (facts.video.fieldOrder.isInterlaced ? FieldFinding.warning() : nil)
        case (.auto, .keep): (mode, order, note) = (nil, nil, finding?.note)
        case (.auto, .filter(let found, let foundOrder)): (mode, order, note) = (found, foundOrder, finding?.note)
        default: (mode, order, note) = (choice.mode, nil, nil)
        }
    }

    /// The filters; nil when all frames are kept.
    ///
    /// - Throws: as `Deinterlacer` does for what the user asked for. What was found out is given up with a remark where the
    ///   filters do not take the pictures.
    func deinterlacer(for video: VideoFacts, notes: @escaping @Sendable (String) -> Void) throws -> Deinterlacer? {
        do {
            return try mode.map { try Deinterlacer($0, video, order: order, isAnnounced: note != nil, notes: notes) }
        } catch let error as MediaError where error.category == .usage && finding != nil {
            notes("The pictures stay as they are: \(error.reason).")
            return nil
        }
    }
}
