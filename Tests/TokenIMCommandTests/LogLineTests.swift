import Testing
import TokenIM
import TokenIMReplay

@Suite("A line of a log")
struct LogLineTests {
    private func message(_ hour: Int, _ minute: Int, _ nick: Nick, _ text: String) throws -> LogLine {
        .message(try #require(MinuteOfDay(hour: hour, minute: minute)), nick, text: text)
    }

    @Test func saysAMessage() throws {
        #expect(LogLine("[09:14] <ada> hi, ben") == (try message(9, 14, "ada", "hi, ben")))
        #expect(LogLine("[00:00] <ada> x") == (try message(0, 0, "ada", "x")))
        #expect(LogLine("[23:59] <ada> x") == (try message(23, 59, "ada", "x")))
    }

    @Test func saysAnAction() throws {
        #expect(LogLine("[02:27]  * ada waves") == (try message(2, 27, "ada", "waves")))
    }

    @Test("leaves out of a nick the blank that some logs have behind every bracket")
    func brackets() throws {
        #expect(LogLine("[12:00] <zcat[1] > hi") == (try message(12, 0, "zcat[1]", "hi")))
        #expect(LogLine("[12:00] <zcat[1]> hi") == (try message(12, 0, "zcat[1]", "hi")))
        #expect(LogLine("[12:00] <g[r] eek> a] b") == (try message(12, 0, "g[r]eek", "a] b")))
        #expect(LogLine("[12:00] <[N] ame>") == (try message(12, 0, "[N]ame", "")))
        #expect(LogLine("=== [N] ame [n=name@host]  has joined #c") == .joined("[N]ame"))
        #expect(LogLine("=== zcat[1]  [n=zcat@host]  has joined #c") == .joined("zcat[1]"))
        #expect(LogLine("=== zcat[1] [n=zcat@host] has joined #c") == .joined("zcat[1]"))
        #expect(LogLine("=== x[1]  is now known as [b] en") == .renamed(from: "x[1]", to: "[b]en"))
        #expect(LogLine("=== g[r] eek bows to ada") == .other)
    }

    @Test func keepsTheTextToTheByte() throws {
        #expect(LogLine("[09:14] <ada>  two blanks") == (try message(9, 14, "ada", " two blanks")))
        #expect(LogLine("[09:14] <ada> end  ") == (try message(9, 14, "ada", "end  ")))
        #expect(LogLine("[09:14] <ada> <ben> said so") == (try message(9, 14, "ada", "<ben> said so")))
        #expect(LogLine("[09:14] <ada> \u{301}x") == (try message(9, 14, "ada", "\u{301}x")))
        #expect(LogLine("[09:14]  * ada  waves") == (try message(9, 14, "ada", " waves")))
    }

    @Test("takes a carriage return at the end for a part of the line's end, and one only")
    func carriageReturn() throws {
        #expect(LogLine("[09:14] <ada> hi\r") == (try message(9, 14, "ada", "hi")))
        #expect(LogLine("[09:14] <ada> hi\r\r") == (try message(9, 14, "ada", "hi\r")))
        #expect(LogLine("[09:14] <ada>\r") == (try message(9, 14, "ada", "")))
        #expect(LogLine("=== ada [a@b]  has joined #c\r") == .joined("ada"))
    }

    @Test("is a message with nothing in it", arguments: ["[09:14] <ada>", "[09:14] <ada> ", "[09:14]  * ada"])
    func emptyText(line: String) throws {
        #expect(LogLine(line[...]) == (try message(9, 14, "ada", "")))
        #expect(!LogLine(line[...]).isMessage)
    }

    @Test("is blank when nothing in it can be seen", arguments: ["", "   ", "\t", "\u{A0}", "\u{3000} \u{2003}"])
    func blankText(text: String) {
        let line = LogLine("[09:14] <ada> \(text)")
        #expect(line != .other)
        #expect(!line.isMessage)
    }

    @Test(
        "takes any word without blanks for a nick",
        arguments: [
            "|QuaD-", "`anthony", "[Seawolf]", "{x}", "a^b\\c", "L0sT", "_", "zoë", "a>b", "<", "=",
        ])
    func nicks(word: String) throws {
        let nick = try Nick(word)
        #expect(LogLine("[09:14] <\(word)> hi") == (try message(9, 14, nick, "hi")))
        #expect(LogLine("[09:14]  * \(word) hi") == (try message(9, 14, nick, "hi")))
        #expect(LogLine("=== \(word) [a@b]  has joined #c") == .joined(nick))
        #expect(LogLine("=== \(word) is now known as \(word)") == .renamed(from: nick, to: nick))
    }

    @Test func takesANickOf128BytesAndNoLonger() throws {
        let longest = String(repeating: "é", count: 64)
        #expect(LogLine("[09:14] <\(longest)> hi") == (try message(9, 14, Nick(longest), "hi")))
        #expect(LogLine("[09:14] <\(longest)e> hi") == .other)
    }

    @Test(
        "of somebody who joins",
        arguments: [
            "=== ada [~ada@host.example]  has joined #ubuntu",
            "=== ada [a@b] has joined #Ubuntu",
            "=== ada  [a@b]  has joined #c ",
            "=== ada []  has joined #c",
            "=== ada [two words]  has joined #c",
        ])
    func joins(line: String) {
        #expect(LogLine(line[...]) == .joined("ada"))
    }

    @Test(
        "of somebody who leaves",
        arguments: [
            "=== ada [a@b]  has left #ubuntu []",
            "=== ada [a@b]  has left #ubuntu [\"Leaving\"]",
            "=== ada [a@b]  has left #ubuntu [two words] ",
            "=== ada [a@b]  has left #ubuntu [\"cut]",
            "=== ada [a@b] has left #other [x]",
        ])
    func leaves(line: String) {
        #expect(LogLine(line[...]) == .left("ada"))
    }

    @Test(
        "of somebody with a new name",
        arguments: [
            "=== ada is now known as ben", "=== ada  is now known as ben", "=== ada is now known as ben ",
        ])
    func renames(line: String) {
        #expect(LogLine(line[...]) == .renamed(from: "ada", to: "ben"))
    }

    @Test(
        "of somebody who is kicked, from whatever channel",
        arguments: [
            "=== ada was kicked off #ubuntu by ben (flood)", "=== ada was kicked off #other by ben",
            "=== ada was kicked off #c by ben (two words)",
        ])
    func kicks(line: String) {
        #expect(LogLine(line[...]) == .kicked("ada"))
    }

    @Test(
        "of modes says who becomes an operator and who is none any more",
        arguments: [
            ("[+o ada] by ben", ["+ada"]),
            ("[-o ada]  by ben ", ["-ada"]),
            ("[+o ada] by ada or so", ["+ada"]),
            ("[+o-v+oo a b c d]  by e", ["+a", "+c", "+d"]),
            ("[-oo+o-o a a b c] by e", ["-a", "-a", "+b", "-c"]),
            ("[+-o a] by e", ["-a"]),
            // Other modes take their parameters, or have none.
            ("[+bklo *!*@host key 50 a] by e", ["+a"]),
            ("[-ko+lfo key a 50 #other b] by e", ["-a", "+b"]),
            ("[+imnprst-lo a] by e", ["-a"]),
            // Those at the end may be missing.
            ("[+oo a] by e", ["+a"]),
            ("[+oo a \(String(repeating: "x", count: 129))] by e", ["+a"]),
            ("[+oo by x] by by", ["+by", "+x"]),
            // With and without a blank behind every bracket.
            ("[+o zcat[1]] by e", ["+zcat[1]"]),
            ("[+o zcat[1] ]  by e", ["+zcat[1]"]),
            ("[+o [N]ame] by e", ["+[N]ame"]),
            ("[+o [N] ame]  by e", ["+[N]ame"]),
            ("[-oo [N] ame zcat[1] ]  by [x] ", ["-[N]ame", "-zcat[1]"]),
        ])
    func operators(modes: String, expected: [String]) {
        guard case .operators(let changes) = LogLine("=== mode/#c \(modes)") else {
            Issue.record("not about operators")
            return
        }
        #expect(changes.map { ($0.isOperator ? "+" : "-") + $0.nick.rawValue } == expected)
    }

    @Test(
        "of no form is other",
        arguments: [
            "", " ", "hello", "[05:1", "[05:12]", "[05:12] ", "[05:12] <ad", "[05:12] ada hi", "[05:12]<ada> hi",
            " [05:12] <ada> hi", "[05:12]  <ada> hi", "[5:12] <ada> hi", "[24:00] <ada> hi", "[10:60] <ada> hi",
            "[1a:00] <ada> hi", "[05:12] <> hi", "[05:12] <ada>hi", "[05:12] <a da> hi",
            "[05:12] <a\u{A0}da> hi", "[05:12] <a\u{7}da> hi", "[05:12] * ada waves", "[05:12]  *  waves",
            "[05:12]  *ada waves", "[05:12]  * ", "[05:12]   * ada waves", "==", "===", "=== ada", "=== ada waves",
            "==== ada is now known as ben", "===ada is now known as ben", " === ada is now known as ben",
            "=== ada is now known as", "=== ada is now known as ben or so",
            "=== Ada Is Now Known As Ben", "=== ada is tired.", "=== ada has joined #c", "=== ada [a@b]  has joined",
            "=== ada [a@b]  has joined #", "=== ada [a@b]  has joined c", "=== ada [a@b]  has joined #c today",
            "=== ada [a@b  has joined #c", "=== ada a@b]  has joined #c",
            "=== ada [a@b]  has left #c", "=== ada [a@b]  has left #c reason", "=== ada [a@b]  has lef",
            "=== ada [a@b]  has quit #c []", "=== ada was kicked off #c", "=== ada was kicked off c by ben",
            "=== ada was kicked off #c by", "=== ada was kicked by ben", "=== mode/#c [+o ada]",
            "=== mode/#c [+o ada] by", "=== mode/#c +o ada by ben", "=== mode/#c [+o ada by ben",
            "=== mode/#c [o ada] by ben", "=== mode/#c [+o] by ben", "=== mode/#c [] by ben", "=== mode/#c [ by ben",
            "=== mode/#c ] by ben", "=== mode/#c [+o ] by ben", "=== mode/#c by ben", "=== mode/# [+o ada] by ben",
            "=== mode/c [+o ada] by ben", "=== Mode/#c [+o ada] by ben", "=== mode/#c [+o ada ben] by eve",
            "=== mode/#c [+v ada] by ben", "=== mode/#c [+O ada] by ben", "=== mode/#ubuntu [+r]  by nalioth",
            "=== mode/#ubuntu [+b %Erlik!*@*]  by LjL", "=== mode/#c [+o  x\u{A0}y] by ben",
            "=== ..[topic/#ubuntu:Seveas] : Happy Dapper Day Everyone!", "=== Erlik      <debian> by <erlik>",
            "[05:12] === ada is now known as ben",
        ])
    func other(line: String) {
        #expect(LogLine(line[...]) == .other)
    }
}
