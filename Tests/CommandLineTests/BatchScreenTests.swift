import Foundation
import Synchronization
import Testing
import Upluma

@testable import UplumaTool

/// The live block of a batch: its lines, and what a terminal shows of it.
@Suite(.serialized) struct BatchScreenTests {
    // MARK: Columns

    @Test(
        "columns of a terminal, not characters",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("誕生日", 6), ("ｱ", 1), ("Ａ", 2), ("한글", 4), ("👍", 2),
            ("🎂a", 3), ("❤\u{FE0F}", 2), ("🇩🇪", 4), ("…×–", 3), ("ا", 1), ("\u{200D}", 0), ("ก็", 1),
        ])
    func columns(text: String, count: Int) { #expect(BatchColumns.count(text) == count) }

    @Test(
        "a text is cut by columns, at either end",
        arguments: [
            ("abcdef", 6, BatchColumns.Kept.start, "abcdef"), ("abcdef", 5, .start, "abcd…"),
            ("abcdef", 5, .end, "…cdef"), ("誕生日", 5, .start, "誕生…"), ("誕生日", 4, .start, "誕…"),
            ("誕生日", 4, .end, "…日"), ("e\u{301}e\u{301}e\u{301}", 2, .end, "…e\u{301}"), ("abc", 1, .start, "…"),
            ("abc", 0, .start, ""),
        ])
    func cut(text: String, columns: Int, kept: BatchColumns.Kept, expected: String) {
        #expect(BatchColumns.fitted(text, to: columns, keeping: kept) == expected)
    }

    @Test("a name does nothing to a terminal") func printable() {
        let name = "a\u{1B}[2Jb\r\nc\u{202E}d\u{7}e\u{9B}5nf\u{2028}g"
        #expect(BatchColumns.printable(name) == "a�[2Jb��c�d�e�5nf�g")
        #expect(BatchColumns.printable("👩\u{200D}🚀 ok") == "👩\u{200D}🚀 ok")
    }

    // MARK: Lines

    struct Window: Sendable {
        let name: String
        let progress: BatchProgress
        let width: Int
        let height: Int
        let lines: [String]
    }

    /// Four at work and four that wait, of twelve.
    private static let crowd = (1...12).map { number in
        number % 3 == 0
            ? BatchExamples.worker(number, .waiting)
            : BatchExamples.worker(number, number == 2 ? .joining : .enlarging, "film \(number).avi")
    }

    private static let paused: BatchProgress = {
        var progress = BatchProgress()
        progress.files = [.done: 1, .listed: 3]
        progress.isPaused = true
        return progress
    }()

    static let windows = [
        Window(
            name: "80 columns", progress: BatchExamples.progress(), width: 80, height: 24,
            lines: [
                "[##############-----------------]  48.2%  412/1200 files  48.1 fps  ETA 3:12:04",
                "3.21 GB made, 412 GB free; 400 done, 10 skipped, 2 put aside, 788 not opened y…",
                " 1  enlarging  1987/summer at the sea.avi  chunk 3/12   45.0%  24.0 fps",
                " 2  joining    1988/birthday.mpg                       100.0%",
                " 3  opening    1988/誕生日の朝.avi",
                " 4  waiting",
            ]),
        Window(
            name: "wide", progress: BatchExamples.progress(workers: []), width: 140, height: 24,
            lines: [
                "[###################---------------------]  48.2%  412/1200 files  48.1 fps  ETA 3:12:04",
                "400 done, 10 skipped, 2 put aside, 788 not opened yet; 3.21 GB made, 412 GB free",
            ]),
        Window(
            name: "narrow", progress: BatchExamples.progress(), width: 40, height: 24,
            lines: [
                " 48.2%  412/1200 files  48.1 fps",
                "3.21 GB made, 412 GB free; 400 done, 1…",
                " 1  enlarging  … at the sea.avi   45.0%",
                " 2  joining    …88/birthday.mpg  100.0%",
                " 3  opening    …/誕生日の朝.avi",
                " 4  waiting",
            ]),
        Window(
            name: "tiny", progress: BatchExamples.progress(), width: 10, height: 5,
            lines: [" 48.2%", "3.21 GB …", " 1  enla…", "and 3 wo…"]),
        Window(
            name: "more workers than lines, those at work first", progress: BatchExamples.progress(workers: crowd),
            width: 80, height: 8,
            lines: [
                "[##############-----------------]  48.2%  412/1200 files  48.1 fps  ETA 3:12:04",
                "3.21 GB made, 412 GB free; 400 done, 10 skipped, 2 put aside, 788 not opened y…",
                " 1  enlarging  film 1.avi",
                " 2  joining    film 2.avi",
                " 4  enlarging  film 4.avi",
                " 5  enlarging  film 5.avi",
                "and 8 workers more: 4 enlarging, 4 waiting",
            ]),
        Window(
            name: "nothing known", progress: BatchProgress(), width: 80, height: 24,
            lines: ["[----------------------------------------] 0/0 files"]),
        Window(
            name: "paused", progress: paused, width: 60, height: 24,
            lines: ["[#########------------------------------] 1/4 files  paused", "1 done, 3 not opened yet"]),
    ]

    @Test("lines of the block", arguments: windows.indices) func lines(index: Int) {
        let window = Self.windows[index]
        #expect(
            BatchBlock.lines(window.progress, width: window.width, height: window.height) == window.lines,
            "\(window.name)")
    }

    @Test("no line is wider, and no block higher, than the window") func bounds() {
        let nasty = "\u{1B}[31m誕生日👩\u{200D}🚀e\u{301}\u{301}🇩🇪\t" + String(repeating: "long ", count: 30)
        var workers = BatchExamples.workers
        workers += (5...9).map {
            BatchExamples.worker($0, .enlarging, nasty, chunk: (1, 1000), frame: (9_999_999, 9_999_999), fps: 12_345.6)
        }
        var progress = BatchExamples.progress(workers: workers)
        progress.etaSeconds = 1e7
        for width in 1...150 {
            for height in [1, 2, 3, 4, 5, 8, 24] {
                if height == 8 { (progress.outputBytes, progress.freeBytes) = (0, nil) }
                let lines = BatchBlock.lines(progress, width: width, height: height)
                #expect(lines.count <= max(1, height - 1))
                #expect(
                    lines.allSatisfy { BatchColumns.count($0) <= max(1, width - 1) }, "\(width)×\(height): \(lines)")
                #expect(lines.allSatisfy { BatchColumns.printable($0) == $0 })
            }
        }
    }

    // MARK: Terminal

    /// A block on a terminal that the test plays, with a clock that it turns.
    private final class Stage {
        let terminal: PlayedTerminal
        let screen: BatchScreen
        private let clock = ClockHand()

        init(columns: Int = 60, rows: Int = 8) throws {
            terminal = try PlayedTerminal(columns: columns, rows: rows)
            screen = BatchScreen(
                style: .bar, console: Console(descriptor: terminal.descriptor), clock: { [clock] in clock.seconds })
        }

        /// Tells an event and then what the terminal shows, without empty lines at the end.
        func tell(_ event: BatchEvent, after seconds: Double = 1) -> [String] {
            clock.turn(by: seconds)
            screen.report(event)
            return terminal.lines()
        }
    }

    private static func progress(_ done: Int) -> BatchEvent {
        var progress = BatchProgress()
        progress.files = [.done: done, .listed: 10 - done]
        progress.workers = [BatchExamples.worker(1, .enlarging, "film \(done).avi")]
        return .progress(progress)
    }

    private static func shown(_ done: Int) -> [String] {
        var progress = BatchProgress()
        if case .progress(let told) = Self.progress(done) { progress = told }
        return BatchBlock.lines(progress, width: 60, height: 8)
    }

    @Test("is rewritten in place; what ended scrolls away above it; nothing stays behind") func terminal() throws {
        let stage = try Stage()
        #expect(stage.tell(Self.progress(1)) == Self.shown(1))
        #expect(stage.tell(Self.progress(2)) == Self.shown(2))
        let note = "upluma: Going on with 3 files."
        #expect(stage.tell(.note("Going on with 3 files.")) == [note] + Self.shown(2))
        // Results wait for the next refresh.
        #expect(stage.tell(.ended(BatchExamples.done("a")), after: 0.01) == [note] + Self.shown(2))
        let line = "upluma: done: a.mkv: 704×576, 12.3 MB to 45.6 MB, 2:03"
        #expect(stage.tell(Self.progress(3)) == [note, line] + Self.shown(3))
        // Files that are left out are only counted.
        #expect(stage.tell(.ended(BatchExamples.ended("b", .skipped, "Too large."))) == [note, line] + Self.shown(3))
        stage.screen.finish()
        #expect(stage.terminal.lines() == [note, line])
        #expect(stage.terminal.isAsShellsWantIt && stage.terminal.cursor == [2, 0])
    }

    @Test("a terminal is as shells want it after every write, and the cursor below the block") func clean() throws {
        let stage = try Stage()
        for event in [Self.progress(1), .note("One."), Self.progress(2)] {
            let lines = stage.tell(event)
            #expect(stage.terminal.isAsShellsWantIt)
            #expect(stage.terminal.cursor == [lines.count, 0])
        }
    }

    @Test("a refresh is one write, ten a second at most") func rate() throws {
        let stage = try Stage()
        _ = stage.tell(Self.progress(1))
        let first = stage.terminal.refreshes
        for step in 1...100 { _ = stage.tell(Self.progress(step % 9), after: 0.01) }
        #expect((9...10).contains(stage.terminal.refreshes - first))
    }

    @Test("long notes wrap and take nothing of the block with them") func long() throws {
        let stage = try Stage(columns: 30, rows: 10)
        let progress = BatchExamples.progress(workers: [])
        let block = BatchBlock.lines(progress, width: 30, height: 10)
        _ = stage.tell(.progress(progress))
        let lines = stage.tell(.note("These are fifty-five letters and more than one line has."))
        #expect(lines == ["upluma: These are fifty-five l", "etters and more than one line ", "has."] + block)
    }

    @Test("more results than the window has lines scroll out at the top") func scrolling() throws {
        let stage = try Stage(rows: 6)
        _ = stage.tell(Self.progress(1))
        for index in 0..<20 { _ = stage.tell(.note("Note \(index).")) }
        #expect(stage.terminal.lines().suffix(4) == ["upluma: Note 19."] + Self.shown(1))
        // Of six lines the block has three, the cursor one, and two the last notes.
        #expect(stage.terminal.history == (0..<18).map { "upluma: Note \($0)." })
    }

    @Test("a window that changes its size", arguments: [20, 31, 45, 59, 90])
    func resized(columns: Int) throws {
        let stage = try Stage()
        _ = stage.tell(.note("Before."))
        _ = stage.tell(Self.progress(1))
        stage.terminal.resize(columns: columns)
        guard case .progress(let progress) = Self.progress(2) else { return }
        let expected = ["upluma: Before."] + BatchBlock.lines(progress, width: columns, height: 8)
        let lines = stage.tell(.progress(progress))
        // Where broken lines need more rows than there are, the topmost has scrolled away.
        #expect(stage.terminal.history + lines == expected)
    }

    @Test("at the end come the sums") func ending() throws {
        let stage = try Stage(columns: 120, rows: 12)
        _ = stage.tell(Self.progress(1))
        stage.screen.finish(BatchExamples.ending(troubles: 1))
        #expect(
            stage.terminal.lines() == [
                "upluma: 400 of 411 files done, 10 skipped, 1 put aside; 900000 frames in 3:12:00 (78.1 fps), 1.23 GB to 4.56 GB",
                "upluma: Put aside:", "upluma:   /films/bad 0.avi: It is damaged. (3 attempts)",
                "upluma: Report: /out/batch-report.html, /out/batch-report.json",
            ])
    }

    private final class ClockHand: Sendable {
        private let time = Mutex(100.0)
        var seconds: Double { time.withLock { $0 } }
        func turn(by seconds: Double) { time.withLock { $0 += seconds } }
    }
}
