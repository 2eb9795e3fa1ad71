import ArgumentParser
import Foundation
import Upluma

/// A worker's process, started by a run: settings and orders come on standard input, messages go to standard output.
struct BatchWorkCommand: ParsableCommand {
    static let name = "work"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "A worker of `upluma batch run`.", shouldDisplay: false)

    func run() throws {
        // The program that started this one heeds them, and says what to do.
        for number in [SIGINT, SIGHUP, SIGTSTP] { signal(number, SIG_IGN) }
        let tell: @Sendable (WorkerMessage) -> Void = { message in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            guard let line = try? encoder.encode(message) else { return }
            Console.standardOutput.write(String(decoding: line, as: UTF8.self) + "\n")
        }
        guard let line = readLine(),
            let settings = try? JSONDecoder().decode(WorkerSettings.self, from: Data(line.utf8))
        else { throw UplumaError(.usage, "This command is for `upluma batch run`.") }
        do {
            if settings.nice > 0 { try Niceness.set(settings.nice) }
            let worker = try BatchWorker(settings, tell: tell)
            Thread.detachNewThread {
                while let line = readLine() {
                    switch WorkerOrder(rawValue: line) {
                    case .stop: worker.stop()
                    case .finish: worker.finish()
                    case nil: continue
                    }
                }
                // Nobody is there any more: what is in hand is brought to its end, and that is all.
                worker.finish()
            }
            try worker.run()
        } catch let error as UplumaError {
            if error.kind != .interrupted { tell(.failed(kind: error.kind.rawValue, message: error.message)) }
            throw ExitCode(error.kind.exitStatus)
        }
    }
}
