extension State {
    /// Asks the host's policy, when there is one, about what a user does; the host itself is not asked.
    func askPolicy(of author: UserNumber, _ question: (any Policy, UserID) -> Refusal?) throws {
        guard let policy, author != 0 else { return }
        guard let user = try user(author)?.id else { throw IMError(.broken, "user \(author) has no record") }
        guard let refusal = question(policy, user) else { return }
        throw IMError(refusal.code, refusal.message)
    }
}
