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

    @Test mutating func ignoresOtherLines() throws {
        #expect(try play("=== ada waves", "", "[05:1") == [[], [], []])
        #expect(cast.people.isEmpty)
        #expect(tally == [0, 3, 0])
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
