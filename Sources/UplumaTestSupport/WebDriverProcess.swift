import Foundation

/// A running `chromedriver` that listens on a free port of this machine.
final class WebDriverProcess: Sendable {
    let connection: WebDriverConnection
    private let process: Process
    /// Its own folder, with its log and the profile of the browser.
    let folder: TemporaryDirectory

    /// Where a program is, by PATH.
    static func path(of program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Throws: `FFmpegTool.Failure` when it does not listen within half a minute.
    init(program: String) throws {
        folder = try TemporaryDirectory()
        let log = folder.file("chromedriver.log")
        try Data().write(to: URL(fileURLWithPath: log))
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--port=0"]
        process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 30)
        while true {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let match = text.firstMatch(of: /started successfully on port (\d+)\./),
                let port = UInt16(match.1)
            {
                connection = WebDriverConnection(port: port)
                return
            }
            guard process.isRunning, Date() < deadline else {
                WebDriverProcess.end(process)
                throw FFmpegTool.Failure(description: "\(program) does not start: \(text)")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    deinit { WebDriverProcess.end(process) }

    /// A driver with a session may not heed a polite request; its browser ends with it, see `WebDriver`.
    private static func end(_ process: Process) {
        process.terminate()
        let deadline = Date(timeIntervalSinceNow: 2)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}
