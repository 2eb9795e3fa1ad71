import Foundation

/// The events that made a result, in their order.
struct ArchiveHistory {
    let source: ArchiveRecord.File
    let result: ArchiveRecord.File
    let coding: ArchiveRecord.Coding
    let verification: VerificationReport?
    let agents: [PremisAgent]

    /// - Parameters:
    ///   - sourceHashed: when the source's bytes were hashed; `sourceRead`, when its frames were.
    ///   - resultMade: when the result was complete; `resultRead`, when its frames had been read back.
    ///   - making: how it was made, in sentences.
    func events(
        sourceHashed: Date, sourceRead: Date, resultMade: Date, resultRead: Date, making: String
    ) throws -> [PremisEvent] {
        var events: [PremisEvent] = []
        func add(
            _ kind: PremisEvent.Kind, _ date: Date, _ detail: String, _ words: String,
            _ objects: [PremisEvent.LinkedObject], outcome: PremisEvent.Outcome = .success
        ) throws {
            events.append(
                try PremisEvent(
                    kind, number: events.count, subject: "\(source.sha256)|\(result.sha256)", at: date, detail: detail,
                    outcome: outcome, outcomeDetail: words, agents: agents, objects: objects))
        }
        let (from, made) = (linked(source, .source), linked(result, .outcome))
        let (before, after) = (source.frameChecksums, result.frameChecksums)
        try add(
            .creation, resultMade, "\(result.name) was made from \(source.name). \(making)",
            "\(after.frames) frames, FFV1 version \(coding.version) in Matroska; derived, and not to be undone",
            [from, made])
        try add(
            .messageDigestCalculation, sourceHashed, "SHA-256 of the source's \(source.bytes) bytes", source.sha256,
            [from])
        try add(
            .messageDigestCalculation, sourceRead, "MD5 of every decoded frame of the source, in \(before.name)",
            words(before), [from], outcome: before.complaints == 0 ? .success : .warning)
        try add(
            .messageDigestCalculation, resultMade, "SHA-256 of the result's \(result.bytes) bytes", result.sha256,
            [made])
        try add(
            .messageDigestCalculation, resultRead, "MD5 of every decoded frame of the result, in \(after.name)",
            words(after), [made])
        try add(
            .validation, resultRead,
            "The result was read back; the \(coding.slices) slices of each frame were held against their CRCs (RFC 9043)",
            "Every slice is whole", [made])
        if let verification {
            try add(
                .validation, resultMade, "The result was held against its source, item by item", verification.summary,
                [from, made], outcome: verification.passed ? .success : .fail)
        }
        return events
    }

    private func words(_ checksums: ArchiveRecord.Checksums) -> String {
        "\(checksums.frames) frames"
            + (checksums.complaints == 0
                ? "" : ", \(checksums.complaints) complaints of the decoder: the file is damaged")
    }

    private func linked(
        _ file: ArchiveRecord.File, _ role: PremisEvent.LinkedObject.Role
    ) -> PremisEvent.LinkedObject {
        PremisEvent.LinkedObject(
            identifier: PremisEvent.Identifier(type: "SHA-256", value: file.sha256), role: role)
    }
}
