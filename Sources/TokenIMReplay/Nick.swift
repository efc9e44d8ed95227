package import TokenIM

/// What a nick names; only a tag for ``Nick``.
package enum Nickname {}

/// What somebody is called in a log: whatever can name a user, without blanks. Nicks are equal when their bytes are.
package typealias Nick = Identifier<Nickname>

extension Identifier where Subject == Nickname {
    /// Nil for what no nick can be: empty, longer than 128 bytes, with a blank or a control character in it.
    package init?(word: some StringProtocol) {
        guard !word.unicodeScalars.contains(where: \.properties.isWhitespace),
            let nick = try? Nick(String(word))
        else { return nil }
        self = nick
    }
}
