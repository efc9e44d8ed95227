/// The smallest piece of Swift source that means something. Comments leave none, and a string literal leaves one,
/// whatever it says, and those of what is interpolated in it.
struct Token: Equatable {
    enum Kind {
        /// An identifier or a keyword; an identifier in backticks keeps them.
        case word
        case number
        case string
        /// One character.
        case symbol
    }

    let kind: Kind
    let text: String
    let line: Int
    /// Whether it follows the token before it without a blank.
    let isAttached: Bool
}

extension [Token] {
    /// The index of the token that closes the bracket at `open`, or of the last token when nothing does.
    func closing(_ open: Int) -> Int {
        var depth = 0
        for index in open..<count where self[index].kind == .symbol {
            switch self[index].text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: continue
            }
            if depth == 0 { return index }
        }
        return count - 1
    }

    /// The text of the token at `index`, or nothing beyond the ends.
    func text(_ index: Int) -> String { indices.contains(index) ? self[index].text : "" }
}
