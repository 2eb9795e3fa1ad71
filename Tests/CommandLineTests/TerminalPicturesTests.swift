import Foundation
import Synchronization
import Testing
import Upluma

@testable import UplumaTool

/// What a terminal can show: from the environment, from its answers, and from a real one that the test plays.
@Suite(.serialized) struct TerminalPicturesTests {
    static let environments: [(environment: [String: String], guess: TerminalPictures.Guess)] = [
        (["TERM": "xterm-256color"], .unknown),
        (["TERM": "dumb"], .cannot), ([:], .cannot), (["TERM": "linux"], .cannot),
        (["TERM": "dumb", "KITTY_WINDOW_ID": "1"], .cannot),
        (["TERM": "xterm-kitty"], .shows(.kitty)), (["TERM": "xterm-ghostty"], .shows(.kitty)),
        (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "3"], .shows(.kitty)),
        (["TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"], .shows(.kitty)),
        (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .shows(.iterm2)),
        (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], .shows(.iterm2)),
        (["TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"], .unknown),
        (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .shows(.iterm2)),
        (["TERM": "xterm-256color", "KONSOLE_VERSION": "220400"], .shows(.kitty)),
        (["TERM": "xterm-256color", "KONSOLE_VERSION": "211203"], .unknown),
        (["TERM": "tmux-256color", "TMUX": "/tmp/tmux", "LC_TERMINAL": "iTerm2"], .shows(.iterm2)),
        (["TERM": "screen", "STY": "1.pts", "KITTY_WINDOW_ID": "3"], .unknown),
    ]

    @Test("the environment names terminals", arguments: environments.indices)
    func guess(index: Int) {
        let example = Self.environments[index]
        #expect(TerminalPictures.Guess(example.environment) == example.guess, "\(example.environment)")
    }

    private static let kittyAnswer = "\u{1B}_Gi=31;OK\u{1B}\\"

    struct Answer {
        let bytes: String
        let format: TerminalFormat?
        let size: [Int]?
        let isComplete: Bool
    }

    static let answers = [
        Answer(bytes: "", format: nil, size: nil, isComplete: false),
        Answer(bytes: "\u{1B}[?62;22c", format: nil, size: nil, isComplete: true),
        Answer(bytes: "\u{1B}[?62;4;22c", format: .sixel, size: nil, isComplete: true),
        Answer(bytes: "\u{1B}[?4c", format: .sixel, size: nil, isComplete: true),
        Answer(bytes: "\u{1B}[?64;14;44c", format: nil, size: nil, isComplete: true),
        Answer(bytes: "\u{1B}[4;600;800t\u{1B}[?62;4c", format: .sixel, size: [800, 600], isComplete: true),
        Answer(bytes: kittyAnswer + "\u{1B}[?62c", format: .kitty, size: nil, isComplete: true),
        Answer(bytes: kittyAnswer + "\u{1B}[?62;4c", format: .kitty, size: nil, isComplete: true),
        Answer(
            bytes: "\u{1B}_Gi=31;ENOTSUPPORTED:no\u{1B}\\\u{1B}[?62;4c", format: .sixel, size: nil, isComplete: true),
        Answer(bytes: "\u{1B}_Gi=7;OK\u{1B}\\\u{1B}[?62c", format: nil, size: nil, isComplete: true),
        // Keys pressed in between, arrows among them, and an escape key.
        Answer(bytes: "ls\u{1B}[A\u{1B}" + kittyAnswer + "q\u{1B}[?62c", format: .kitty, size: nil, isComplete: true),
        // Cut short.
        Answer(bytes: "\u{1B}[?62;4", format: nil, size: nil, isComplete: false),
        Answer(bytes: "\u{1B}_Gi=31;O", format: nil, size: nil, isComplete: false),
        Answer(bytes: "\u{1B}", format: nil, size: nil, isComplete: false),
        Answer(bytes: "\u{1B}[", format: nil, size: nil, isComplete: false),
        // Other reports: cells, an empty size, a cursor's place.
        Answer(bytes: "\u{1B}[8;24;80t\u{1B}[4;0;0t\u{1B}[1;1R\u{1B}[?1c", format: nil, size: nil, isComplete: true),
    ]

    @Test("answers are read from bytes", arguments: answers.indices)
    func parsing(index: Int) {
        let example = Self.answers[index]
        let found = TerminalAnswers(Array(example.bytes.utf8))
        #expect(found.format == example.format, "\(example.bytes.debugDescription)")
        #expect(found.pixels.map { [$0.width, $0.height] } == example.size)
        #expect(found.isComplete == example.isComplete)
    }

    @Test("what is no terminal shows nothing") func pipe() throws {
        let null = open("/dev/null", O_WRONLY)
        defer { close(null) }
        #expect(TerminalPictures.detect(Console(descriptor: null), environment: ["TERM": "xterm-kitty"]) == .none)
    }

    /// Local modes, without those that a terminal sets by itself.
    private static func modes(_ descriptor: Int32) throws -> [tcflag_t] {
        var settings = termios()
        try #require(tcgetattr(descriptor, &settings) == 0)
        return [settings.c_lflag, settings.c_iflag, settings.c_oflag, settings.c_cflag]
    }

    struct Played: Sendable, CustomTestStringConvertible {
        let name: String
        /// To the device attributes, which are asked last.
        let answer: String
        var size = winsize()
        var environment = ["TERM": "xterm-256color"]
        let expected: TerminalPictures
        var testDescription: String { name }
    }

    private static let window = winsize(ws_row: 30, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)

    static let terminals = [
        Played(
            name: "sixel, which tells its size", answer: "\u{1B}[4;600;900t\u{1B}[?62;4;22c", size: window,
            expected: TerminalPictures(format: .sixel, width: 900, height: 560, needsPassthrough: false)),
        Played(
            name: "kitty, whose size the system knows", answer: kittyAnswer + "\u{1B}[?62c",
            size: winsize(ws_row: 40, ws_col: 80, ws_xpixel: 1600, ws_ypixel: 1000),
            expected: TerminalPictures(format: .kitty, width: 1600, height: 950, needsPassthrough: false)),
        Played(name: "no pictures", answer: "\u{1B}[?62;22c", size: window, expected: .none),
        Played(name: "no answer", answer: "", size: window, expected: .none),
        Played(
            name: "known by name, says nothing", answer: "", environment: ["TERM": "xterm-kitty"],
            expected: TerminalPictures(format: .kitty, width: 800, height: 600, needsPassthrough: false)),
        Played(
            name: "kitty around tmux", answer: "\u{1B}[?1;2;4c", size: window,
            environment: ["TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1"],
            expected: TerminalPictures(format: .kitty, width: 800, height: 560, needsPassthrough: true)),
        Played(
            name: "tmux that draws sixels itself", answer: "\u{1B}[?1;2;4c", size: window,
            environment: ["TERM": "tmux-256color", "TMUX": "x"],
            expected: TerminalPictures(format: .sixel, width: 800, height: 560, needsPassthrough: false)),
        Played(name: "dumb", answer: "\u{1B}[?62;4c", environment: ["TERM": "dumb"], expected: .none),
    ]

    @Test("a terminal is asked, and left as it was", arguments: terminals)
    func asking(_ terminal: Played) throws {
        let pseudo = try PseudoTerminal(size: terminal.size)
        let before = try Self.modes(pseudo.descriptor)
        pseudo.answer(terminal.answer)
        // Who answers does so at once; the limit is long, so that a busy machine changes nothing.
        let found = TerminalPictures.detect(
            Console(descriptor: pseudo.descriptor), environment: terminal.environment,
            limit: terminal.answer.isEmpty ? 0.2 : 20)
        #expect(found == terminal.expected)
        #expect(try Self.modes(pseudo.descriptor) == before)
        var waiting: Int32 = 0
        #expect(ioctl(pseudo.descriptor, UInt(FIONREAD), &waiting) == 0 && waiting == 0)
    }

    @Test("a signal finds the terminal as it was", arguments: [SIGHUP, SIGTERM])
    func signals(number: Int32) throws {
        let pseudo = try PseudoTerminal(size: Self.window)
        let before = try Self.modes(pseudo.descriptor)
        // Stands for the end of the process: called once the terminal has been put right.
        SignalRecord.terminal.store(pseudo.descriptor, ordering: .sequentiallyConsistent)
        SignalRecord.modes.store(0, ordering: .sequentiallyConsistent)
        var (action, previous) = (sigaction(), sigaction())
        action.__sigaction_handler.sa_handler = { _ in
            var settings = termios()
            guard tcgetattr(SignalRecord.terminal.load(ordering: .sequentiallyConsistent), &settings) == 0 else {
                return
            }
            SignalRecord.modes.store(UInt(settings.c_lflag), ordering: .sequentiallyConsistent)
        }
        sigaction(number, &action, &previous)
        defer { sigaction(number, &previous, nil) }
        // The signal comes once the question is there, in the middle of the wait for an answer.
        pseudo.answer("", with: number)
        let found = TerminalPictures.detect(
            Console(descriptor: pseudo.descriptor), environment: ["TERM": "xterm"], limit: 1)
        #expect(found == .none)
        #expect(SignalRecord.modes.load(ordering: .sequentiallyConsistent) == UInt(before[0]))
        #expect(try Self.modes(pseudo.descriptor) == before)
    }
}

/// What a signal's handler saw.
private enum SignalRecord {
    static let terminal = Atomic<Int32>(-1)
    static let modes = Atomic<UInt>(0)
}

/// A terminal that the test plays.
private final class PseudoTerminal: Sendable {
    private let screen: Int32
    /// The program's side.
    let descriptor: Int32

    init(size: winsize) throws {
        var (screen, descriptor, size) = (Int32(-1), Int32(-1), size)
        try #require(openpty(&screen, &descriptor, nil, nil, &size) == 0)
        (self.screen, self.descriptor) = (screen, descriptor)
    }

    deinit {
        close(descriptor)
        close(screen)
    }

    /// Writes `text` once device attributes have been asked, and sends this process a signal, where there is one.
    func answer(_ text: String, with number: Int32? = nil) {
        Thread.detachNewThread { [self] in
            let question = Array("\u{1B}[c".utf8)
            var seen: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 512)
            while !seen.reversed().starts(with: question.reversed()) {
                var event = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
                // A terminal that is never asked does not wait for ever.
                guard poll(&event, 1, 20_000) > 0 else { return }
                let count = read(screen, &buffer, buffer.count)
                guard count > 0 else { return }
                seen += buffer.prefix(count)
            }
            if let number { kill(getpid(), number) }
            let bytes = Array(text.utf8)
            _ = write(screen, bytes, bytes.count)
        }
    }
}
