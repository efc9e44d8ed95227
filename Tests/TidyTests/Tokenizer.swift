/// Takes Swift source apart into tokens.
///
/// It knows comments (also nested ones), string literals (raw, multi-line, with interpolations), backticks and regular
/// expressions between `#/` and `/#`; not those between bare slashes, whose beginning only a parser can tell.
struct Tokenizer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var tokens: [Token] = []
    private var isAttached = false

    static func tokens(of source: String) -> [Token] {
        var tokenizer = Tokenizer(bytes: Array(source.utf8))
        tokenizer.code(isInterpolation: false)
        return tokenizer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8 {
        index + offset < bytes.count ? bytes[index + offset] : 0
    }

    private func isNext(_ text: StaticString, after offset: Int = 0) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { byte(offset + $0) == text.utf8Start[$0] }
    }

    private mutating func skip(_ count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
    }

    /// Reads to the end, or to the parenthesis that ends an interpolation.
    private mutating func code(isInterpolation: Bool) {
        var depth = 0
        while index < bytes.count {
            if byte() <= UInt8(ascii: " ") {
                skip()
                isAttached = false
            } else if isNext("//") || isNext("/*") {
                comment()
                isAttached = false
            } else if let hashes = hashes(before: UInt8(ascii: "\"")) {
                string(hashes: hashes)
            } else if byte() == UInt8(ascii: "#"), let hashes = hashes(before: UInt8(ascii: "/")) {
                regularExpression(hashes: hashes)
            } else {
                if byte() == UInt8(ascii: "(") { depth += 1 }
                if byte() == UInt8(ascii: ")") { depth -= 1 }
                wordOrSymbol()
                if isInterpolation, depth == 0 { return }
            }
        }
    }

    private mutating func add(_ kind: Token.Kind, _ text: some Sequence<UInt8>) {
        let text = String(decoding: Array(text), as: UTF8.self)
        tokens.append(Token(kind: kind, text: text, line: line, isAttached: isAttached))
        isAttached = true
    }

    private mutating func wordOrSymbol() {
        let first = byte()
        var length = 1
        if first == UInt8(ascii: "`") {
            while byte(length) != first, byte(length) >= UInt8(ascii: " ") { length += 1 }
            length += 1
        } else if Self.isInWord(first) {
            let isNumber = Self.isDigit(first)
            while Self.isInWord(byte(length))
                || isNumber && byte(length) == UInt8(ascii: ".") && Self.isDigit(byte(length + 1))
            { length += 1 }
        }
        let text = bytes[index..<min(index + length, bytes.count)]
        add(Self.isDigit(first) ? .number : Self.isInWord(first) || length > 1 ? .word : .symbol, text)
        skip(length)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isInWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
        default: isDigit(byte)
        }
    }

    private mutating func comment() {
        if isNext("//") {
            while index < bytes.count, byte() != UInt8(ascii: "\n") { skip() }
            return
        }
        var depth = 0
        repeat {
            if isNext("/*") {
                depth += 1
                skip(2)
            } else if isNext("*/") {
                depth -= 1
                skip(2)
            } else {
                skip()
            }
        } while depth > 0 && index < bytes.count
    }

    /// How many `#` come next, when `opening` follows them.
    private func hashes(before opening: UInt8) -> Int? {
        var count = 0
        while byte(count) == UInt8(ascii: "#") { count += 1 }
        return byte(count) == opening ? count : nil
    }

    private func areNext(hashes: Int, after offset: Int) -> Bool {
        (0..<hashes).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
    }

    private mutating func string(hashes: Int) {
        add(.string, "\"".utf8)
        skip(hashes)
        let isMultiline = isNext("\"\"\"")
        let quotes = isMultiline ? 3 : 1
        let end: StaticString = isMultiline ? "\"\"\"" : "\""
        skip(quotes)
        while index < bytes.count {
            if byte() == UInt8(ascii: "\\"), areNext(hashes: hashes, after: 1) {
                skip(1 + hashes)
                if byte() == UInt8(ascii: "(") { code(isInterpolation: true) } else { skip() }
            } else if isNext(end), areNext(hashes: hashes, after: quotes) {
                skip(quotes + hashes)
                break
            } else if byte() == UInt8(ascii: "\n"), !isMultiline {
                break
            } else {
                skip()
            }
        }
        isAttached = true
    }

    private mutating func regularExpression(hashes: Int) {
        add(.string, "/".utf8)
        skip(hashes + 1)
        while index < bytes.count, !(byte() == UInt8(ascii: "/") && areNext(hashes: hashes, after: 1)) {
            skip(byte() == UInt8(ascii: "\\") ? 2 : 1)
        }
        skip(1 + hashes)
    }
}
