extension State {
    /// Asks the host's policy, when there is one, about what a user does; the host itself is not asked.
    func askPolicy(of author: UserNumber, _ question: (any Policy, UserID) -> Refusal?) throws {
        guard let policy, author != 0 else { return }
        guard let user = try user(author)?.id else { throw IMError(.broken, "user \(author) has no record") }
        guard let refusal = question(policy, user) else { return }
        throw IMError(refusal.code, refusal.message)
    }

    /// Asks the host's policy about a message.
    func askMaySend(_ content: Content, to conversation: ConversationNumber, by author: UserNumber) throws {
        guard policy != nil else { return }
        let target: Target
        if conversation.kind == .group {
            guard let record = try written.group(conversation) else { throw IMError(.broken, "a group has no record") }
            target = .group(record.id)
        } else {
            let (low, high) = conversation.directUsers
            guard let other = try user(low == author ? high : low)?.id else {
                throw IMError(.broken, "a user has no record")
            }
            target = .user(other)
        }
        try askPolicy(of: author) { $0.maySend(content, from: $1, to: target) }
    }
}
