import UplumaMedia

/// Sentences about what was found in frames.
enum AuditWords {
    /// What is damaged, without a full stop.
    static func damage(_ findings: FrameChecksums.Findings) -> String {
        var parts: [String] = []
        if let ffv1 = findings.ffv1, !ffv1.isProtected {
            parts.append("no slice fits a CRC, or the stream's header does not fit its own")
        } else if let ffv1 = findings.ffv1, !ffv1.isWhole {
            let named = ffv1.damaged.map { damaged in
                damaged.slices.isEmpty
                    ? "frame \(damaged.frame) (its slices cannot be told apart)"
                    : "frame \(damaged.frame) (slice \(list(damaged.slices)))"
            }
            if !named.isEmpty {
                parts.append("the CRC does not fit in " + with(more: ffv1.damagedCount - named.count, named))
            }
        }
        if parts.isEmpty, let first = findings.complaints.first {
            parts.append("near frame \(first.frame) the decoder says \"\(first.text)\"")
            if findings.complaintCount > 1 { parts.append("and \(findings.complaintCount - 1) more") }
        }
        return parts.joined(separator: "; ")
    }

    /// How frames differ from their checksums, without a full stop.
    static func difference(_ comparison: FrameChecksums.Comparison) -> String {
        var parts: [String] = []
        let (found, listed) = (comparison.findings.frames, comparison.listed)
        if found != listed { parts.append("\(found) frames decode, \(listed) are listed") }
        if comparison.differingCount > 0 {
            let frames = with(
                more: comparison.differingCount - comparison.differing.count, comparison.differing.map(String.init))
            parts.append("frames differ: \(frames)")
        }
        if let header = comparison.differingHeader.first {
            parts.append("the stream is another: \"\(header)\" is not listed")
        }
        return parts.joined(separator: "; ")
    }

    private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

    private static func with(more: Int, _ named: [String]) -> String {
        named.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }
}
