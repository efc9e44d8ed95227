/// Some lines of Swift that are in the README and, the same, in the tests.
struct Snippet: Equatable {
    let name: String
    /// The line of the mark before it, from 1.
    let line: Int
    var lines: [String] = []
}

/// The snippets of one text, and what is wrong with how they are marked.
struct SnippetCollection: Equatable {
    private(set) var snippets: [Snippet] = []
    private(set) var problems: [String] = []
    /// The modules that Swift source imports for all of its snippets.
    private(set) var imports: Set<String> = []

    private mutating func add(_ snippet: Snippet) {
        if snippets.contains(where: { $0.name == snippet.name }) {
            problems.append("line \(snippet.line): there are two snippets \(snippet.name)")
        }
        snippets.append(snippet)
    }
}

// MARK: - Markdown

extension SnippetCollection {
    private enum Mark {
        case snippet(name: String, line: Int)
        case notCompiled(line: Int)
    }

    /// Reads fenced blocks of Swift, each after a comment of its own:
    /// `<!-- snippet: name -->`, or `<!-- not compiled: why -->` for what cannot be.
    init(markdown text: String) {
        var mark: Mark?
        var block: (fence: Substring, indentation: Int, snippet: Snippet?)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.drop { $0 == " " }
            if let open = block {
                if content.hasPrefix(open.fence), content.allSatisfy({ $0 == "`" || $0 == " " }) {
                    if let snippet = open.snippet { add(snippet) }
                    block = nil
                } else {
                    block?.snippet?.lines.append(line.dedented(by: open.indentation))
                }
            } else if content.hasPrefix("```") {
                let fence = content.prefix { $0 == "`" }
                let isSwift = content.dropFirst(fence.count).split(separator: " ").first == "swift"
                let snippet = isSwift ? begin(mark, at: index + 1) : unused(mark)
                block = (fence, line.count - content.count, snippet)
                mark = nil
            } else if let found = Self.mark(in: content, at: index + 1) {
                _ = unused(mark)
                mark = found
            } else if !content.isEmpty {
                _ = unused(mark)
                mark = nil
            }
        }
        _ = unused(mark)
        if block != nil { problems.append("the last block is not closed") }
    }

    private static func mark(in content: Substring, at line: Int) -> Mark? {
        guard let comment = content.between("<!--", "-->") else { return nil }
        if let name = comment.after("snippet:") { return .snippet(name: String(name), line: line) }
        if let reason = comment.after("not compiled:"), !reason.isEmpty { return .notCompiled(line: line) }
        return nil
    }

    private mutating func begin(_ mark: Mark?, at line: Int) -> Snippet? {
        switch mark {
        case .snippet(let name, let line): return Snippet(name: name, line: line)
        case .notCompiled: return nil
        case nil:
            let advice = "write <!-- snippet: name --> or <!-- not compiled: why --> above it"
            problems.append("line \(line): a block of Swift that is not marked: \(advice)")
            return nil
        }
    }

    /// Notes that no block of Swift follows a mark.
    private mutating func unused(_ mark: Mark?) -> Snippet? {
        switch mark {
        case .snippet(_, let line), .notCompiled(let line):
            problems.append("line \(line): no block of Swift follows this mark")
        case nil: break
        }
        return nil
    }
}

// MARK: - Swift

extension SnippetCollection {
    /// Reads the regions between `// snippet: name` and `// end snippet`, indented as their marks are.
    init(swift text: String) {
        var open: (snippet: Snippet, indentation: Int)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.drop { $0 == " " }
            if let name = content.after("// snippet:") {
                if let open { problems.append("line \(open.snippet.line): this snippet is not ended") }
                open = (Snippet(name: String(name), line: index + 1), line.count - content.count)
            } else if content == "// end snippet" {
                if let open { add(open.snippet) } else { problems.append("line \(index + 1): no snippet to end") }
                open = nil
            } else if let indentation = open?.indentation {
                open?.snippet.lines.append(line.dedented(by: indentation))
            } else if let module = content.importedModule {
                imports.insert(module)
            }
        }
        if let open { problems.append("line \(open.snippet.line): this snippet is not ended") }
    }
}

extension Substring {
    fileprivate func dedented(by indentation: Int) -> String {
        String(prefix(indentation).drop { $0 == " " } + dropFirst(indentation))
    }

    /// What follows a prefix, without the blanks around it.
    fileprivate func after(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count).trimmed : nil
    }

    fileprivate func between(_ prefix: String, _ suffix: String) -> Substring? {
        let line = trimmed
        guard line.hasPrefix(prefix), line.hasSuffix(suffix) else { return nil }
        return line.dropFirst(prefix.count).dropLast(suffix.count).trimmed
    }

    private var trimmed: Substring {
        let start = drop { $0 == " " }
        return start.prefix(
            (start.lastIndex { $0 != " " }).map { start.distance(from: start.startIndex, to: $0) + 1 } ?? 0)
    }
}

extension Substring {
    /// The module of a line that imports one.
    var importedModule: String? {
        var words = split(separator: " ").map(String.init)
        if let access = words.first, ["public", "package", "internal", "private", "@testable"].contains(access) {
            words.removeFirst()
        }
        return words.count == 2 && words[0] == "import" ? words[1] : nil
    }
}
