/// A text file of the project.
struct SourceFile: Sendable {
    /// From the root of the repository, with slashes.
    let path: String
    let text: String
    let lines: [Substring]
    /// None unless it is Swift.
    let tokens: [Token]
    /// Where each text occurs among the tokens.
    private let positions: [String: [Int]]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        tokens = path.hasSuffix(".swift") ? Tokenizer.tokens(of: text) : []
        positions = Dictionary(grouping: tokens.indices) { [tokens] index in tokens[index].text }
    }

    /// The name without the folders and without the suffix.
    var name: String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.split(separator: ".").first ?? file)
    }

    /// The module that it belongs to, when it is in Sources.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// Where a phrase of Swift begins, wherever it occurs. It is compared token by token, so `now` is not found in
    /// `nowhere`. A phrase that ends with `*` is the beginning of a word.
    func occurrences(of phrase: String) -> [Int] {
        if phrase.hasSuffix("*") {
            return positions.filter { $0.key.hasPrefix(phrase.dropLast()) }.flatMap(\.value).sorted()
        }
        let texts = Tokenizer.tokens(of: phrase).map(\.text)
        guard let first = texts.first else { return [] }
        return (positions[first] ?? []).filter { start in
            texts.indices.allSatisfy { tokens.text(start + $0) == texts[$0] }
        }
    }
}
