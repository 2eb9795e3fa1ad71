import Foundation
import Upluma

/// What pictures standard output can show.
struct TerminalPictures: Equatable {
    /// How they are written; nil where none can be shown.
    var format: TerminalFormat?
    /// Pixels there are for one: the terminal's, less the lines of a caption and the prompt.
    var width: Int
    var height: Int
    /// Whether tmux has to hand them on: the terminal around it shows them, not tmux itself.
    var needsPassthrough: Bool

    static let none = TerminalPictures(format: nil, width: 0, height: 0, needsPassthrough: false)

    /// What is taken for the size where the terminal does not tell.
    static let usualSize = PixelSize(width: 800, height: 600)

    struct PixelSize: Equatable {
        var width: Int
        var height: Int
    }

    /// Finds out: from the environment first, which knows terminals by name, then by asking the terminal itself.
    ///
    /// Nothing is asked where standard output is no terminal, and where the process is in the background.
    ///
    /// - Parameters:
    ///   - console: where pictures will go.
    ///   - environment: of the process.
    ///   - limit: seconds that an answer may take; one over a slow line that takes longer is missed.
    static func detect(
        _ console: Console = .standardOutput,
        environment: [String: String] = ProcessInfo.processInfo.environment, limit: Double = 0.3
    ) -> TerminalPictures {
        guard isatty(console.descriptor) == 1 else { return .none }
        let guess = Guess(environment)
        if guess == .cannot { return .none }
        let window = WindowSize(console.descriptor)
        var answers = TerminalAnswers()
        if guess == .unknown || window.pixels == nil {
            answers = TerminalQuery.ask(console.descriptor, forSize: window.pixels == nil, limit: limit) ?? answers
        }
        var format: TerminalFormat?
        var isNamed = false
        if case .shows(let named) = guess { (format, isNamed) = (named, true) }
        guard let format = format ?? answers.format else { return .none }
        let whole = window.pixels ?? answers.pixels ?? usualSize
        return TerminalPictures(
            format: format, width: whole.width, height: window.withoutPrompt(whole.height),
            // What tmux answered for itself it also draws itself.
            needsPassthrough: isNamed && environment["TMUX"] != nil)
    }

    /// What the environment says.
    enum Guess: Equatable {
        case shows(TerminalFormat)
        case cannot
        case unknown

        init(_ environment: [String: String]) {
            let terminal = environment["TERM"] ?? ""
            // The console of Linux would print a question that it does not understand.
            guard !["", "dumb", "linux"].contains(terminal) else {
                self = .cannot
                return
            }
            // GNU screen hands nothing on, whatever the terminal around it left in the environment.
            let isScreen = environment["STY"] != nil
            if !isScreen, let format = Guess.known.first(where: { $0.isMeant(environment) })?.format {
                self = .shows(format)
            } else {
                self = .unknown
            }
        }

        private struct Known {
            let variable: String
            let matches: @Sendable (String) -> Bool
            let format: TerminalFormat

            func isMeant(_ environment: [String: String]) -> Bool { environment[variable].map(matches) ?? false }
        }

        /// Terminals by the variables they set, the first that fits.
        private static let known = [
            Known(variable: "KITTY_WINDOW_ID", matches: { !$0.isEmpty }, format: .kitty),
            Known(variable: "TERM", matches: { ["xterm-kitty", "xterm-ghostty"].contains($0) }, format: .kitty),
            Known(variable: "TERM_PROGRAM", matches: { $0 == "ghostty" }, format: .kitty),
            Known(variable: "TERM_PROGRAM", matches: { ["WezTerm", "iTerm.app"].contains($0) }, format: .iterm2),
            Known(variable: "LC_TERMINAL", matches: { $0 == "iTerm2" }, format: .iterm2),
            // 22.04 is the first that knows kitty's protocol.
            Known(variable: "KONSOLE_VERSION", matches: { Int($0).map { $0 >= 220_400 } ?? false }, format: .kitty),
        ]
    }

    /// What the system knows of a terminal's size.
    private struct WindowSize {
        /// Nil when the terminal did not say.
        let pixels: PixelSize?
        private let rows: Int

        init(_ descriptor: Int32) {
            var size = winsize()
            let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
            rows = isKnown ? Int(size.ws_row) : 0
            let isSaid = isKnown && size.ws_xpixel > 0 && size.ws_ypixel > 0
            pixels = isSaid ? PixelSize(width: Int(size.ws_xpixel), height: Int(size.ws_ypixel)) : nil
        }

        /// Two lines less, where there are more.
        func withoutPrompt(_ height: Int) -> Int { rows > 2 ? max(1, height * (rows - 2) / rows) : height }
    }
}
