extension LogLine {
    /// What a line about modes says of one nick.
    package struct OperatorChange: Hashable, Sendable {
        package let nick: Nick
        /// Whether it becomes an operator, or is one no longer.
        package let isOperator: Bool

        package init(_ nick: Nick, isOperator: Bool) {
            self.nick = nick
            self.isOperator = isOperator
        }
    }

    /// The modes that come with a parameter, in one channel or another.
    private static let parameterized = Set("abdehIkoqv".utf8)
    /// Those that come with one when they are set, and without when they are not.
    private static let parameterizedWhenSet = Set("fjJlL".utf8)

    /// `mode/#channel [+o-v nick other] by somebody`, split into words. Nil when it says nothing of an operator, and
    /// when it has more parameters than modes to take them: then a blank in it may be none.
    static func operators(_ words: ArraySlice<Substring>) -> LogLine? {
        guard let channel = words.first, channel.utf8.starts(with: "mode/#".utf8), channel.utf8.count > 6,
            let by = words.dropLast().lastIndex(of: "by"), by > words.startIndex + 1
        else { return nil }
        var inside = words[(words.startIndex + 1)..<by]
        guard let first = inside.first, first.utf8.first == UInt8(ascii: "["),
            let last = inside.last, last.utf8.last == UInt8(ascii: "]")
        else { return nil }
        // The bracket at the beginning and the one at the end may be in the same word.
        inside[inside.endIndex - 1] = last.dropLast()
        inside[inside.startIndex] = inside[inside.startIndex].dropFirst()
        return operators(modes: inside[inside.startIndex], parameters: inside.dropFirst())
    }

    private static func operators(modes: Substring, parameters: ArraySlice<Substring>) -> LogLine? {
        var parameters = parameters
        var changes: [OperatorChange] = []
        var isSet: Bool?
        for mode in modes.utf8 {
            switch mode {
            case UInt8(ascii: "+"): isSet = true
            case UInt8(ascii: "-"): isSet = false
            default:
                guard let isSet else { return nil }
                guard parameterized.contains(mode) || isSet && parameterizedWhenSet.contains(mode) else { continue }
                let nick = parameters.popFirst().flatMap { Nick(word: $0) }
                if mode == UInt8(ascii: "o"), let nick { changes.append(OperatorChange(nick, isOperator: isSet)) }
            }
        }
        return parameters.isEmpty && !changes.isEmpty ? .operators(changes) : nil
    }
}
