/// What one line of an IRC log says.
///
/// Only the exact forms count. A nick holds no blanks; but some logs have a blank behind every `]`, which the program
/// that wrote them put there (`<zcat[1] > hi`, `=== [N] ame [n=name@host]  has joined #c`), and such a blank is no part
/// of the nick. Between the words of a notice (`===`) there may be more than one blank, as in all real logs; the text
/// of a message begins after exactly one.
package enum LogLine: Hashable, Sendable {
    /// `[09:14] <nick> text`, or the action `[09:14]  * nick text`. The text may be empty or blank.
    case message(MinuteOfDay, Nick, text: String)
    /// `=== nick [user@host]  has joined #channel`
    case joined(Nick)
    /// `=== nick [user@host]  has left #channel [reason]`
    case left(Nick)
    /// `=== old is now known as new`
    case renamed(from: Nick, to: Nick)
    /// `=== nick was kicked off #channel by other (reason)`
    case kicked(Nick)
    /// `=== mode/#channel [+o nick] by other`: who becomes an operator of the channel and who is none any more, at
    /// least one, in their order. There may be other modes among them.
    case operators([OperatorChange])
    /// Everything else: topics, other modes, what somebody does, lines that are cut.
    case other

    /// - Parameter line: without its line feed. A carriage return at the end belongs to the line feed, not to the text.
    package init(_ line: Substring) {
        var line = line
        if line.utf8.last == UInt8(ascii: "\r") { line = Substring(line.utf8.dropLast()) }
        if let timed = TimedLine(line) {
            self = Self.message(timed) ?? .other
        } else {
            self = Self.notice(line) ?? Self.notice(line.withoutBlanksBehindBrackets) ?? .other
        }
    }

    /// Whether this is a message with something in it.
    package var isMessage: Bool {
        guard case .message(_, _, let text) = self else { return false }
        return !text.isBlank
    }

    private static func message(_ line: TimedLine) -> LogLine? {
        var rest = line.rest
        let nick: Nick?
        if rest.hasBytePrefix(" * ") {
            rest = Substring(rest.utf8.dropFirst(3))
            nick = Nick(word: rest.removeFirstWord())
        } else {
            guard rest.utf8.first == UInt8(ascii: "<"), let end = rest.endOfNick else { return nil }
            let word = rest[..<end].dropFirst().withoutBlanksBehindBrackets
            guard !word.utf8.contains(UInt8(ascii: " ")) else { return nil }
            rest = rest[end...]
            _ = rest.removeFirstWord()
            nick = Nick(word: word)
        }
        return nick.map { .message(line.minute, $0, text: String(rest)) }
    }

    private static func notice(_ line: Substring) -> LogLine? {
        guard line.hasBytePrefix("=== ") else { return nil }
        let words = line.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init)
        guard words.count > 2, let nick = Nick(word: words[1]) else { return nil }
        let verb = words[2...]
        if verb.starts(with: ["is", "now", "known", "as"]) {
            return verb.count == 5 ? Nick(word: words[6]).map { .renamed(from: nick, to: $0) } : nil
        }
        if verb.starts(with: ["was", "kicked", "off"]) {
            return verb.count >= 6 && words[5].isChannel && words[6] == "by" ? .kicked(nick) : nil
        }
        return coming(nick, verb) ?? operators(words[1...])
    }

    /// `[user@host] has joined #channel` or `[user@host] has left #channel [reason]`, split into words.
    private static func coming(_ nick: Nick, _ words: ArraySlice<Substring>) -> LogLine? {
        guard words.first?.utf8.first == UInt8(ascii: "["),
            let host = words.firstIndex(where: { $0.utf8.last == UInt8(ascii: "]") })
        else { return nil }
        let rest = words[(host + 1)...]
        guard rest.count >= 3, rest[host + 1] == "has", rest[host + 3].isChannel else { return nil }
        let reason = rest.dropFirst(3)
        switch rest[host + 2] {
        case "joined": return reason.isEmpty ? .joined(nick) : nil
        case "left":
            return reason.first?.utf8.first == UInt8(ascii: "[")
                && reason.last?.utf8.last == UInt8(ascii: "]") ? .left(nick) : nil
        default: return nil
        }
    }
}

/// A time of the day, as logs give it: in whole minutes, 0 to 1439.
package struct MinuteOfDay: Hashable, Comparable, Sendable {
    package let minutes: Int

    /// Nil when there is no such time on a clock.
    package init?(hour: Int, minute: Int) {
        guard 0..<24 ~= hour, 0..<60 ~= minute else { return nil }
        minutes = hour * 60 + minute
    }

    package static func < (left: MinuteOfDay, right: MinuteOfDay) -> Bool { left.minutes < right.minutes }
}

/// A line that begins with `[HH:MM] `.
private struct TimedLine {
    let minute: MinuteOfDay
    let rest: Substring

    init?(_ line: Substring) {
        let head = Array(line.utf8.prefix(8))
        guard head.count == 8, head[0] == UInt8(ascii: "["), head[3] == UInt8(ascii: ":"),
            head[6] == UInt8(ascii: "]"), head[7] == UInt8(ascii: " "),
            let hour = Self.number(head[1], head[2]), let minute = Self.number(head[4], head[5]),
            let time = MinuteOfDay(hour: hour, minute: minute)
        else { return nil }
        self.minute = time
        rest = Substring(line.utf8.dropFirst(8))
    }

    private static func number(_ tens: UInt8, _ ones: UInt8) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard digits ~= tens, digits ~= ones else { return nil }
        return Int(tens - digits.lowerBound) * 10 + Int(ones - digits.lowerBound)
    }
}

extension String {
    /// Whether there is nothing in it to see.
    package var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}

extension Substring {
    // By bytes: to `Character`, a blank with a combining accent after it is no blank.

    fileprivate func hasBytePrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    fileprivate var isChannel: Bool { utf8.first == UInt8(ascii: "#") && utf8.count > 1 }

    /// The `>` that ends the nick: a blank or nothing follows it.
    fileprivate var endOfNick: Index? {
        utf8.indices.first { index in
            guard utf8[index] == UInt8(ascii: ">") else { return false }
            let next = utf8.index(after: index)
            return next == utf8.endIndex || utf8[next] == UInt8(ascii: " ")
        }
    }

    /// Without the one blank that some logs have behind every `]`.
    fileprivate var withoutBlanksBehindBrackets: Substring {
        var bytes: [UInt8] = []
        var follows = false
        for byte in utf8 {
            let isExtra = follows && byte == UInt8(ascii: " ")
            if !isExtra { bytes.append(byte) }
            follows = byte == UInt8(ascii: "]")
        }
        return Substring(decoding: bytes, as: UTF8.self)
    }

    /// Takes away the first word and the one blank after it.
    fileprivate mutating func removeFirstWord() -> Substring {
        let end = utf8.firstIndex(of: UInt8(ascii: " ")) ?? endIndex
        let word = self[..<end]
        self = end == endIndex ? self[end...] : self[utf8.index(after: end)...]
        return word
    }
}
