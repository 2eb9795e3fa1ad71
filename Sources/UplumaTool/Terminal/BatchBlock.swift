import Foundation
import Upluma

/// The live block of a batch on a terminal, as lines; a pure function of what is shown and of the window.
///
///     [############------------]   48.2%  412/1200 files  48.1 fps  ETA 3:12:04
///     400 done, 10 skipped, 2 put aside, 20 not opened yet; 3.21 GB made, 412 GB free
///      1  enlarging  1987/summer at the sea.avi          chunk 3/12   45.0%   24.0 fps
///      2  joining    1988/birthday.mpg                               100.0%
///
/// No line is wider than the window, and there are fewer lines than the window has: the cursor stands below them. Of workers
/// that have no line, those at work come first, and the last line counts the others.
enum BatchBlock {
    /// Columns of a bar at most.
    private static let mostBar = 40
    private static let leastBar = 5
    /// Columns that a file's name has at least before figures are left out for it.
    private static let leastName = 16

    /// - Parameters:
    ///   - width: of the window, in columns, from 1.
    ///   - height: of the window, in rows, from 1.
    static func lines(_ progress: BatchProgress, width: Int, height: Int) -> [String] {
        // The last column is left free: some terminals go to the next line when it is written.
        let width = max(1, width - 1)
        let room = max(1, height - 1)
        let lines = [bar(progress, width: width), counts(progress, width: width)].filter { !$0.isEmpty }.prefix(room)
        return Array(lines) + workers(progress.workers, width: width, count: room - lines.count)
    }

    private static func bar(_ progress: BatchProgress, width: Int) -> String {
        var text = ""
        for part in BatchText.figures(progress) {
            let longer = text.isEmpty ? part : text + "  " + part
            guard BatchColumns.count(longer) <= width else { break }
            text = longer
        }
        let share = progress.share ?? (progress.total > 0 ? Double(progress.ended) / Double(progress.total) : 0)
        let columns = min(mostBar, width - BatchColumns.count(text) - 3)
        guard columns >= leastBar else { return text }
        let filled = Int((share * Double(columns)).rounded(.down))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: columns - filled) + "] "
            + text
    }

    private static func counts(_ progress: BatchProgress, width: Int) -> String {
        let states = BatchText.states(progress.files).joined(separator: ", ")
        let bytes = [
            progress.outputBytes > 0 ? "\(ProgressText.bytes(progress.outputBytes)) made" : nil,
            BatchText.room(progress),
        ].compactMap { $0 }.joined(separator: ", ")
        // Room is what somebody may have to act on.
        let isTight = BatchColumns.count(states) + BatchColumns.count(bytes) + 2 > width
        let parts = (isTight ? [bytes, states] : [states, bytes]).filter { !$0.isEmpty }
        return BatchColumns.fitted(parts.joined(separator: "; "), to: width)
    }

    // MARK: Workers

    private static func workers(_ workers: [WorkerProgress], width: Int, count: Int) -> [String] {
        guard count > 0 else { return [] }
        var shown = workers
        var last: [String] = []
        if workers.count > count {
            let sorted = workers.filter(\.isAtWork) + workers.filter { !$0.isAtWork }
            shown = sorted.prefix(count - 1).sorted { $0.number < $1.number }
            last = [BatchColumns.fitted(rest(Array(sorted.dropFirst(count - 1))), to: width)]
        }
        return table(shown, width: width) + last
    }

    /// What workers without a line do.
    private static func rest(_ workers: [WorkerProgress]) -> String {
        var activities: [WorkerProgress.Activity] = []
        for worker in workers where !activities.contains(worker.activity) { activities.append(worker.activity) }
        let words = activities.map { activity in
            "\(workers.count { $0.activity == activity }) \(activity.rawValue)"
        }
        return "and \(BatchText.counted(workers.count, "worker")) more: \(words.joined(separator: ", "))"
    }

    /// A line a worker, figures below each other.
    static func table(_ workers: [WorkerProgress], width: Int) -> [String] {
        let heads = workers.map { (String($0.number), $0.activity.rawValue) }
        let numberWidth = heads.map { BatchColumns.count($0.0) }.max() ?? 0
        let wordWidth = heads.map { BatchColumns.count($0.1) }.max() ?? 0
        let left = 1 + numberWidth + 2 + wordWidth + 2
        let figures: [(WorkerProgress) -> String?] = [\.percentText, \.chunkText, \.speedText]
        /// Of each figure; 0 where no worker has it.
        let widths = figures.map { figure in
            workers.compactMap { figure($0).map(BatchColumns.count) }.max() ?? 0
        }
        // In the order of their worth, as long as names have room.
        var kept: [Int] = []
        var room = width - left
        let longest = workers.compactMap { $0.file.map { BatchColumns.count(BatchColumns.printable($0)) } }.max() ?? 0
        for index in figures.indices where widths[index] > 0 {
            guard room - widths[index] - 2 >= min(leastName, longest) else { continue }
            room -= widths[index] + 2
            kept.append(index)
        }
        // Chunk before percent, as one reads it.
        let order = [1, 0, 2].filter(kept.contains)
        let nameWidth = max(0, min(room, longest))
        return zip(workers, heads).map { worker, head in
            var line = " " + BatchColumns.right(head.0, to: numberWidth) + "  "
            line += BatchColumns.padded(head.1, to: wordWidth) + "  "
            let name = worker.file.map(BatchColumns.printable) ?? ""
            line += BatchColumns.padded(name, to: nameWidth, keeping: .end)
            for index in order { line += "  " + BatchColumns.right(figures[index](worker) ?? "", to: widths[index]) }
            while line.last == " " { line.removeLast() }
            return BatchColumns.fitted(line, to: width)
        }
    }
}

extension WorkerProgress {
    fileprivate var isAtWork: Bool { activity != .waiting && activity != .paused }

    fileprivate var percentText: String? {
        guard let frame, let frames, frames > 0 else { return nil }
        return String(format: "%.1f%%", min(100, 100 * Double(frame) / Double(frames)))
    }

    fileprivate var chunkText: String? {
        guard let chunk, let chunks, chunks > 1 else { return nil }
        return "chunk \(chunk)/\(chunks)"
    }

    fileprivate var speedText: String? {
        guard let fps, fps > 0 else { return nil }
        return String(format: "%.1f fps", fps)
    }
}
