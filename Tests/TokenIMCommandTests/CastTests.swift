import Testing
import TokenIM
import TokenIMReplay

@Suite("The cast")
struct CastTests {
    private var cast = Cast()

    /// Skipped, ignored, renames.
    private var tally: [Int] { [cast.tally.skipped, cast.tally.ignored, cast.tally.renames] }

    /// What the lines make happen, line by line.
    private mutating func play(_ lines: String...) throws -> [[Cast.Step]] {
        try lines.map { try cast.steps(for: LogLine($0[...])) }
    }

    @Test mutating func meetsAuthorsOnline() throws {
        #expect(
            try play("[10:00] <ada> hi", "[10:01] <ada> again") == [
                [.create(0), .connect(0), .send(0, text: "hi")], [.send(0, text: "again")],
            ])
        #expect(cast.people.map(\.id) == ["ada"])
        #expect(cast.people[0].isOnline)
    }

    @Test mutating func meetsAuthorsOfNothingToo() throws {
        #expect(
            try play("[10:00] <ada> ", "[10:00] <ada> x", "[10:00] <ada>") == [
                [.create(0), .connect(0)], [.send(0, text: "x")], [],
            ])
        #expect(tally == [2, 0, 0])
    }

    @Test mutating func reconnectsWhoJoinsWhileOnline() throws {
        #expect(
            try play("=== ada [a@b]  has joined #c", "=== ada [a@b]  has joined #c") == [
                [.create(0), .connect(0)], [.connect(0)],
            ])
    }

    @Test mutating func meetsLeaversOffline() throws {
        #expect(
            try play("=== ada [a@b]  has left #c []", "=== ada [a@b]  has left #c []", "[10:00] <ada> hi") == [
                [.create(0)], [], [.connect(0), .send(0, text: "hi")],
            ])
    }

    @Test mutating func disconnectsWhoLeavesOrIsKicked() throws {
        #expect(
            try play(
                "[10:00] <ada> hi", "=== ada [a@b]  has left #c []", "=== ada [a@b]  has joined #c",
                "=== ada was kicked off #c by ben (x)", "=== ada was kicked off #c by ben (x)")[1...] == [
                    [.disconnect(0)], [.connect(0)], [.disconnect(0)], [],
                ])
        #expect(cast.people.count == 1)
    }

    @Test("does not meet who is kicked unseen, and counts the line as understood")
    mutating func kickedUnseen() throws {
        #expect(try play("=== ada was kicked off #c by ben (x)") == [[]])
        #expect(cast.people.isEmpty)
        #expect(tally == [0, 0, 0])
    }

    @Test mutating func renames() throws {
        #expect(
            try play("[10:00] <ada> hi", "=== ada is now known as eve", "[10:01] <eve> I", "[10:01] <ada> too") == [
                [.create(0), .connect(0), .send(0, text: "hi")], [.rename(0, to: "eve")],
                [.send(0, text: "I")], [.send(0, text: "too")],
            ])
        #expect(cast.people.map(\.id) == ["ada"])
        #expect(tally == [0, 0, 1])
    }

    @Test("meets the old name of a rename, offline, and not the new one")
    mutating func renamedUnseen() throws {
        #expect(
            try play("=== ada is now known as eve", "[10:00] <eve> hi") == [
                [.create(0), .rename(0, to: "eve")], [.connect(0), .send(0, text: "hi")],
            ])
    }

    @Test("lets a nick mean who took it last, and its first owner keep no claim to it")
    mutating func takenNick() throws {
        #expect(
            try play(
                "[10:00] <ada> hi", "[10:00] <eve> hi", "=== ada is now known as eve", "[10:01] <eve> who?",
                "=== eve is now known as ada")[2...] == [
                    [.rename(0, to: "eve")], [.send(0, text: "who?")], [.rename(0, to: "ada")],
                ])
        #expect(cast.people.map(\.id) == ["ada", "eve"])
    }

    @Test("carries out a rename to the same name")
    mutating func renamedToItself() throws {
        #expect(try play("=== ada is now known as ada") == [[.create(0), .rename(0, to: "ada")]])
        #expect(tally == [0, 0, 1])
    }

    @Test("tells nicks apart by their bytes: upper case, other ways to write an accent")
    mutating func distinctNicks() throws {
        _ = try play("[10:00] <zo\u{EB}> a", "[10:00] <zoe\u{308}> b", "[10:00] <Ada> c", "[10:00] <ada> d")
        #expect(cast.people.count == 4)
    }

    @Test("finds whom a text begins with, by every name that means it, and the author never")
    mutating func mentions() throws {
        let steps = try play(
            "[10:00] <ada> ben: too early", "[10:00] <ben> ada: hi", "[10:01]  * ada ben, too",
            "=== ben is now known as bob",
            "[10:02] <ada> ben:bob", "[10:02] <ada> bob,", "[10:03] <bob> ben: I was", "[10:03] <bob> bob: I am")
        #expect(
            [1, 2, 4, 5, 6, 7].map { steps[$0].last } == [
                .send(1, text: "ada: hi", mentioning: 0), .send(0, text: "ben, too", mentioning: 1),
                .send(0, text: "ben:bob", mentioning: 1), .send(0, text: "bob,", mentioning: 1),
                .send(1, text: "ben: I was"), .send(1, text: "bob: I am"),
            ])
        #expect(steps[0].last == .send(0, text: "ben: too early"))
    }

    /// Those who have been seen are ada, `zcat[1]`, `[N]ame`, `a:b` and zoë.
    @Test(
        "takes for whom a text is said to who is named at its very beginning",
        arguments: [
            ("ada: hi", 1), ("ada:", 1), ("ada,ada", 1), ("ada:: hi", 1), ("ada", nil), ("ada hi", nil),
            (" ada: hi", nil),
            ("Ada: hi", nil), ("ada : hi", nil), ("ada; hi", nil), ("hi ada: hi", nil), (": ada: hi", nil),
            ("adam: hi", nil), ("ada\t: hi", nil), ("ada:\u{301} hi", 1), ("<ada>: hi", nil),
            ("zcat[1]: hi", 2), ("zcat[1] : hi", 2), ("zcat[1] , hi", 2), ("zcat[1]  : hi", nil), ("zcat[1] hi:", nil),
            ("[N] ame: hi", 3), ("[N]ame, hi", 3), ("[N]  ame: hi", nil), ("[ada] : hi", nil),
            ("a:b: hi", 4), ("a:b hi", nil), ("a:c: hi", nil), ("ada:b: hi", 1),
            ("zoë: hi", 5), ("zoe\u{308}: hi", nil),
            (String(repeating: ":", count: 300), nil), (String(repeating: "] ", count: 128) + ":", nil),
        ] as [(String, Cast.Number?)])
    mutating func addressees(text: String, expected: Cast.Number?) throws {
        _ = try play(
            "[10:00] <author> x", "[10:00] <ada> x", "[10:00] <zcat[1] > x", "[10:00] <[N] ame> x", "[10:00] <a:b> x",
            "[10:00] <zo\u{EB}> x")
        #expect(try play("[10:00] <author> \(text)") == [[.send(0, text: text, mentioning: expected)]])
    }

    @Test func findsTheLongestNickBeforeAColon() throws {
        var cast = Cast()
        let nick = String(repeating: "]", count: 128)
        _ = try cast.steps(for: LogLine("[10:00] <\(nick)> x"))
        let text = String(repeating: "] ", count: 128) + ": hi"
        #expect(
            try cast.steps(for: LogLine("[10:00] <ada> \(text)")).last == .send(1, text: text, mentioning: 0))
    }

    @Test("makes operators admins, and members again, when that is a change")
    mutating func roles() throws {
        _ = try play("[10:00] <ada> I own it", "[10:00] <ben> x", "=== eve [e@c]  has left #c []")
        #expect(
            try play(
                "=== mode/#c [+o ben] by ada", "=== mode/#c [+o ben] by ada", "=== mode/#c [-o+oo ben eve ben] by x",
                "=== mode/#c [+o-o+o-o dev eve eve eve] by x", "=== mode/#c [-o eve] by x") == [
                    [.setRole(1, .admin)], [], [.setRole(1, .member), .setRole(2, .admin), .setRole(1, .admin)],
                    [.setRole(2, .member), .setRole(2, .admin), .setRole(2, .member)], [],
                ])
        #expect(cast.people.map(\.role) == [.owner, .admin, .member])
        // dev has only been named, which is no appearance.
        #expect(cast.people.count == 3)
        #expect(tally == [0, 0, 0])
    }

    @Test("leaves the owner its group, and an admin its role while it is away and under another name")
    mutating func keptRoles() throws {
        #expect(
            try play(
                "[10:00] <ada> x", "[10:00] <ben> x", "=== mode/#c [+o-o+o ada ada ben] by x",
                "=== ben is now known as bob", "=== bob [b@c]  has left #c []", "=== bob [b@c]  has joined #c",
                "=== mode/#c [+o bob] by x", "=== mode/#c [-o ben] by x")[2...] == [
                    [.setRole(1, .admin)], [.rename(1, to: "bob")], [.disconnect(1)], [.connect(1)], [],
                    [.setRole(1, .member)],
                ])
    }

    @Test mutating func ignoresOtherLines() throws {
        #expect(try play("=== ada waves", "", "[05:1", "=== mode/#c [+b ada] by x") == [[], [], [], []])
        #expect(cast.people.isEmpty)
        #expect(tally == [0, 4, 0])
    }

    @Test mutating func bringsEverybodyOnlineAtTheEnd() throws {
        _ = try play("=== a is now known as x", "[10:00] <b> hi", "=== c [c@d]  has left #c []")
        #expect(cast.finale() == [.connect(0), .connect(2)])
        #expect(cast.finale() == [])
    }
}

@Suite("The clock of a log")
struct LogClockTests {
    private func minutes(_ times: (Int, Int)...) throws -> [Int64] {
        var clock = LogClock()
        let begin = clock.now
        return try times.map { hour, minute in
            clock.advance(to: try #require(MinuteOfDay(hour: hour, minute: minute)))
            return clock.now.duration(since: begin).components.seconds / 60
        }
    }

    @Test func followsTheMinutes() throws {
        #expect(try minutes((0, 0), (9, 14), (9, 14), (23, 59)) == [0, 554, 554, 1439])
    }

    @Test func goesPastMidnight() throws {
        #expect(try minutes((23, 58), (0, 3), (0, 3), (0, 2), (9, 0)) == [1438, 1443, 1443, 2882, 3420])
    }

    @Test func knowsTheHoursOfAClock() {
        #expect(MinuteOfDay(hour: 24, minute: 0) == nil)
        #expect(MinuteOfDay(hour: 0, minute: 60) == nil)
        #expect(MinuteOfDay(hour: -1, minute: 0) == nil)
        #expect(MinuteOfDay(hour: 23, minute: 59)?.minutes == 1439)
    }
}
