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

    /// The nicks that a text can be said to: it begins with one of them and a colon or comma right behind it. The
    /// longest is the last; real nicks have neither sign in them, so there is one at most.
    ///
    /// Logs that have a blank behind every `]` have it in texts too: `zcat[1] : hi` is said to `zcat[1]`.
    static func addressed(by text: String) -> [Nick] {
        var nicks: [Nick] = []
        var bytes: [UInt8] = []
        var mayPassBlank = false
        // A nick has at most 128 bytes.
        for byte in text.utf8.prefix(2 * 128 + 1) {
            switch byte {
            case UInt8(ascii: " "):
                guard mayPassBlank else { return nicks }
                mayPassBlank = false
                continue
            case UInt8(ascii: ":"), UInt8(ascii: ","):
                if let nick = Nick(word: String(decoding: bytes, as: UTF8.self)) { nicks.append(nick) }
            default: break
            }
            bytes.append(byte)
            mayPassBlank = byte == UInt8(ascii: "]")
        }
        return nicks
    }
}
