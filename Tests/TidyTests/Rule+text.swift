extension Rule {
    /// What can be told without knowing Swift.
    static let text = [
        Rule("final-newline", in: .everything) { file in
            file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n")
                ? [] : [Violation(line: file.lines.count, message: "a file ends with one newline")]
        },
        Rule("leftover", in: .everything) { file in
            file.matches(leftovers.map { ($0, isWord: true) }) {
                "\($0): do it, or write down as a comment what is the case and why"
            }
        },
        Rule("machine-path", in: .everything) { file in
            file.matches(machinePaths.map { ($0, isWord: false) }) {
                "\($0) is a path of some machine: take it as an argument, or use TemporaryDirectory"
            }
        },
    ]

    // Put together, so that this file keeps the rules that it states.
    private static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    private static let machinePaths = ["work", "tmp", "home", "root", "opt", "Users", "mnt"].map { "/" + $0 + "/" }
}

extension SourceFile {
    /// The lines that contain one of the texts. What is a word does not count within a longer word, and what is none
    /// does not count after a letter, a dot or a tilde, as in a path that begins elsewhere.
    fileprivate func matches(
        _ texts: [(text: String, isWord: Bool)], message: (String) -> String
    ) -> [Rule.Violation] {
        lines.enumerated().flatMap { number, line in
            texts.filter { Self.contains(line, $0.text, isWord: $0.isWord) }
                .map { Rule.Violation(line: number + 1, message: message($0.text)) }
        }
    }

    private static func contains(_ line: Substring, _ text: String, isWord: Bool) -> Bool {
        line.ranges(of: text).contains { range in
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            if isWord { return !before.isLetter && !after.isLetter }
            return !before.isLetter && !before.isNumber && !"._~-})".contains(before)
        }
    }
}
