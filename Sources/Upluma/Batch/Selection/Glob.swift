/// A shell's pattern for names and paths.
///
/// `*` stands for any characters but "/", `?` for one, `[a-z]` for one of these (`[!a-z]` for one that is none of
/// them), `**` for any characters and folders (`**/` for any folders or none), `{a,b}` for either; `\` takes the next
/// character as it is. A character is a Unicode scalar. Letters are compared as the file system does: upper and lower
/// case differ, and so do composed and decomposed letters.
///
/// A pattern without "/" is held against the name, at any depth; one with "/" against the whole path below the folder
/// that was named. One that ends in "/" means a folder and all that is in it.
struct Glob: Sendable {
    enum Token: Equatable, Sendable {
        case character(Unicode.Scalar)
        /// `?`
        case any
        /// `[…]`: ranges of scalars, both ends in.
        case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        /// `*`
        case run
        /// `**`
        case deepRun
        /// `**/` at the beginning of a part.
        case folders
    }

    /// One pattern without braces.
    struct Alternative: Sendable {
        let tokens: [Token]
        /// Whether it ends in a literal ending, as `*.dat` does: who writes so means files that are in no list.
        let namesEnding: Bool
    }

    /// What a match means for a file whose ending is in no list.
    enum Match { case plain, namingEnding }

    let text: String
    let alternatives: [Alternative]
    /// Whether it is held against paths.
    let isPath: Bool

    /// - Parameters:
    ///   - path: below the folder that was named, without "/" at its ends.
    ///   - name: its last part.
    func match(path: String, name: String) -> Match? {
        let subject = Array((isPath ? path : name).unicodeScalars)
        var found: Match?
        for alternative in alternatives where Glob.matches(alternative.tokens, subject) {
            if alternative.namesEnding { return .namingEnding }
            found = .plain
        }
        return found
    }

    func matches(path: String, name: String) -> Bool { match(path: path, name: name) != nil }

    private static let slash: Unicode.Scalar = "/"

    /// All ways through the pattern at once, so that no pattern takes more than its length times that of the text.
    private static func matches(_ tokens: [Token], _ text: [Unicode.Scalar]) -> Bool {
        var states = [Bool](repeating: false, count: tokens.count + 1)
        enter(0, &states, tokens)
        var next = states
        for scalar in text {
            for index in next.indices { next[index] = false }
            var isAlive = false
            for (index, token) in tokens.enumerated() where states[index] {
                switch token {
                case .character(let wanted) where wanted == scalar: enter(index + 1, &next, tokens)
                case .any where scalar != slash: enter(index + 1, &next, tokens)
                case .oneOf(let ranges, let isNegated)
                where scalar != slash && ranges.contains { $0.contains(scalar) } != isNegated:
                    enter(index + 1, &next, tokens)
                case .run where scalar != slash, .deepRun: enter(index, &next, tokens)
                case .folders:
                    // Its inside is left only behind a "/", so it must not be entered anew.
                    next[index] = true
                    if scalar == slash { enter(index + 1, &next, tokens) }
                default: continue
                }
                isAlive = true
            }
            guard isAlive else { return false }
            swap(&states, &next)
        }
        return states[tokens.count]
    }

    /// Takes up a state, and those that need no character to go on.
    private static func enter(_ index: Int, _ states: inout [Bool], _ tokens: [Token]) {
        var index = index
        while !states[index] {
            states[index] = true
            guard index < tokens.count else { return }
            switch tokens[index] {
            case .run, .deepRun, .folders: index += 1
            default: return
            }
        }
    }
}
