/// A type that a source file declares, or a function.
struct Declaration {
    /// `struct`, `class`, … or `func`, `init`, …
    let keyword: String
    /// Of a type; of a function, what follows the keyword.
    let name: String
    let modifiers: Set<String>
    let line: Int
    /// The tokens between the braces; none for a requirement of a protocol and for an alias.
    let body: Range<Int>?
}

extension SourceFile {
    private static let typeKeywords: Set = ["class", "struct", "enum", "actor", "protocol", "typealias"]
    private static let functionKeywords: Set = ["func", "init", "deinit", "subscript"]
    private static let modifiers: Set = [
        "public", "package", "internal", "fileprivate", "private", "open", "final", "indirect", "nonisolated", "static",
    ]
    /// What begins another declaration, and so tells that the one before has no body.
    private static let beginnings = typeKeywords.union(functionKeywords).union([
        "var", "let", "case", "extension", "associatedtype", "import", "mutating", "static", "@", "#", "}", ";",
    ]).union(modifiers)

    /// The types, wherever they are nested.
    var types: [Declaration] {
        tokens.indices.filter { index in
            guard Self.typeKeywords.contains(tokens[index].text), index + 1 < tokens.count else { return false }
            // Not `class func`, nor `if author == actor {`.
            return tokens[index + 1].line == tokens[index].line && tokens[index + 1].text.first?.isUppercase == true
        }.map { declaration(at: $0) }
    }

    /// The functions, initializers and subscripts, wherever they are nested.
    var functions: [Declaration] {
        tokens.indices.filter { index in
            Self.functionKeywords.contains(tokens[index].text) && tokens.text(index - 1) != "."
                && tokens.text(index + 1) != ":"
        }.map { declaration(at: $0) }
    }

    /// The names after `extension`, without the types in which they are nested.
    var extended: Set<String> {
        Set(
            tokens.indices.filter { tokens[$0].text == "extension" }.map { start in
                var name = start + 1
                while tokens.text(name + 1) == "." { name += 2 }
                return tokens.text(name)
            })
    }

    private func declaration(at keyword: Int) -> Declaration {
        var first = keyword
        while Self.modifiers.contains(tokens.text(first - 1)) { first -= 1 }
        return Declaration(
            keyword: tokens[keyword].text, name: tokens.text(keyword + 1),
            modifiers: Set(tokens[first..<keyword].map(\.text)), line: tokens[keyword].line,
            body: tokens[keyword].text == "typealias" ? nil : body(after: keyword + 1))
    }

    /// The first braces that are not within parentheses, unless another declaration comes first.
    private func body(after start: Int) -> Range<Int>? {
        var index = start
        while index < tokens.count {
            switch tokens[index].text {
            case "{": return index + 1..<tokens.closing(index)
            case "(", "[": index = tokens.closing(index)
            case let text where index > start && Self.beginnings.contains(text):
                // `throws(any Error)`, `-> @Sendable () -> Void` and `: @unchecked Sendable` go on.
                if text != "@" { return nil }
            default: break
            }
            index += 1
        }
        return nil
    }
}
