import Foundation
import Synchronization

/// A worker in a process of its own: what crashes it costs a piece of work, not the batch.
///
/// Thread safety: orders may be given from any thread; messages come on a queue of the worker's own.
final class WorkerProcess: @unchecked Sendable {
    /// How a worker's process ended.
    enum End: Sendable, Equatable {
        /// By itself, with a status.
        case exited(Int32)
        /// By a signal; the last words it wrote.
        case killed(signal: Int32, words: String)
    }

    let settings: WorkerSettings
    private let process = Process()
    private let orders = Pipe()
    private let lock = NSLock()

    /// Last bytes of standard error that are kept: a crash's reason comes last.
    private static let keptWords = 2000

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - command: program and arguments that make a worker of this tool.
    ///   - receive: gets its messages, in order.
    ///   - ended: called once, behind the last message.
    /// - Throws: `UplumaError` of kind `internal` when the system starts none.
    init(
        _ settings: WorkerSettings, command: [String], receive: @escaping @Sendable (WorkerMessage) -> Void,
        ended: @escaping @Sendable (End) -> Void
    ) throws {
        self.settings = settings
        let (messages, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = orders
        process.standardOutput = messages
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw UplumaError(.internal, "A worker cannot be started (\(error.localizedDescription)).")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let line = (try? encoder.encode(settings)) ?? Data()
        write(line + Data("\n".utf8))

        let words = Mutex("")
        let group = DispatchGroup()
        DispatchQueue(label: "upluma.batch.errors").async(group: group) {
            while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
                let text = String(decoding: data, as: UTF8.self)
                words.withLock { $0 = String(($0 + text).suffix(Self.keptWords)) }
            }
        }
        DispatchQueue(label: "upluma.batch.messages").async(group: group) {
            var lines = MessageLines()
            let decoder = JSONDecoder()
            while case let data = messages.fileHandleForReading.availableData, !data.isEmpty {
                for line in lines.add(data) {
                    // Whatever else a library prints there is none of ours.
                    if let message = try? decoder.decode(WorkerMessage.self, from: line) { receive(message) }
                }
            }
        }
        group.notify(queue: DispatchQueue(label: "upluma.batch.end")) { [self] in
            process.waitUntilExit()
            let status = process.terminationStatus
            ended(
                process.terminationReason == .uncaughtSignal
                    ? .killed(signal: status, words: words.withLock { $0 }) : .exited(status))
        }
    }

    /// The system's number of the process.
    var identifier: Int32 { process.processIdentifier }

    func order(_ order: WorkerOrder) { write(Data("\(order.rawValue)\n".utf8)) }

    /// Stops or continues the process as a whole.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    private func write(_ data: Data) {
        // One that has ended reads no more.
        lock.withLock { try? orders.fileHandleForWriting.write(contentsOf: data) }
    }
}

/// Cuts bytes into lines.
struct MessageLines {
    private var rest = Data()

    /// The lines that are complete now, without their ends.
    mutating func add(_ data: Data) -> [Data] {
        rest.append(data)
        var lines: [Data] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(rest[rest.startIndex..<end])
            rest = Data(rest[rest.index(after: end)...])
        }
        return lines
    }
}
