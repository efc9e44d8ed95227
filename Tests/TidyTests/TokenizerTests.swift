import Testing

@Suite struct TokenizerTests {
    private func texts(_ source: String) -> [String] { Tokenizer.tokens(of: source).map(\.text) }

    @Test func wordsNumbersAndSymbols() {
        #expect(
            texts("let a_1 = $0.b?.c + 0x1F - 1.5e3") == [
                "let", "a_1", "=", "$0", ".", "b", "?", ".", "c", "+", "0x1F", "-", "1.5e3",
            ])
        #expect(texts("0..<n.count") == ["0", ".", ".", "<", "n", ".", "count"])
        #expect(texts("größe") == ["größe"])
    }

    @Test func kinds() {
        let kinds = Tokenizer.tokens(of: "a 1 \"s\" ! `in`").map(\.kind)
        #expect(kinds == [.word, .number, .string, .symbol, .word])
    }

    @Test func aWordInBackticksIsNoKeyword() {
        #expect(texts("case `actor`, `a b`") == ["case", "`actor`", ",", "`a b`"])
    }

    @Test func commentsLeaveNothing() {
        #expect(texts("a // await \"\nb") == ["a", "b"])
        #expect(texts("a /* \" */ b") == ["a", "b"])
        #expect(texts("a /* x /* y */ await */ b") == ["a", "b"])
        #expect(texts("/// `await`\n/** await */ b // end") == ["b"])
        #expect(texts("a /* never closed") == ["a"])
        #expect(texts("a / b * c") == ["a", "/", "b", "*", "c"])
    }

    @Test func stringsSayNothing() {
        #expect(texts(#"f("await") + g("")"#) == ["f", "(", "\"", ")", "+", "g", "(", "\"", ")"])
        #expect(texts(#"("a \" await", b)"#) == ["(", "\"", ",", "b", ")"])
        #expect(texts(#"("\\", b)"#) == ["(", "\"", ",", "b", ")"])
        #expect(texts(#"("// no comment", b)"#) == ["(", "\"", ",", "b", ")"])
    }

    @Test func stringsOfSeveralLines() {
        let source = #"""
            a("""
                say "await" or ""
                // no comment \""" not yet
                """, b)
            c
            """#
        #expect(texts(source) == ["a", "(", "\"", ",", "b", ")", "c"])
        #expect(Tokenizer.tokens(of: source).map(\.line) == [1, 1, 1, 4, 4, 4, 5])
    }

    @Test func rawStrings() {
        #expect(texts(##"(#"a " \(await) \" "#, b)"##) == ["(", "\"", ",", "b", ")"])
        #expect(texts(##"(#"a \#(b) "#, c)"##) == ["(", "\"", "(", "b", ")", ",", "c", ")"])
        #expect(texts("#if os(Linux)") == ["#", "if", "os", "(", "Linux", ")"])
    }

    @Test func whatIsInterpolatedIsCode() {
        #expect(
            texts(#""a \(await b("c)", d: (e))) f" g"#) == [
                "\"", "(", "await", "b", "(", "\"", ",", "d", ":", "(", "e", ")", ")", ")", "g",
            ])
        #expect(texts(#""\("\(a)")" b"#) == ["\"", "(", "\"", "(", "a", ")", ")", "b"])
    }

    @Test func regularExpressions() {
        #expect(texts(##"a(#/ await " \/# "/#, b)"##) == ["a", "(", "/", ",", "b", ")"])
    }

    @Test func aStringThatIsNeverClosedEndsWithItsLine() {
        #expect(texts("let a = \"b\nc") == ["let", "a", "=", "\"", "c"])
        #expect(texts("\"\\") == ["\""])
        #expect(texts("`a") == ["`a"])
    }

    @Test func linesAndAttachment() {
        let tokens = Tokenizer.tokens(of: "a!\n  !b /* \n */ c\"d\"!")
        #expect(tokens.map(\.text) == ["a", "!", "!", "b", "c", "\"", "!"])
        #expect(tokens.map(\.line) == [1, 1, 2, 2, 3, 3, 3])
        #expect(tokens.map(\.isAttached) == [false, true, false, true, false, true, true])
    }

    @Test func findsTheClosingBracket() {
        let tokens = Tokenizer.tokens(of: "f(a[\"(\"], { g() }) h")
        #expect(tokens.closing(1) == tokens.count - 2)
        #expect(tokens.text(tokens.closing(3)) == "]")
        #expect(Tokenizer.tokens(of: "f(a").closing(1) == 2)
    }
}
