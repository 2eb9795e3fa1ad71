import Foundation
import Upluma

/// The objects of `--progress json`, one a line. Keys are stable: added to, never renamed.
enum JSONLine {
    private struct ProgressObject: Encodable {
        let event = "progress"
        let frame: Int
        let frames: Int?
        let fps: Double
        let percent: Double?
        let eta_seconds: Double?
        let output_bytes: Int64
    }

    private struct NoteObject: Encodable {
        let event: String
        let message: String
    }

    private struct DoneObject: Encodable {
        let event = "done"
        let output: String
        let frames: Int
        let seconds: Double
        let fps: Double
        let output_bytes: Int64
        let damaged: Int
        let concealed: Int
        let repeated: Int
    }

    private struct VerifiedObject: Encodable {
        let event = "verified"
        let report: VerificationReport

        private enum CodingKeys: String, CodingKey { case event }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(event, forKey: .event)
            try report.encode(to: encoder)
        }
    }

    private struct ErrorObject: Encodable {
        let event = "error"
        let code: Int32
        let message: String
    }

    static func progress(_ progress: JobProgress) -> String {
        encode(
            ProgressObject(
                frame: progress.frame, frames: progress.frames, fps: rounded(progress.fps),
                percent: progress.percent.map(rounded), eta_seconds: progress.etaSeconds.map(rounded),
                output_bytes: progress.outputBytes))
    }

    /// - Parameter kind: `note`, or `plan` under `--verbose`.
    static func note(_ message: String, kind: String) -> String { encode(NoteObject(event: kind, message: message)) }

    static func done(_ summary: UpscaleSummary) -> String {
        encode(
            DoneObject(
                output: summary.output, frames: summary.frames, seconds: rounded(summary.seconds),
                fps: rounded(summary.fps), output_bytes: summary.outputBytes, damaged: summary.damage.places,
                concealed: summary.damage.concealed, repeated: summary.damage.repeated))
    }

    static func verified(_ report: VerificationReport) -> String { encode(VerifiedObject(report: report)) }

    static func error(_ error: UplumaError) -> String {
        encode(ErrorObject(code: error.kind.exitStatus, message: error.message))
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func encode(_ object: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        guard let data = try? encoder.encode(object) else { preconditionFailure("plain values encode") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
