import Foundation
import Upluma

/// A plan for people: label and value, a line each.
enum PlanText {
    static func screen(_ plan: JobPlan) -> String {
        var rows: [(String, String)] = [("source", source(plan.source)), ("result", result(plan))]
        rows += labelled("luma", luma(plan.result))
        rows += plan.result.modelRuns.map { ("", $0) }
        rows.append(("chroma", plan.result.chroma))
        rows.append(("fields", fields(plan)))
        rows += labelled("assumed", plan.assumptions.map(\.message))
        rows += labelled("note", plan.notes)
        rows.append(("memory", memory(plan.memory)))
        if let estimate = plan.estimate { rows += labelled("expected", expected(estimate)) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { label, text in
            label.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + text + "\n"
        }.joined()
    }

    /// The label at the first line only.
    private static func labelled(_ label: String, _ lines: [String]) -> [(String, String)] {
        lines.enumerated().map { ($0 == 0 ? label : "", $1) }
    }

    private static func luma(_ result: JobPlan.Result) -> [String] {
        let model = result.model.map { $0 + (result.modelReason.map { ": " + $0 } ?? "") }
        return [model, result.downscaler.map { "reduced by \($0)" }].compactMap { $0 }
    }

    private static func source(_ source: JobPlan.Source) -> String {
        var parts = ["\(source.codec) \(source.width)×\(source.height) \(source.pixelFormat)"]
        if let aspect = source.sampleAspect { parts.append("samples \(aspect)") }
        if let rate = source.frameRate { parts.append("\(rate) frames a second") }
        if let seconds = source.seconds { parts.append(ProgressText.elapsed(seconds)) }
        if let frames = source.frames { parts.append("\(source.framesAreStated ? "" : "about ")\(frames) frames") }
        if source.rotation != 0 { parts.append("to be turned by \(source.rotation)°") }
        return parts.joined(separator: ", ") + " (\(source.container))"
    }

    private static func result(_ plan: JobPlan) -> String {
        let result = plan.result
        let frames = result.frames.map { ", \(plan.source.framesAreStated ? "" : "about ")\($0) frames" } ?? ""
        return "\(result.encoder) \(result.width)×\(result.height) \(result.format)\(frames) (\(result.container))"
    }

    private static func fields(_ plan: JobPlan) -> String {
        let how =
            switch plan.result.deinterlacing {
            case "off": "kept as they are"
            case "auto": "frames marked as interlaced are deinterlaced"
            case "measured": "frames that look interlaced are deinterlaced"
            case let name: name
            }
        return [plan.source.fields, how].compactMap { $0 }.joined(separator: ": ")
    }

    private static func memory(_ memory: JobPlan.Memory) -> String {
        let division =
            memory.threadsPerFrame == 1
            ? "\(memory.workers) frames at a time" : "one frame at a time on \(memory.threadsPerFrame) threads"
        let pictures = ProgressText.bytes(Int64(memory.picturesBytes))
        let peak = memory.peakBytes.map { "; \(ProgressText.bytes(Int64($0))) in all when measured" } ?? ""
        return "\(division): \(pictures) for pictures\(peak)"
    }

    /// Time and size of a whole job, a line each.
    static func expected(_ estimate: JobPlan.Estimate) -> [String] {
        var lines: [String] = []
        let (slow, fast) = (String(format: "%.1f", estimate.slowestFps), String(format: "%.1f", estimate.fastestFps))
        let speed = slow == fast ? slow : "\(slow) to \(fast)"
        if let seconds = estimate.seconds, let least = estimate.leastSeconds, let most = estimate.mostSeconds {
            let range =
                ProgressText.elapsed(least) == ProgressText.elapsed(most)
                ? "" : " (\(ProgressText.elapsed(least)) to \(ProgressText.elapsed(most)))"
            lines.append("\(ProgressText.elapsed(seconds))\(range), at \(speed) frames a second")
        } else {
            lines.append("\(speed) frames a second")
        }
        if let bytes = estimate.outputBytes {
            let (least, most) = (estimate.leastOutputBytes ?? bytes, estimate.mostOutputBytes ?? bytes)
            let (low, high) = (ProgressText.bytes(least), ProgressText.bytes(most))
            lines.append("about \(ProgressText.bytes(bytes))\(low == high ? "" : " (\(low) to \(high))") of video")
        }
        return lines
    }
}
