/// Something that a worker has claimed and is to do, and nobody else meanwhile.
package enum BatchWork: Sendable, Equatable {
    /// Open a file and draw up its chunks.
    case survey(BatchFile)
    /// Make the frames of a chunk.
    case chunk(BatchFile, BatchChunk, of: Int)
    /// Check the chunks, mux them with the source's other streams, and give the result its name.
    case join(BatchFile, [BatchChunk])

    package var file: BatchFile {
        switch self {
        case .survey(let file), .chunk(let file, _, of: _), .join(let file, _): file
        }
    }
}

/// What kinds of work a worker takes.
package struct BatchRoles: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let survey = BatchRoles(rawValue: 1)
    package static let chunks = BatchRoles(rawValue: 2)
    package static let join = BatchRoles(rawValue: 4)
    package static let all: BatchRoles = [.survey, .chunks, .join]
}
