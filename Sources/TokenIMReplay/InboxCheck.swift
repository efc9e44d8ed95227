package import TokenIM

/// Recounts what every user has not read, and how often it is mentioned there, from what the log says alone: nobody
/// reads but by sending. It is slow and plain on purpose, so that it has no mistake in common with the engine.
package struct InboxCheck: Sendable {
    /// What is unread.
    package struct Count: Hashable, Sendable {
        package var messages: UInt64 = 0
        /// The messages that mention the user.
        package var mentions: UInt64 = 0

        package init(messages: UInt64 = 0, mentions: UInt64 = 0) {
            self.messages = messages
            self.mentions = mentions
        }
    }

    private var messages: [(author: Cast.Number, mentioned: Cast.Number?)] = []
    /// By number: how many messages there were when the user appeared.
    private var beginnings: [Int] = []

    /// Mentions above this are not counted.
    private let greatestMentions: UInt64

    package init(greatestMentions: UInt64) {
        self.greatestMentions = greatestMentions
    }

    /// The next user appears; what was said before is not for it.
    package mutating func appears() {
        beginnings.append(messages.count)
    }

    package mutating func sent(by author: Cast.Number, mentioning mentioned: Cast.Number?) {
        messages.append((author, mentioned))
    }

    package func count(for user: Cast.Number) -> Count {
        var count = Count()
        for message in messages[beginnings[user]...] {
            if message.author == user {
                count = Count()
            } else {
                count.messages += 1
                if message.mentioned == user { count.mentions += 1 }
            }
        }
        return count
    }

    /// Holds what is in a user's inbox against the count.
    ///
    /// - Throws: `software`, saying what is there and what should be.
    package func check(_ found: Count, of id: UserID, _ user: Cast.Number) throws(ReplayFailure) {
        var expected = count(for: user)
        expected.mentions = min(expected.mentions, greatestMentions)
        if found != expected { throw Self.violation(id, "has \(found) unread, and should have \(expected)") }
    }

    /// What to say of a user whose inbox is wrong.
    package static func violation(_ user: UserID, _ what: String) -> ReplayFailure {
        ReplayFailure(.software, "inbox check failed: \(user) \(what)")
    }
}

extension InboxCheck.Count: CustomStringConvertible {
    package var description: String {
        "\(messages.counted("message")), \(mentions.counted("mention"))"
    }
}
