import Foundation
import UplumaTestSupport

/// The built `upluma`, run as a user runs it.
enum Tool {
    /// The program beside the running tests.
    static var url: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("upluma")
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], input: Data? = nil, environment: [String: String] = [:], in folder: String? = nil
    ) throws -> ProcessResult {
        try ProcessResult.running(
            url.path, arguments, input: input, environment: environment, currentDirectory: folder)
    }
}
