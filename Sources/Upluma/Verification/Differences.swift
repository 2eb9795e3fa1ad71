/// Gathers what differs in one item: the first difference in words, and how many.
struct Differences {
    private(set) var count = 0
    private var first: String?
    private var intended: [String] = []
    private var remarks: [String] = []

    /// A loss. The words are made only for the first.
    mutating func add(_ words: @autoclosure () -> String) {
        if first == nil { first = words() }
        count += 1
    }

    /// A difference with a reason.
    mutating func intend(_ words: String) {
        if !intended.contains(words) { intended.append(words) }
    }

    /// Something that a person should know of an item that is kept.
    mutating func remark(_ words: String) {
        if !remarks.contains(words) { remarks.append(words) }
    }

    /// - Parameter kept: what is said when nothing differs.
    func verdict(_ item: VerifiedItem, kept: String) -> ItemVerdict {
        if let first {
            return ItemVerdict(
                item: item, status: .lost, message: count > 1 ? "\(first); \(count) differ in all" : first)
        }
        if !intended.isEmpty {
            return ItemVerdict(item: item, status: .changed, message: (intended + remarks).joined(separator: "; "))
        }
        return ItemVerdict(item: item, status: .kept, message: ([kept] + remarks).joined(separator: "; "))
    }
}
