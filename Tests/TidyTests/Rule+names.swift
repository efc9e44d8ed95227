extension Rule {
    private static let emptyWords: Set = [
        "Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Manager", "Managers", "Common", "Misc",
    ]

    /// What files and types are called.
    static let names = [
        Rule("empty-word") { file in
            let folders = file.path.split(separator: "/").dropLast().map(String.init)
            let inPath = (folders + [file.name]).filter(hasEmptyWord).map { (name: $0, line: 1) }
            let inTypes = file.types.filter { hasEmptyWord($0.name) }.map { (name: $0.name, line: $0.line) }
            return (inPath + inTypes).map {
                Violation(line: $0.line, message: "\($0.name) says nothing: call it after what it is or does")
            }
        },
        Rule("file-name", in: .sources) { file in
            let parts = file.name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
            let declared = Set(file.types.map(\.name))
            if parts.count == 1 {
                // `Records.swift` may hold `UserRecord` and `GroupRecord`.
                let singular = file.name.hasSuffix("s") ? String(file.name.dropLast()) : file.name
                if file.name == "main" { return [] }
                if declared.contains(where: { $0.hasSuffix(file.name) || $0.hasSuffix(singular) }) { return [] }
                return [Violation(line: 1, message: "a file is called after its type, and none here is a \(singular)")]
            }
            if parts.count == 2, !parts[1].isEmpty, file.extended.union(declared).contains(parts[0]) { return [] }
            return [Violation(line: 1, message: "Type+facet.swift extends Type, and \(file.name).swift does not")]
        },
        Rule("module-name", in: .sources) { file in
            file.types.filter { $0.name == file.module }.map {
                Violation(line: $0.line, message: "a type that is called like its module hides it: find another name")
            }
        },
    ]

    /// Whether one of the words of a name in camel case is one that would fit anything.
    private static func hasEmptyWord(_ name: String) -> Bool {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character.isLetter ? character : " ")
        }
        return words.contains { word in emptyWords.contains(word.filter(\.isLetter).capitalizedFirst) }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
