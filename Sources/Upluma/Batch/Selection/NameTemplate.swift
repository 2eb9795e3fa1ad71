/// How results are called: text with fields in braces, `{name} {scale}x.mkv`; `{{` and `}}` are braces themselves. A
/// "/" in the text makes folders, below the one that mirrors the source's.
public struct NameTemplate: Sendable, Equatable {
    /// The raw values are those between the braces.
    public enum Field: String, CaseIterable, Sendable {
        case name, ext, folder, scale, model, number

        /// For the help.
        public var summary: String {
            switch self {
            case .name: "the source's name without its ending"
            case .ext: "its ending"
            case .folder: "the folder it lies in"
            case .scale: "how many times the picture is enlarged"
            case .model: "what enlarges it"
            case .number: "its number in the batch, six digits"
            }
        }
    }

    /// What the fields stand for, for one source.
    struct Values {
        var name: String
        /// Empty where it has none.
        var ending: String
        var folder: String
        var scale: String
        var model: String
        var number: Int

        func text(_ field: Field) -> String {
            switch field {
            case .name: name
            case .ext: ending
            case .folder: folder
            case .scale: scale
            case .model: model
            case .number: String(repeating: "0", count: max(0, 6 - "\(number)".count)) + "\(number)"
            }
        }
    }

    private enum Piece: Equatable {
        case text(String)
        case field(Field)
    }

    /// Pieces of each part of the path.
    private let parts: [[Piece]]

    /// - Throws: `UplumaError` of kind `usage`: an unknown field, an open brace, a path that leaves the folder.
    init(_ selection: BatchSelection) throws {
        try self.init(selection.nameTemplate ?? "{\(Field.name.rawValue)}", ending: selection.ending)
    }

    /// - Parameters:
    ///   - text: as given.
    ///   - ending: with or without its dot, for a text that does not end in one itself.
    /// - Throws: as above.
    init(_ text: String, ending: String) throws {
        func fail(_ why: String) -> UplumaError { UplumaError(.usage, "The name \"\(text)\" of --name \(why)") }
        var parts: [[Piece]] = [[]]
        var (literal, rest) = ("", text[...])
        func endLiteral() {
            if !literal.isEmpty { parts[parts.count - 1].append(.text(literal)) }
            literal = ""
        }
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                literal.append(rest.removeFirst())
            case "{":
                guard let end = rest.firstIndex(of: "}") else {
                    throw fail("opens a brace and does not close it. Write {{ for the character itself.")
                }
                guard let field = Field(rawValue: String(rest[..<end])) else {
                    let known = Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                    throw fail("has an unknown field {\(rest[..<end])}. There are \(known).")
                }
                endLiteral()
                parts[parts.count - 1].append(.field(field))
                rest = rest[rest.index(after: end)...]
            case "}":
                throw fail("closes a brace that is not open. Write }} for the character itself.")
            case "/":
                endLiteral()
                parts.append([])
            default:
                literal.append(character)
            }
        }
        endLiteral()
        for part in parts where part.isEmpty || part == [.text(".")] || part == [.text("..")] {
            throw fail("is not one of a file below the folder of the results. Give each part of it a name.")
        }
        switch parts[parts.count - 1].last {
        case .text(let text)? where text.contains("."): break
        // The source's own container.
        case .field(.ext)?: break
        default:
            let dotless = ending.hasPrefix(".") ? String(ending.dropFirst()) : ending
            guard !dotless.isEmpty, !dotless.contains("/"), !dotless.contains(".") else {
                throw UplumaError(.usage, "\"\(ending)\" is no ending of a file's name. Give one such as mkv or mp4.")
            }
            parts[parts.count - 1].append(.text("." + dotless))
        }
        self.parts = parts
    }

    /// A name that ends as those of all results do; nil where that depends on the source.
    var exampleName: String? {
        guard case .text(let text)? = parts.last?.last, text.contains(".") else { return nil }
        return "result" + text
    }

    private func has(_ field: Field) -> Bool { parts.contains { $0.contains(.field(field)) } }

    /// Whether it can tell sources apart that differ by their endings alone: by `keepsEnding`.
    var canKeepEnding: Bool { has(.name) && !has(.ext) }

    /// The path of a result, below the folder that mirrors the source's.
    ///
    /// - Parameter keepsEnding: whether the name goes with its ending, so that "a.avi" becomes "a.avi.mkv".
    /// - Returns: parts of at most `OutputNaming.mostNameBytes`; nil when one of them would be empty, "." or "..".
    func path(_ values: Values, keepsEnding: Bool) -> String? {
        var names: [String] = []
        for part in parts {
            let name = part.reduce(into: "") { text, piece in
                switch piece {
                case .text(let literal): text += literal
                case .field(let field):
                    let value = values.text(field)
                    // A value never makes a folder.
                    text += value.utf8.contains(UInt8(ascii: "/")) ? value.replacing("/", with: "-") : value
                    if field == .name, keepsEnding, !values.ending.isEmpty { text += "." + values.ending }
                }
            }
            guard !["", ".", ".."].contains(name) else { return nil }
            names.append(OutputNaming.shortened(name))
        }
        return names.joined(separator: "/")
    }
}
