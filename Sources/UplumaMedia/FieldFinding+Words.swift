import UplumaFrames

extension FieldFinding {
    /// What was found, in a few words: "progressive (0 of 120 frames looked at are combed)".
    package var summary: String {
        structure == .unknown
            ? "unclear (\(combedText))" : "\(whatText)\(orderText) (\(evidence))"
    }

    /// One sentence: what was found, and what `--deinterlace auto` does then; nil for what is plainly progressive, or when
    /// only the frames themselves can tell.
    package var note: String? {
        switch (structure, treatment) {
        case (.unknown, _), (.progressive, .filter): nil
        case (_, .keep):
            "The source is marked as interlaced, but its pictures are not (\(combedText)): they are kept as they are; "
                + "--deinterlace bwdif deinterlaces them all the same."
        case (.telecined, .filter(.ivtc, _)):
            "The source is telecined film (2:3 in 29.97 frames a second, \(filmText)): field matching brings back its "
                + "23.976 frames a second; --deinterlace bwdif keeps all."
        case (_, .filter(.auto, _)): "The source is \(whatText), marked so\(orderText) (\(evidence)): \(remainder)"
        case (_, .filter(_, let order)):
            "The source is \(markText), but its pictures are \(whatText)\(order.map { ", \($0.words)" } ?? "") "
                + "(\(evidence)): \(remainder)"
        }
    }

    /// One sentence for fields that stay as they are; nil when there is no sign of any.
    package var warning: String? {
        guard structure != .progressive else { return nil }
        if structure == .unknown { return counts.marked > 0 ? FieldFinding.warning("") : nil }
        return FieldFinding.warning(" (\(evidence))")
    }

    /// The same for a source of which only the marks are known.
    package static func warning(_ evidence: String = "") -> String {
        "The source is interlaced\(evidence), and its fields are resampled as one picture: moving edges will show combs."
    }

    private var remainder: String {
        let frames =
            switch treatment {
            case .filter(.measured, _): "the frames that look so are deinterlaced with bwdif"
            case .filter(.auto, _) where structure != .interlaced: "marked frames are deinterlaced with bwdif"
            default: "deinterlaced with bwdif"
            }
        return frames + "; --deinterlace off keeps the fields as they are."
    }

    private var whatText: String {
        switch structure {
        case .unknown, .progressive: "progressive"
        case .interlaced: "interlaced"
        case .partlyInterlaced: "partly interlaced"
        case .telecined: "telecined film"
        case .filmAndVideo: "partly telecined film"
        }
    }

    private var orderText: String { order.isInterlaced && structure == .interlaced ? ", \(order.words)" : "" }

    private var markText: String {
        if counts.marked == 0 { return "marked as progressive" }
        if counts.marked < counts.looked { return "marked as interlaced in part" }
        return "marked as \(counts.markedTop >= counts.markedBottom ? "top field first" : "bottom field first")"
    }

    private var evidence: String {
        structure == .telecined || structure == .filmAndVideo ? filmText : combedText
    }
    private var combedText: String { "\(counts.combed) of \(counts.looked) frames looked at are combed" }
    private var filmText: String { "\(counts.film) of \(counts.looked) frames looked at" }
}

extension FieldStructure {
    fileprivate var words: String {
        switch self {
        case .topFirst: "top field first"
        case .bottomFirst: "bottom field first"
        case .progressive: "progressive"
        case .unknown: "order unknown"
        }
    }
}
