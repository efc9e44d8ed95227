import TokenIMLMDB

/// The names behind numbers and the numbers behind names, of those used last. Neither ever changes, so nothing here
/// goes stale.
final class Names: Sendable {
    private struct Content {
        var users = NumberedCache<UserID>(capacity: capacity)
        var groups = BoundedCache<ConversationNumber, GroupID>(capacity: 1 << 12)
        /// Where digests of names lead. Whether the number is the one that was meant, ``users`` says.
        var numbers = KeyIndex(capacity: capacity)
    }

    private static let capacity = 1 << 16

    private let content = Monitor(Content())
    /// So that nobody can choose names that all lie in one place.
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    private func digest(_ id: UserID) -> UInt64 {
        var digest = Digest(seed: seed)
        digest.combine(id.rawValue)
        return digest.value
    }

    func user(_ number: UserNumber) -> UserID? {
        content.withLock { $0.users[number] }
    }

    func group(_ number: ConversationNumber) -> GroupID? {
        content.withLock { $0.groups[number] }
    }

    /// The number of a user who has been committed.
    func number(of id: UserID) -> UserNumber? {
        let digest = digest(id)
        return content.withLock { content in
            content.numbers.position(of: digest) { number in
                content.users[UserNumber(truncatingIfNeeded: number)] == id
            }.map { UserNumber(truncatingIfNeeded: $0) }
        }
    }

    func remember(_ id: UserID, _ number: UserNumber) {
        content.withLock { $0.users.insert(id, for: number) }
    }

    /// Only of a user who has been committed: a number is given to another when its user's commit fails.
    func remember(_ number: UserNumber, of id: UserID) {
        let digest = digest(id)
        content.withLock { content in
            content.users.insert(id, for: number)
            // A name that another one has pushed out comes again, and its number with it.
            guard content.numbers.position(of: digest, where: { $0 == number }) == nil else { return }
            if content.numbers.count >= Self.capacity { content.numbers = KeyIndex(capacity: Self.capacity) }
            content.numbers.insert(digest, UInt64(number))
        }
    }

    func remember(_ id: GroupID, _ number: ConversationNumber) {
        content.withLock { $0.groups.insert(id, for: number) }
    }
}
