import Foundation
import Synchronization

/// Asks a terminal what it can do, in raw mode and for a short time; afterwards it is as it was, and its input is empty.
enum TerminalQuery {
    /// One at a time: what a signal has to put right is kept in one place.
    private static let turn = Mutex(())

    /// A graphic of one pixel that is not shown, in kitty's protocol; under the number by which the answer is known.
    private static let graphics = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
    private static let size = "\u{1B}[14t"
    /// Primary device attributes, which every terminal answers: asked last, they say that there is no more to wait for.
    private static let attributes = "\u{1B}[c"

    /// - Parameters:
    ///   - descriptor: of the terminal, open for writing at least.
    ///   - forSize: whether its size in pixels is asked, too.
    ///   - limit: seconds that all answers together may take.
    /// - Returns: what it answered until then; nil where it cannot be asked.
    static func ask(_ descriptor: Int32, forSize: Bool, limit: Double) -> TerminalAnswers? {
        turn.withLock { _ in
            // A process in the background that touches its terminal is stopped.
            let foreground = tcgetpgrp(descriptor)
            guard foreground < 0 || foreground == getpgrp(), let terminal = open(descriptor) else { return nil }
            defer { close(terminal) }
            var saved = termios()
            guard tcgetattr(terminal, &saved) == 0 else { return nil }
            let restoration = TerminalRestoration(terminal, saved)
            guard let bytes = exchange(terminal, saved, (forSize ? size : "") + graphics + attributes, limit) else {
                restoration.finish()
                return nil
            }
            restoration.finish()
            raiseTyped(bytes, saved)
            return TerminalAnswers(bytes)
        }
    }

    /// The terminal behind a descriptor, for reading and writing: standard output may be open for writing only.
    private static func open(_ descriptor: Int32) -> Int32? {
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        if ttyname_r(descriptor, &name, name.count) == 0 {
            let opened = Foundation.open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
            if opened >= 0 { return opened }
        }
        guard fcntl(descriptor, F_GETFL) & O_ACCMODE == O_RDWR else { return nil }
        let copy = dup(descriptor)
        return copy >= 0 ? copy : nil
    }

    /// Sends `question` and reads until the answers are complete or the time is over; nil when it could not be sent.
    private static func exchange(
        _ terminal: Int32, _ saved: termios, _ question: String, _ limit: Double
    ) -> [UInt8]? {
        var raw = saved
        // No echo, no waiting for a line, and keys that mean signals come as bytes; output stays as it is.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        withUnsafeMutableBytes(of: &raw.c_cc) {
            $0[Int(VMIN)] = 0
            $0[Int(VTIME)] = 0
        }
        guard tcsetattr(terminal, TCSANOW, &raw) == 0 else { return nil }
        Console(descriptor: terminal).write(question)
        let end = ProcessInfo.processInfo.systemUptime + limit
        var bytes: [UInt8] = []
        while !TerminalAnswers(bytes).isComplete {
            let left = Int32(((end - ProcessInfo.processInfo.systemUptime) * 1000).rounded(.up))
            var event = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard left > 0 else { break }
            let ready = poll(&event, 1, left)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { break }
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = read(terminal, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    /// Does what a key that was pressed meanwhile would have done.
    private static func raiseTyped(_ bytes: [UInt8], _ saved: termios) {
        guard saved.c_lflag & tcflag_t(ISIG) != 0 else { return }
        let keys = withUnsafeBytes(of: saved.c_cc) { [($0[Int(VINTR)], SIGINT), ($0[Int(VQUIT)], SIGQUIT)] }
        // 0 is no key.
        for (key, number) in keys where key != 0 && bytes.contains(key) { _ = kill(getpid(), number) }
    }
}

/// Gives a terminal its settings back, when all is done, or when a signal comes first.
///
/// A signal's handler may use little more than system calls and memory that is there already. What it needs lies in memory
/// that is never freed, written before the handlers are set and while `TerminalQuery` has its turn.
private struct TerminalRestoration {
    private struct State {
        var terminal: Int32
        var settings: termios
    }

    /// Those that end a process or stop it, from outside: a terminal's own keys send none meanwhile.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    nonisolated(unsafe) private static let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    /// By the signal's number.
    nonisolated(unsafe) private static let previous: UnsafeMutablePointer<sigaction> = {
        let memory = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        memory.initialize(repeating: sigaction(), count: 65)
        return memory
    }()

    private let heeded: [Int32]

    init(_ terminal: Int32, _ settings: termios) {
        Self.state.initialize(to: State(terminal: terminal, settings: settings))
        // One that is ignored stays so.
        heeded = Self.signals.filter { number in
            let before = Self.previous + Int(number)
            return sigaction(number, nil, before) == 0
                && unsafeBitCast(before.pointee.__sigaction_handler.sa_handler, to: Int.self)
                    != unsafeBitCast(SIG_IGN, to: Int.self)
        }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let state = TerminalRestoration.state
            _ = tcsetattr(state.pointee.terminal, TCSANOW, &state.pointee.settings)
            // Blocked until this returns, and then done as it would have been.
            _ = sigaction(number, TerminalRestoration.previous + Int(number), nil)
            _ = raise(number)
        }
        for number in heeded { sigaction(number, &action, nil) }
    }

    /// Settings first: a signal in between restores them once more. What was not read is thrown away.
    func finish() {
        _ = tcsetattr(Self.state.pointee.terminal, TCSAFLUSH, &Self.state.pointee.settings)
        for number in heeded { sigaction(number, Self.previous + Int(number), nil) }
    }
}
