import Testing
import TokenIM
import TokenIMTesting

@Suite struct LanguageTests {
    /// Runs a text, and returns it with what happened.
    private func played(_ text: String, verbs: [TranscriptVerb] = []) async throws -> String {
        try await Transcript(text).run(verbs: verbs).text
    }

    private func complaint(_ text: String) async -> String {
        do {
            return "nothing: \(try await played(text))"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatHappenedIsWrittenBelowTheLine() async throws {
        let text = """
            # A remark stays where it is.
            users alice bob

            # And here.
            send alice -> bob "hello"
            send bob -> eve "hello"
            ----
            something else
            """
        let result = """
            # A remark stays where it is.
            users alice bob
            ----
            @alice 1 user-created
            @bob 1 user-created

            # And here.
            send alice -> bob "hello"
            send bob -> eve "hello"
            ----
            alice/bob 1 alice: hello
            error: unknown-user (2001): there is no user eve

            """
        #expect(try await played(text) == result)
        #expect(try await played(result) == result)
        #expect(try Transcript(result).text == result)
    }

    @Test func aDifferenceIsShownInItsBlock() async throws {
        let said = try Transcript("users a b\n----\n@a 1 user-created\n@c 1 user-created\n\nunread a\n----\n0\n")
        let differences = said.differences(from: try await said.run())
        #expect(
            differences.map(\.description) == [
                """
                line 3:
                  users a b
                  ----
                  @a 1 user-created
                - @c 1 user-created
                + @b 1 user-created
                """
            ])
    }

    @Test func aTranscriptGivesTheSameWheneverItIsRun() async throws {
        for file in TranscriptTests.files.prefix(4) {
            let transcript = try file.read()
            #expect(try await transcript.run().text == transcript.run().text)
        }
    }

    @Test(arguments: TranscriptTests.files) func foldingInBetweenChangesNothing(file: TranscriptFile) async throws {
        let transcript = try file.read()
        let folded = try await transcript.run(interlude: { stage in
            if stage.hasEngine { try? await stage.engine.fold() }
        })
        let differences = transcript.differences(from: folded)
        #expect(differences.isEmpty, "\(file)\n\(differences.map { "\($0)" }.joined(separator: "\n"))")
    }

    // MARK: Verbs of one's own

    @Test func aHostAddsVerbsOfItsOwn() async throws {
        let order = TranscriptVerb("order", "USER [count=] [gift] ITEMS…", "orders something") { stage, command in
            let count = try command.count("count") ?? 1
            if count < 1 { throw IMError(.malformedArgument, "nothing is ordered") }
            try await stage.engine.messages.send(
                .text("\(count) × \(command.list("ITEMS").joined(separator: " and "))"), from: try command.user(),
                to: .user("shop"), key: "order")
            return command.has("gift") ? ["as a gift"] : []
        }
        let text = """
            users alice shop
            order alice tea cups
            order alice gift count=2 tea
            order alice count=0 tea
            order alice count=2 "gift" gift
            """
        let result = try await played(text, verbs: [order])
        #expect(
            result.split(separator: "\n").dropFirst(8) == [
                "alice/shop 1 alice: 1 × tea and cups",
                "error: idempotency-conflict (2005): key order was used for another request, at position 3",
                "error: malformed-argument (1003): nothing is ordered",
                "error: idempotency-conflict (2005): key order was used for another request, at position 3",
            ])
    }

    @Test func aHostConfiguresTheEngine() async throws {
        let transcript = try Transcript(
            "users alice bob\nsend alice -> bob \"0123\"\nrestart\nsend alice -> bob \"0123\"")
        let played = try await transcript.run(configure: { $0.limits.contentBytes = 3 })
        #expect(played.text.split(separator: "\n").filter { $0.hasPrefix("error: content-too-large") }.count == 2)
    }

    // MARK: Mistakes

    @Test func mistakesAreNoHappenings() async {
        #expect(await complaint("users a\n\njump-up 1s") == "line 3: there is no verb jump-up")
        #expect(await complaint("unread") == "line 1: USER is missing: unread USER [archived] [without-muted]")
        #expect(
            await complaint("unread a b")
                == "line 1: b is a word too many: unread USER [archived] [without-muted]")
        #expect(await complaint("suspend a b=c") == "line 1: there is no b= in it: suspend USER [key=]")
        #expect(await complaint("suspend a key=1 key=2") == "line 1: key= is said twice: suspend USER [key=]")
        #expect(await complaint("advance soon") == "line 1: TIME is a time, not soon")
        #expect(await complaint("advance -1s") == "line 1: a clock advances forwards only")
        #expect(
            await complaint("users a\ntrim a 1")
                == "line 2: a conversation is written as #team, alice/bob or @alice, not a")
        #expect(await complaint("receive a@phone") == "line 1: a@phone has not been connected")
        #expect(await complaint("limits coffee=1\nrestart") == "line 1: there is no limit coffee")
        #expect(
            await complaint("  put a b c") == "line 1: an indented line belongs to the command above, and there is none"
        )
        #expect(await complaint("transaction\n  restart") == "line 2: restart is not for a transaction")
        #expect(await complaint("put a b c") == "line 1: put stands in a transaction")
        #expect(await complaint("users \"a") == "line 1: a quotation mark is missing")
        #expect(await complaint("users \"a\\x\"").hasPrefix("line 1: after a backslash"))
        #expect(await complaint("users \"a\"b") == "line 1: a space is missing before b")
        #expect(await complaint("\"users\" a") == "line 1: a line begins with a verb")
    }

    // MARK: Files

    @Test func aFileIsRewrittenOnDemand() async throws {
        let directory = try TemporaryDirectory()
        let file = TranscriptFile(path: directory.path + "/chat.txt")
        try file.write("users alice\n")
        #expect(try await file.check(isRewriting: false).count == 1)
        #expect(try file.read().text == "users alice\n")
        #expect(try await file.check(isRewriting: true).isEmpty)
        #expect(try file.read().text == "users alice\n----\n@alice 1 user-created\n")
        #expect(try await file.check(isRewriting: false).isEmpty)
        #expect(try TranscriptFile.all(in: directory.path).map(\.description) == ["chat.txt"])
    }

    @Test func momentsAreCountedFromTheBeginningOrFromNow() async throws {
        let moments = TranscriptVerb("moment", "MOMENT", "says a moment") { stage, command in
            [try command.moment("MOMENT").map(try stage.notation.describe) ?? ""]
        }
        let text = """
            advance 1d2h3m4s5ms
            moment 1d2h3m4s5ms
            moment +0s
            moment +250ms
            moment -1h
            moment forever
            """
        #expect(
            try await played(text, verbs: [moments]).split(separator: "\n").dropFirst(7) == [
                "ok", "1d2h3m4s5ms", "1d2h3m4s5ms", "1d2h3m4s255ms", "-1h", "forever",
            ])
    }
}
