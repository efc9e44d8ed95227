import Testing
import TokenIM
import TokenIMReplay

/// Three users; the posts 1 and 3 are of ada, 2 is of ben; chloe appears after post 1.
@Suite("The delivery check")
struct DeliveryCheckTests {
    private static let ada = 0
    private static let ben = 1
    private static let chloe = 2

    private static let posts = [
        Post(sender: "ada", sequence: 11, content: "one", replyTo: nil),
        Post(sender: "ben", sequence: 12, content: "two", replyTo: 11),
        Post(sender: "ada", sequence: 14, content: "three", replyTo: nil),
    ]

    private func check() -> DeliveryCheck {
        var check = DeliveryCheck()
        check.appears("ada")
        check.appears("ben")
        check.sent(Self.posts[0], by: Self.ada)
        check.appears("chloe")
        check.sent(Self.posts[1], by: Self.ben)
        check.sent(Self.posts[2], by: Self.ada)
        return check
    }

    private func violation(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch {
            let failure = error as? ReplayFailure
            #expect(failure?.status == .software)
            return failure?.message ?? "\(error)"
        }
    }

    @Test func passesWhenEverybodyGotEverythingOfOthersInOrder() throws {
        var check = check()
        try check.received(Self.posts[1], at: 2, by: Self.ada)
        try check.received(Self.posts[0], at: 1, by: Self.ben)
        try check.received(nil, at: 2, by: Self.ben)
        try check.received(Self.posts[2], at: 3, by: Self.ben)
        try check.received(Self.posts[1], at: 2, by: Self.chloe)
        try check.received(Self.posts[2], at: 3, by: Self.chloe)
        try check.finish()
    }

    @Test func findsWhatIsMissingAtTheEnd() throws {
        var check = check()
        try check.received(Self.posts[1], at: 2, by: Self.ada)
        try check.received(Self.posts[0], at: 1, by: Self.ben)
        #expect(
            violation { try check.finish() }
                == "delivery check failed: ben got nothing more, but owed was message 14 of ada, 5 bytes")
    }

    @Test func findsWhatWasLeftOut() {
        var check = check()
        #expect(
            violation { try check.received(Self.posts[2], at: 3, by: Self.chloe) }
                == "delivery check failed: chloe got message 14 of ada, 5 bytes, "
                + "but owed was message 12 of ben in reply to 11, 3 bytes")
    }

    @Test func findsWhatCameTwice() throws {
        var check = check()
        try check.received(Self.posts[1], at: 2, by: Self.ada)
        #expect(violation { try check.received(Self.posts[1], at: 3, by: Self.ada) }.contains("nothing was owed"))
    }

    @Test func findsWhatIsOlderThanTheUser() {
        var check = check()
        #expect(violation { try check.received(Self.posts[0], at: 1, by: Self.chloe) }.contains("chloe got message 11"))
    }

    @Test func findsAnEcho() {
        var check = check()
        #expect(violation { try check.received(Self.posts[0], at: 1, by: Self.ada) }.contains("ada got message 11"))
    }

    @Test func findsPositionsOutOfOrder() throws {
        var check = check()
        try check.received(nil, at: 7, by: Self.ben)
        #expect(
            violation { try check.received(nil, at: 7, by: Self.ben) }
                == "delivery check failed: ben got position 7 after position 7")
        #expect(violation { try check.received(Self.posts[0], at: 6, by: Self.ben) }.contains("position 6"))
    }

    @Test(
        "finds a message that is not what was sent",
        arguments: [
            Post(sender: "ada", sequence: 11, content: "onE", replyTo: nil),
            Post(sender: "eve", sequence: 11, content: "one", replyTo: nil),
            Post(sender: nil, sequence: 11, content: "one", replyTo: nil),
            Post(sender: "ada", sequence: 11, content: "one", replyTo: 10),
            Post(sender: "ada", sequence: 12, content: "one", replyTo: nil),
            Post(sender: "ada", sequence: 11, content: "one", replyTo: nil, mentions: ["ben"]),
            Post(sender: "ada", sequence: 11, content: .custom(type: "text", bytes: Array("one".utf8)), replyTo: nil),
        ])
    func findsAnotherMessage(post: Post) {
        var check = check()
        #expect(violation { try check.received(post, at: 1, by: Self.ben) }.contains("ben got"))
    }
}
