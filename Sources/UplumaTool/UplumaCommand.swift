import ArgumentParser
import Foundation
import Upluma

/// The tool: parses, runs, and alone decides exit codes.
@main
struct UplumaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upluma",
        abstract: "Makes old video large and clear.",
        discussion: """
            Luma is super-resolved by a small learned network, chroma enlarged by Lanczos, everything else in the \
            file is kept. Results go to standard output, progress and messages to standard error.

            Exit codes: \(ExitCodes.summary).
            """,
        version: UplumaVersion.current,
        subcommands: [
            UpscaleCommand.self, DownscaleCommand.self, PreviewCommand.self, PlanCommand.self, VerifyCommand.self,
            BatchCommand.self, EvaluateCommand.self,
            ModelsCommand.self, InspectCommand.self, BenchmarkCommand.self,
        ])

    static func main() {
        // A reader of our output that goes away is an error to report, not a reason to die silently.
        signal(SIGPIPE, SIG_IGN)
        // Over a file size limit, writing fails with an error that names the file.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as UplumaError {
            Console.standardError.write("upluma: \(error.message)\n")
            Foundation.exit(error.kind.exitStatus)
        } catch let status as ExitCode {
            // The command has said all there is to say.
            Foundation.exit(status.rawValue)
        } catch {
            if wantsJSON, exitCode(for: error) != .success {
                let message = message(for: error).split(separator: "\n").first.map(String.init) ?? "Wrong usage."
                Console.standardError.write(JSONLine.error(UplumaError(.usage, message)))
                Foundation.exit(exitCode(for: error).rawValue)
            }
            exit(withError: error)
        }
    }

    /// Whether standard error is read by a program, told by the arguments themselves since they may not parse.
    private static var wantsJSON: Bool {
        let arguments = CommandLine.arguments
        return arguments.contains("--progress=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == "--progress" && $1 == "json" }
    }
}

/// The list of exit codes for the help screens, from the one list of failures.
enum ExitCodes {
    static var summary: String {
        (["0 done"] + FailureKind.allCases.map { "\($0.exitStatus) \($0.summary)" }).joined(separator: ", ")
    }
}
