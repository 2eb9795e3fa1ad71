package import Foundation

/// A finished program: its exit status and all it wrote.
package struct ProcessResult: Sendable {
    /// The exit code, or 128 plus the number of the signal that ended it.
    package let status: Int32
    package let output: Data
    package let errorText: String

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - input: what it reads on standard input; nil is an empty one.
    ///   - environment: added to that of the tests.
    ///   - started: called with the process identifier once it runs.
    package static func running(
        _ program: String, _ arguments: [String], input: Data? = nil, environment: [String: String] = [:],
        currentDirectory: String? = nil, started: ((Int32) -> Void)? = nil
    ) throws -> ProcessResult {
        // Files rather than pipes: no reader thread is needed and nothing can fill up.
        let folder = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let currentDirectory { process.currentDirectoryURL = URL(fileURLWithPath: currentDirectory) }
        if let input {
            try input.write(to: URL(fileURLWithPath: folder.file("input")))
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.file("input")))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        for name in ["output", "error"] { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("output")))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("error")))
        try process.run()
        started?(process.processIdentifier)
        process.waitUntilExit()
        return ProcessResult(
            status: process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus,
            output: try Data(contentsOf: URL(fileURLWithPath: folder.file("output"))),
            errorText: String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file("error"))), as: UTF8.self)
        )
    }
}
