package import Foundation

/// Runs the command-line tools that tests make files with and check files by: ffmpeg, ffprobe, mkvmerge.
package enum FFmpegTool {
    /// A tool that ended badly, with its last words.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    /// Runs a tool found on PATH to its end.
    ///
    /// - Parameters:
    ///   - tool: its name.
    ///   - arguments: as on a command line, unquoted.
    ///   - input: what it reads on standard input; nothing when nil.
    /// - Returns: its standard output.
    /// - Throws: `Failure` when it does not exist or ends with another code than 0.
    @discardableResult
    package static func run(_ tool: String, _ arguments: [String], input: Data? = nil) throws -> Data {
        let result = try ProcessResult.running("/usr/bin/env", [tool] + arguments, input: input)
        guard result.status == 0 else {
            let command = ([tool] + arguments).joined(separator: " ")
            throw Failure(description: "\(command) ended with \(result.status): \(result.errorText.suffix(2000))")
        }
        return result.output
    }

    /// Runs ffmpeg quietly, replacing existing outputs.
    @discardableResult
    package static func ffmpeg(_ arguments: [String], input: Data? = nil) throws -> Data {
        try run("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"] + arguments, input: input)
    }

    /// Runs ffprobe and returns the lines it prints.
    package static func ffprobe(_ arguments: [String]) throws -> [String] {
        let data = try run("ffprobe", ["-hide_banner", "-loglevel", "error"] + arguments)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
