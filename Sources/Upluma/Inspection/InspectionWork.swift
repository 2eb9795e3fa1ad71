import Foundation

/// What every inspection does around its picture.
enum InspectionWork {
    /// How many regions there may be.
    static let mostRegions = 12

    /// Draws a picture into a file that is there whole or not at all.
    ///
    /// - Parameters:
    ///   - report: receives notes, on the calling thread.
    ///   - prepare: checks what was asked for, before the output is looked at.
    ///   - draw: makes the picture and the numbers behind it.
    /// - Returns: those numbers.
    /// - Throws: `UplumaError`; no picture is left behind then.
    static func run<Prepared, Report>(
        input: String, output path: String, overwrite: Bool, isCancelled: () -> Bool, report: (JobEvent) -> Void,
        prepare: () throws -> Prepared, draw: (Prepared) throws -> (Canvas, Report)
    ) throws -> Report {
        do {
            let prepared = try prepare()
            let output = try OutputFile(path: path, input: input, overwrite: overwrite)
            output.notes.forEach { report(.note($0)) }
            do {
                let (canvas, result) = try draw(prepared)
                try output.write(try canvas.png())
                if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
                try output.commit()
                return result
            } catch {
                output.discard(isBegun: true)
                throw isCancelled() ? UplumaError(.interrupted, "Interrupted.") : error
            }
        } catch {
            throw UplumaError(any: error)
        }
    }

    /// As many threads as were asked for, or all, within what is possible.
    static func threads(_ asked: Int?) -> Int {
        max(1, min(asked ?? ProcessInfo.processInfo.activeProcessorCount, UpscaleOptions.threadRange.upperBound))
    }

    /// - Throws: `UplumaError` of kind `usage` for too many.
    static func check(regions count: Int) throws {
        guard count > mostRegions else { return }
        throw UplumaError(.usage, "\(count) regions are too many. Give at most \(mostRegions).")
    }
}
