import Testing
import TokenIM
import TokenIMReplay

@Suite("The inbox check")
struct InboxCheckTests {
    private static let ada = 0
    private static let ben = 1
    private static let chloe = 2

    private typealias Count = InboxCheck.Count

    /// Ada says three things to ben, of whom he answers the first, and chloe appears after that; she is mentioned once.
    private func check(greatestMentions: UInt64 = 1_000) -> InboxCheck {
        var check = InboxCheck(greatestMentions: greatestMentions)
        check.appears()
        check.appears()
        check.sent(by: Self.ada, mentioning: Self.ben)
        check.sent(by: Self.ben, mentioning: Self.ada)
        check.appears()
        check.sent(by: Self.ada, mentioning: Self.ben)
        check.sent(by: Self.ada, mentioning: Self.ben)
        check.sent(by: Self.ben, mentioning: Self.chloe)
        check.sent(by: Self.ada, mentioning: Self.ben)
        check.sent(by: Self.ada, mentioning: nil)
        return check
    }

    @Test func countsWhatOthersSaidSinceOneAppearedOrSpoke() {
        let check = check()
        #expect(check.count(for: Self.ada) == Count())
        #expect(check.count(for: Self.ben) == Count(messages: 2, mentions: 1))
        #expect(check.count(for: Self.chloe) == Count(messages: 5, mentions: 1))
    }

    @Test func passesWhatItHasCountedItself() throws {
        try check().check(Count(messages: 2, mentions: 1), of: "ben", Self.ben)
    }

    @Test(
        "finds a count that is not its own",
        arguments: [
            (Count(messages: 1, mentions: 1), "1 message, 1 mention"),
            (Count(messages: 3, mentions: 1), "3 messages, 1 mention"),
            (Count(messages: 2, mentions: 0), "2 messages, 0 mentions"),
            (Count(messages: 2, mentions: 2), "2 messages, 2 mentions"),
        ])
    func findsAnotherCount(found: InboxCheck.Count, description: String) {
        let failure = #expect(throws: ReplayFailure.self) { try check().check(found, of: "ben", Self.ben) }
        #expect(
            failure
                == ReplayFailure(
                    .software,
                    "inbox check failed: ben has \(description) unread, and should have 2 messages, 1 mention"))
    }

    @Test func expectsNoMoreMentionsThanAnInboxCounts() throws {
        var check = check(greatestMentions: 2)
        for _ in 0..<3 { check.sent(by: Self.ada, mentioning: Self.ben) }
        try check.check(Count(messages: 5, mentions: 2), of: "ben", Self.ben)
        #expect(throws: ReplayFailure.self) { try check.check(Count(messages: 5, mentions: 4), of: "ben", Self.ben) }
    }
}
