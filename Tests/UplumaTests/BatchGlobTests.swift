import Testing
import UplumaTestSupport

@testable import Upluma

/// Patterns for names and paths, against a table and against a matcher that tries everything.
@Suite struct BatchGlobTests {
    private static let table: [(pattern: String, matching: [String], other: [String])] = [
        ("*.avi", ["a.avi", "x/y/a.avi", ".avi"], ["a.AVI", "a.avi.mkv", "avi", "a.avi/b"]),
        ("a?c", ["abc", "x/a-c", "a\u{E9}c"], ["ac", "a/c", "abbc", "ae\u{301}c"]),
        ("[a-cx].avi", ["a.avi", "c.avi", "x.avi"], ["d.avi", "-.avi", "ab.avi"]),
        ("[!a-c].avi", ["d.avi", "x/].avi"], ["a.avi", ".avi"]),
        ("[^a].avi", ["b.avi"], ["a.avi"]),
        ("[]x].avi", ["].avi", "x.avi"], ["[.avi"]),
        ("[a-].avi", ["a.avi", "-.avi"], ["b.avi"]),
        ("[\\]a].avi", ["].avi", "a.avi"], ["\\.avi"]),
        ("\\[x\\].avi", ["[x].avi"], ["x.avi"]),
        ("\\*.avi", ["*.avi"], ["a.avi"]),
        ("*.{avi,mpg}", ["a.avi", "a.mpg"], ["a.{avi,mpg}", "a.mkv"]),
        ("{a,b{c,d}}x", ["ax", "bcx", "bdx"], ["bx", "a", "{a,bcx"]),
        ("a{,b}c", ["ac", "abc"], ["abbc"]),
        ("{abc}", ["{abc}"], ["abc"]),
        ("x{a}{b,c}", ["x{a}b", "x{a}c"], ["xab"]),
        ("[{,}]x", ["{x", ",x", "}x"], ["ax"]),
        ("/*.avi", ["a.avi"], ["x/a.avi"]),
        ("x/*.avi", ["x/a.avi"], ["a.avi", "y/x/a.avi", "x/y/a.avi"]),
        ("**/*.avi", ["a.avi", "x/a.avi", "x/y/a.avi"], ["a.mpg"]),
        ("x/**/a.avi", ["x/a.avi", "x/y/a.avi", "x/y/z/a.avi"], ["a.avi", "xy/a.avi", "x/ya.avi"]),
        ("x/**", ["x/a", "x/y/a"], ["x", "y/x/a"]),
        ("x/", ["x/a", "x/y/a"], ["x", "y/x/a"]),
        ("**/x/", ["x/a", "y/x/a"], ["y/a", "xx/a"]),
        ("x/a**b", ["x/ab", "x/a/b", "x/acdb"], ["x/b"]),
        ("a**b", ["ab", "acb"], ["a/b"]),
        ("?/?.avi", ["x/a.avi"], ["xy/a.avi", "x/y/a.avi"]),
        ("x y.avi", ["x y.avi"], ["xy.avi"]),
        ("a\nb", ["a\nb"], ["ab"]),
        ("\u{E9}.avi", ["\u{E9}.avi"], ["e\u{301}.avi"]),
    ]

    @Test("what a pattern matches, and what not", arguments: table.indices)
    func matches(index: Int) throws {
        let row = Self.table[index]
        let glob = try Glob(row.pattern, option: "--include")
        for (paths, isMatching) in [(row.matching, true), (row.other, false)] {
            for path in paths {
                #expect(
                    glob.matches(path: path, name: PathText.name(path)) == isMatching, "\(row.pattern) against \(path)")
            }
        }
    }

    @Test("patterns that are none are told with the option", arguments: ["", "a[b", "a{b,c", "a\\", "[z-a]"])
    func mistakes(pattern: String) {
        let error = #expect(throws: UplumaError.self) { _ = try Glob(pattern, option: "--exclude") }
        #expect(error?.kind == .usage && error?.message.contains("--exclude") == true)
    }

    @Test("braces that multiply without end are refused")
    func tooManyBraces() {
        let pattern = String(repeating: "{a,b}", count: 20)
        #expect(throws: UplumaError.self) { _ = try Glob(pattern, option: "--include") }
    }

    @Test(
        "a pattern that ends in an ending is told from one that does not",
        arguments: [
            ("*.dat", true), ("x/AVSEQ01.DAT", true), ("*.{dat,bin}", true), ("*", false), ("x/**", false),
            ("*.*", false),
            ("*.da?", false), ("x.y/*", false), ("film", false), ("*.", false),
        ])
    func endings(pattern: String, isNamed: Bool) throws {
        let glob = try Glob(pattern, option: "--include")
        #expect(glob.alternatives.allSatisfy { $0.namesEnding == isNamed })
    }

    @Test("seeded patterns agree with a matcher that tries everything")
    func reference() throws {
        var noise = SeededNoise(seed: 11)
        let pieces = ["a", "b", "/", "*", "?", "**", "**/", "[ab]", "[!a]", "\\*", "*a", "b/"]
        var (matched, missed) = (0, 0)
        for _ in 0..<20_000 {
            let pattern = (0..<Int.random(in: 1...5, using: &noise)).map { _ in
                pieces.randomElement(using: &noise) ?? ""
            }.joined()
            let text = (0..<Int.random(in: 0...6, using: &noise)).map { _ in
                ["a", "b", "/", "*"].randomElement(using: &noise) ?? ""
            }.joined()
            let glob = try Glob(pattern, option: "--include")
            let name = PathText.name(text)
            let expected = ReferenceGlob(pattern).matches(path: text, name: name)
            #expect(glob.matches(path: text, name: name) == expected, "\(pattern) against \(text)")
            if expected { matched += 1 } else { missed += 1 }
        }
        // Both answers must have been asked for often, or nothing was shown.
        #expect(matched > 1000 && missed > 1000)
    }

    @Test("a pattern of many runs takes no longer than its length times the text's")
    func backtracking() throws {
        let glob = try Glob(String(repeating: "*a", count: 200) + "b", option: "--include")
        let text = String(repeating: "a", count: 4000)
        #expect(!glob.matches(path: text, name: text))
    }
}

/// The rules once more, by recursion over what is left of pattern and text; no braces.
private struct ReferenceGlob {
    private let pattern: [Character]
    private let isPath: Bool

    init(_ text: String) {
        isPath = text.contains("/")
        var text = text
        if text.first == "/" { text.removeFirst() }
        if text.last == "/" { text += "**" }
        pattern = Array(text)
    }

    func matches(path: String, name: String) -> Bool {
        matches(pattern[...], Array(isPath ? path : name)[...], isAtStart: true)
    }

    private func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>, isAtStart: Bool) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*":
            let after = pattern.drop { $0 == "*" }
            let isDeep = isPath && pattern.count - after.count > 1
            if isDeep, isAtStart, after.first == "/" {
                // Nothing, or up to any "/".
                let next = after.dropFirst()
                return matches(next, text, isAtStart: true)
                    || text.indices.contains {
                        text[$0] == "/" && matches(next, text[($0 + 1)...], isAtStart: true)
                    }
            }
            return (text.startIndex...text.endIndex).contains { end in
                (isDeep || !text[..<end].contains("/")) && matches(after, text[end...], isAtStart: false)
            }
        case "?":
            return text.first.map { $0 != "/" } == true && matches(rest, text.dropFirst(), isAtStart: false)
        case "[":
            guard let end = rest.firstIndex(of: "]"), let character = text.first, character != "/" else { return false }
            let isNegated = rest.first == "!"
            let set = rest[..<end].filter { $0 != "!" }
            return set.contains(character) != isNegated
                && matches(rest[(end + 1)...], text.dropFirst(), isAtStart: false)
        case "\\":
            return text.first == rest.first && matches(rest.dropFirst(), text.dropFirst(), isAtStart: false)
        default:
            return text.first == first && matches(rest, text.dropFirst(), isAtStart: first == "/")
        }
    }
}
