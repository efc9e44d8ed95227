package import TokenIM

/// A message of the group as it was sent, or as somebody got it.
package struct Post: Hashable, Sendable {
    package let sender: UserID?
    package let sequence: SequenceNumber
    package let content: Content
    package let replyTo: SequenceNumber?
    package let mentions: [UserID]

    package init(
        sender: UserID?, sequence: SequenceNumber, content: Content, replyTo: SequenceNumber?, mentions: [UserID] = []
    ) {
        self.sender = sender
        self.sequence = sequence
        self.content = content
        self.replyTo = replyTo
        self.mentions = mentions
    }
}

extension Post: CustomStringConvertible {
    /// Without what it says.
    package var description: String {
        let reply = replyTo.map { " in reply to \($0)" } ?? ""
        let mention = mentions.isEmpty ? "" : " for \(mentions.map(\.rawValue).joined(separator: ", "))"
        return "message \(sequence) of \(sender?.rawValue ?? "the host")\(reply)\(mention), \(content.byteCount) bytes"
    }
}

/// Checks that every user gets every message that others send after its first appearance, exactly once and in order.
///
/// It keeps the messages once, and for each user only how far it has come: checking a delivery costs a comparison.
package struct DeliveryCheck: Sendable {
    private struct Progress {
        let id: UserID
        /// The index of the post that comes next; the user's own are passed over.
        var next: Int
        var position: Position = 0
    }

    private var posts: [Post] = []
    private var authors: [Cast.Number] = []
    private var users: [Progress] = []

    package init() {}

    /// The next user appears; it is owed what others send from now on.
    package mutating func appears(_ id: UserID) {
        users.append(Progress(id: id, next: posts.count))
    }

    package mutating func sent(_ post: Post, by author: Cast.Number) {
        posts.append(post)
        authors.append(author)
    }

    /// A user got the entry at this position, with this message in it if it is one.
    ///
    /// - Throws: `software`, saying what it got and what it was owed.
    package mutating func received(
        _ post: Post?, at position: Position, by user: Cast.Number
    ) throws(ReplayFailure) {
        let progress = users[user]
        guard position > progress.position else {
            throw Self.violation(progress.id, got: "position \(position) after position \(progress.position)")
        }
        users[user].position = position
        guard let post else { return }
        let owed = nextOwed(to: user)
        guard let owed, posts[owed] == post else {
            let expected = owed.map { "owed was \(posts[$0])" } ?? "nothing was owed"
            throw Self.violation(progress.id, got: "\(post), but \(expected)")
        }
        users[user].next = owed + 1
    }

    /// Everything has been sent and received: nobody may be owed anything.
    package func finish() throws(ReplayFailure) {
        for (user, progress) in users.enumerated() {
            guard let owed = nextOwed(to: user) else { continue }
            throw Self.violation(progress.id, got: "nothing more, but owed was \(posts[owed])")
        }
    }

    /// What to say of a user who got what it should not have.
    package static func violation(_ user: UserID, got: String) -> ReplayFailure {
        ReplayFailure(.software, "delivery check failed: \(user) got \(got)")
    }

    private func nextOwed(to user: Cast.Number) -> Int? {
        var index = users[user].next
        while index < posts.count, authors[index] == user { index += 1 }
        return index < posts.count ? index : nil
    }
}
