extension SnippetCollection {
    /// How the snippets of a text differ from those that are compiled; nothing when they are the same.
    ///
    /// Imports at the beginning of a snippet have to be among the imports of the source, which has them at its top.
    func differences(from compiled: SnippetCollection) -> [String] {
        let shown = Set(snippets.map(\.name))
        let missing = snippets.flatMap { snippet -> [String] in
            guard let region = compiled.snippets.first(where: { $0.name == snippet.name }) else {
                return ["line \(snippet.line): no snippet \(snippet.name) is compiled"]
            }
            return compiled.missingImports(of: snippet) + snippet.withoutImports.differences(from: region)
        }
        let superfluous = compiled.snippets.filter { !shown.contains($0.name) }
            .map { "the snippet \($0.name) is compiled (line \($0.line)) and not shown" }
        return problems + compiled.problems.map { "where they are compiled, \($0)" } + missing + superfluous
    }

    private func missingImports(of snippet: Snippet) -> [String] {
        snippet.lines.prefix(snippet.importCount).compactMap { Substring($0).importedModule }.filter {
            !imports.contains($0)
        }
        .map { "line \(snippet.line): \(snippet.name) imports \($0), and where it is compiled nothing does" }
    }
}

extension Snippet {
    /// How many lines at the beginning import a module or are blank.
    fileprivate var importCount: Int {
        lines.prefix { $0.isEmpty || Substring($0).importedModule != nil }.count
    }

    fileprivate var withoutImports: Snippet {
        Snippet(name: name, line: line + importCount, lines: Array(lines.dropFirst(importCount)))
    }

    /// The first line that differs is enough: the ones after it mostly follow.
    fileprivate func differences(from compiled: Snippet) -> [String] {
        for index in 0..<max(lines.count, compiled.lines.count) {
            let one = lines.indices.contains(index) ? lines[index] : nil
            let other = compiled.lines.indices.contains(index) ? compiled.lines[index] : nil
            if one == other { continue }
            // The fence is a line of its own, after the mark.
            return [
                """
                line \(line + 2 + index): \(name) differs from what is compiled in line \(compiled.line + 1 + index):
                  shown:    \(one ?? "(nothing more)")
                  compiled: \(other ?? "(nothing more)")
                """
            ]
        }
        return []
    }
}
