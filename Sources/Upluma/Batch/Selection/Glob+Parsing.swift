extension Glob {
    /// Braces multiply: `{a,b}{c,d}` is four patterns. More than this is a slip.
    private static let mostAlternatives = 1000

    /// - Parameters:
    ///   - text: the pattern.
    ///   - option: that it was given with, for sentences.
    /// - Throws: `UplumaError` of kind `usage`.
    init(_ text: String, option: String) throws {
        func fail(_ why: String) -> UplumaError { UplumaError(.usage, "The pattern \"\(text)\" of \(option) \(why)") }
        guard !text.isEmpty else { throw fail("is empty. Leave the option out instead.") }
        var scalars = Array(text.unicodeScalars)
        isPath = scalars.contains("/")
        if scalars.first == "/" { scalars.removeFirst() }
        if scalars.last == "/" { scalars += ["*", "*"] }
        self.text = text
        let expanded = try Glob.expandedBraces(scalars, fail)
        let isPath = isPath
        alternatives = try expanded.map { pattern in
            let tokens = try Glob.tokens(pattern, isPath: isPath, fail)
            return Alternative(tokens: tokens, namesEnding: Glob.namesEnding(tokens))
        }
    }

    private static func namesEnding(_ tokens: [Token]) -> Bool {
        guard let dot = tokens.lastIndex(of: .character(".")), dot + 1 < tokens.count else { return false }
        return tokens[(dot + 1)...].allSatisfy {
            if case .character(let scalar) = $0 { scalar != "/" } else { false }
        }
    }

    // MARK: - Braces

    /// The patterns that remain when the first pair of braces, and then all others, are written out. Braces without a
    /// comma stand for themselves, as in a shell.
    private static func expandedBraces(_ pattern: [Unicode.Scalar], _ fail: (String) -> UplumaError) throws
        -> [[Unicode.Scalar]]
    {
        var (done, open): ([[Unicode.Scalar]], [[Unicode.Scalar]]) = ([], [pattern])
        while let next = open.popLast() {
            if let group = try firstGroup(next, fail) {
                // Backwards, since the last is taken up first: alternatives keep their order.
                open += group.choices.reversed().map { next[..<group.start] + $0 + next[group.end...] }
            } else {
                done.append(next)
            }
            guard done.count + open.count <= mostAlternatives else {
                throw fail(
                    "has braces that stand for more than \(mostAlternatives) patterns. Give several shorter ones.")
            }
        }
        return done
    }

    /// The first group with a comma: where it begins and ends, and what it chooses from.
    private static func firstGroup(_ pattern: [Unicode.Scalar], _ fail: (String) -> UplumaError) throws
        -> (start: Int, end: Int, choices: [[Unicode.Scalar]])?
    {
        /// Groups that are open: where they begin, and where their commas are.
        var groups: [(start: Int, commas: [Int])] = []
        /// The outermost of those that end; those within it are written out later.
        var found: (start: Int, end: Int, choices: [[Unicode.Scalar]])?
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case "\\": index += 1
            case "[":
                // A brace in brackets is one of the characters.
                if let end = bracketEnd(pattern, from: index) { index = end }
            case "{": groups.append((index, []))
            case "," where !groups.isEmpty: groups[groups.count - 1].commas.append(index)
            case "}" where !groups.isEmpty:
                let group = groups.removeLast()
                if !group.commas.isEmpty, found.map({ group.start < $0.start }) ?? true {
                    let edges = [group.start] + group.commas + [index]
                    found = (
                        group.start, index + 1, zip(edges, edges.dropFirst()).map { Array(pattern[($0 + 1)..<$1]) }
                    )
                }
                if groups.isEmpty, found != nil { return found }
            default: break
            }
            index += 1
        }
        guard groups.isEmpty else {
            throw fail("opens a brace and does not close it. Write \\{ for the character itself.")
        }
        return found
    }

    // MARK: - Tokens

    private static func tokens(
        _ pattern: [Unicode.Scalar], isPath: Bool, _ fail: (String) -> UplumaError
    ) throws -> [Token] {
        var (tokens, index): ([Token], Int) = ([], 0)
        while index < pattern.count {
            let scalar = pattern[index]
            switch scalar {
            case "\\":
                guard index + 1 < pattern.count else {
                    throw fail("ends in a \\. Write \\\\ for the character itself.")
                }
                tokens.append(.character(pattern[index + 1]))
                index += 2
            case "?":
                tokens.append(.any)
                index += 1
            case "*":
                let end = pattern[index...].firstIndex { $0 != "*" } ?? pattern.count
                if end - index == 1 || !isPath {
                    tokens.append(.run)
                } else if end < pattern.count, pattern[end] == "/", index == 0 || pattern[index - 1] == "/" {
                    tokens.append(.folders)
                    index = end + 1
                    continue
                } else {
                    tokens.append(.deepRun)
                }
                index = end
            case "[":
                guard let end = bracketEnd(pattern, from: index) else {
                    throw fail("opens a bracket and does not close it. Write \\[ for the character itself.")
                }
                tokens.append(try bracket(pattern[(index + 1)..<end], fail))
                index = end + 1
            default:
                tokens.append(.character(scalar))
                index += 1
            }
        }
        return tokens
    }

    /// Where the bracket that begins at `start` is closed; one that comes first is a character of the set.
    private static func bracketEnd(_ pattern: [Unicode.Scalar], from start: Int) -> Int? {
        var index = start + 1
        if index < pattern.count, pattern[index] == "!" || pattern[index] == "^" { index += 1 }
        if index < pattern.count, pattern[index] == "]" { index += 1 }
        while index < pattern.count {
            if pattern[index] == "]" { return index }
            index += pattern[index] == "\\" ? 2 : 1
        }
        return nil
    }

    private static func bracket(_ inside: ArraySlice<Unicode.Scalar>, _ fail: (String) -> UplumaError) throws -> Token {
        var rest = inside
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        func take() -> Unicode.Scalar? {
            guard let first = rest.popFirst() else { return nil }
            return first == "\\" ? rest.popFirst() ?? first : first
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let low = take() {
            var high = low
            // A hyphen at the end is a character.
            if rest.first == "-", rest.count > 1 {
                rest.removeFirst()
                high = take() ?? low
            }
            guard low <= high else { throw fail("has a range whose end is before its beginning: \(low)-\(high).") }
            ranges.append(low...high)
        }
        return .oneOf(ranges, isNegated: isNegated)
    }
}
