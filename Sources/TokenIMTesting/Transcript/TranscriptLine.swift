/// One command as it is written: a verb, words, and names with values.
package struct TranscriptLine: Sendable {
    struct Word: Sendable, Equatable {
        var name: String?
        var text: String
        /// Whether it stands in quotation marks, and so can be no flag.
        var isQuoted = false
    }

    package let number: Int
    package let verb: String
    let words: [Word]
    /// The indented commands below it.
    package internal(set) var parts: [TranscriptLine] = []

    init(number: Int, verb: String, words: [Word]) {
        self.number = number
        self.verb = verb
        self.words = words
    }

    /// Reads a line. Nil when nothing stands in it.
    init?(_ line: Substring, at number: Int) throws(TranscriptFailure) {
        var words: [Word] = []
        var rest = line.drop { $0 == " " }
        while !rest.isEmpty {
            words.append(try Self.takeWord(from: &rest, at: number))
            rest = rest.drop { $0 == " " }
        }
        guard let first = words.first else { return nil }
        if first.name != nil || first.isQuoted { throw TranscriptFailure(line: number, "a line begins with a verb") }
        // Arrows are for those who read.
        self.init(number: number, verb: first.text, words: words.dropFirst().filter { $0 != Word(text: "->") })
    }

    private static func takeWord(from rest: inout Substring, at number: Int) throws(TranscriptFailure) -> Word {
        var word = Word(text: "")
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
        if !name.isEmpty, rest.dropFirst(name.count).first == "=" {
            word.name = String(name)
            rest = rest.dropFirst(name.count + 1)
        }
        if rest.first == "\"" {
            word.isQuoted = true
            word.text = try takeQuoted(from: &rest, at: number)
        } else {
            word.text = String(rest.prefix { $0 != " " })
            rest = rest.dropFirst(word.text.count)
        }
        guard rest.isEmpty || rest.first == " " else {
            throw TranscriptFailure(line: number, "a space is missing before \(rest)")
        }
        return word
    }

    /// A text in quotation marks, as often as a `*` and a number behind it say.
    private static func takeQuoted(from rest: inout Substring, at number: Int) throws(TranscriptFailure) -> String {
        var text = ""
        var isClosed = false
        rest = rest.dropFirst()
        while !isClosed {
            switch rest.popFirst() {
            case nil: throw TranscriptFailure(line: number, "a quotation mark is missing")
            case "\"": isClosed = true
            case "\\": text.append(try takeEscaped(from: &rest, at: number))
            case .some(let character): text.append(character)
            }
        }
        guard rest.first == "*" else { return text }
        let count = rest.dropFirst().prefix { $0 != " " }
        rest = rest.dropFirst(1 + count.count)
        guard let times = Int(count), (0...1_000_000).contains(times) else {
            throw TranscriptFailure(line: number, "\(count) is no count of repetitions")
        }
        return String(repeating: text, count: times)
    }

    private static func takeEscaped(from rest: inout Substring, at number: Int) throws(TranscriptFailure) -> Character {
        switch rest.popFirst() {
        case "n": return "\n"
        case "t": return "\t"
        case "0": return "\0"
        case .some(let character) where character == "\"" || character == "\\": return character
        default: throw TranscriptFailure(line: number, "after a backslash comes n, t, 0, \" or another backslash")
        }
    }
}
