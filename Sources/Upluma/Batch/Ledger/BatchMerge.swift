/// A source as a walk through folders found it.
package struct Listed: Sendable, Equatable {
    /// Absolute path.
    package var source: String
    /// Path of the result, relative to the folder that results go to.
    package var output: String
    package var bytes: Int64
    /// Nanoseconds since 1970 of its last change.
    package var changed: Int64

    package init(source: String, output: String, bytes: Int64, changed: Int64) {
        (self.source, self.output, self.bytes, self.changed) = (source, output, bytes, changed)
    }
}

/// What listing files again did to a ledger.
package struct BatchMerge: Sendable, Equatable {
    /// Files that are begun anew for one reason.
    package struct Redone: Sendable, Equatable {
        package var files = 0
        /// How many of them were done.
        package var done = 0
        /// The source of one of them.
        package var example: String?
    }

    /// Files in the listing, each once.
    package var listed = 0
    /// Of these, how many the ledger did not know, or knew by name only and has now as they are.
    package var new = 0
    /// Of these, how many stay as they were.
    package var same = 0
    /// The source is another than it was.
    package var changedFiles = Redone()
    /// Options or weights are others.
    package var changedOptions = Redone()
    /// The result is to have another name; the old one stays where it is.
    package var renamed = Redone()
    /// Found at another path, with the same size, time and result: no need to do them again.
    package var moved = 0
    /// Not in the listing, and no longer there.
    package var missing = 0
    /// Were missing, and are there again.
    package var back = 0
    /// Were put aside, and are to be tried again.
    package var retried = 0
    /// Were left out, and are to be looked at again.
    package var reconsidered = 0

    /// What the user should know, a sentence each.
    package var sentences: [String] {
        var sentences: [String] = []
        func tell(_ redone: Redone, _ what: String) {
            guard let example = redone.example else { return }
            let files = redone.files == 1 ? "1 file is" : "\(redone.files) files are"
            let done = redone.done > 0 ? " (\(redone.done) of them done)" : ""
            let more = redone.files > 1 ? ", …" : ""
            sentences.append("\(files) begun anew\(done), because \(what): \"\(example)\"\(more).")
        }
        func tell(_ count: Int, _ what: String) {
            if count > 0 { sentences.append("\(count == 1 ? "1 file" : "\(count) files") \(what).") }
        }
        tell(changedFiles, "the source changed since it was planned")
        tell(changedOptions, "options or weights are others than those it was planned with")
        tell(renamed, "the result gets another name; what stands under the old one is left alone")
        tell(moved, "lie somewhere else than before, and stay as they are")
        tell(missing, "of the batch can no longer be found")
        tell(back, "that could not be found can be found again")
        tell(retried, "that had been put aside will be tried again")
        tell(reconsidered, "that had been left out will be looked at again")
        return sentences
    }
}
