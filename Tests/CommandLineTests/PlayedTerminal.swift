import Foundation
import UplumaTestSupport

@testable import UplumaTool

/// A terminal behind a real pseudo-terminal, that knows what a block needs: lines that wrap and scroll, a cursor that goes
/// up, erasing, and long lines that are broken anew when the window becomes narrower.
final class PlayedTerminal {
    /// The program's side.
    let descriptor: Int32
    private let screen: Int32
    private var columns: Int
    private let rows: Int
    /// Each row's characters with the columns they take.
    private var cells: [[Character]]
    private var (row, column) = (0, 0)
    private var wraps = true
    private var showsCursor = true
    private var isHeldBack = false
    /// Rows that scrolled out at the top.
    private(set) var history: [String] = []
    /// How often a refresh was complete.
    private(set) var refreshes = 0

    /// - Throws: `FFmpegTool.Failure` when there is no pseudo-terminal.
    init(columns: Int, rows: Int) throws {
        var (screen, descriptor) = (Int32(-1), Int32(-1))
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&screen, &descriptor, nil, nil, &size) == 0 else {
            throw FFmpegTool.Failure(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
        }
        (self.screen, self.descriptor, self.columns, self.rows) = (screen, descriptor, columns, rows)
        cells = [[]]
    }

    deinit {
        close(descriptor)
        close(screen)
    }

    /// Row and column, from 0.
    var cursor: [Int] { [row, column] }
    /// Whether lines wrap, and the cursor is shown.
    var isAsShellsWantIt: Bool { wraps && showsCursor && !isHeldBack }

    /// What is shown after everything that was written, without empty rows at the end.
    func lines() -> [String] {
        read()
        var lines = cells.map { Self.text($0) }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    func resize(columns: Int) {
        read()
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(screen, UInt(TIOCSWINSZ), &size)
        self.columns = columns
        let below = cells.dropFirst(row)
        var broken: [[Character]] = []
        for line in cells.prefix(row) {
            var rest = line[...]
            repeat {
                broken.append(Array(rest.prefix(columns)))
                rest = rest.dropFirst(columns)
            } while !rest.isEmpty
        }
        row = broken.count
        cells = broken + below
        scroll()
    }

    // MARK: Reading

    private func read() {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var event = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
        // What was written is there at once, or nearly so.
        while poll(&event, 1, 20) > 0 {
            let count = Foundation.read(screen, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        play(Array(String(decoding: bytes, as: UTF8.self).unicodeScalars))
    }

    private func play(_ scalars: [Unicode.Scalar]) {
        var text = String.UnicodeScalarView()
        func flush() {
            for character in String(text) { put(character) }
            text.removeAll()
        }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\r":
                flush()
                column = 0
            case "\n":
                flush()
                (row, column) = (row + 1, column)
                scroll()
            case "\u{1B}":
                flush()
                guard index < scalars.count, scalars[index] == "[" else { continue }
                let start = index + 1
                guard let end = scalars[start...].firstIndex(where: { (0x40...0x7E).contains($0.value) }) else {
                    return
                }
                control(String(String.UnicodeScalarView(scalars[start..<end])), Character(scalars[end]))
                index = end + 1
            default: text.append(scalar)
            }
        }
        flush()
    }

    private func control(_ parameters: String, _ final: Character) {
        switch (parameters, final) {
        case ("?7", "h"), ("?7", "l"): wraps = final == "h"
        case ("?25", "h"), ("?25", "l"): showsCursor = final == "h"
        case ("?2026", "h"): isHeldBack = true
        case ("?2026", "l"): (isHeldBack, refreshes) = (false, refreshes + 1)
        case (_, "A"): row = max(0, row - max(1, Int(parameters) ?? 1))
        case ("", "K"): cells[row] = Array(cells[row].prefix(column))
        case ("", "J"):
            cells[row] = Array(cells[row].prefix(column))
            cells = Array(cells.prefix(row + 1))
        default: cells[row].append("?")
        }
    }

    /// What takes the second column of a wide character.
    private static let filler: Character = "\0"
    private static func text(_ cells: [Character]) -> String { String(cells.filter { $0 != filler }) }

    private func put(_ character: Character) {
        let width = BatchColumns.count(String(character))
        if column + width > columns {
            guard wraps else { return }
            (row, column) = (row + 1, 0)
            scroll()
        }
        while cells[row].count < column + width { cells[row].append(" ") }
        cells[row][column] = character
        if width == 2 { cells[row][column + 1] = Self.filler }
        column += width
    }

    private func scroll() {
        while cells.count <= row { cells.append([]) }
        while cells.count > rows, row >= rows {
            history.append(Self.text(cells.removeFirst()))
            row -= 1
        }
    }
}
