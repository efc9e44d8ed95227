import TokenIMLMDB

/// The names behind numbers, of those used last. A number's name never changes, so nothing here goes stale.
final class Names: Sendable {
    private struct Content {
        var users = NumberedCache<UserID>(capacity: 1 << 15)
        var groups = BoundedCache<ConversationNumber, GroupID>(capacity: 1 << 12)
        /// Of users who have been committed only: a number is given to another when its user's commit fails.
        var numbers = BoundedCache<UserID, UserNumber>(capacity: 1 << 15)
    }

    private let content = Monitor(Content())

    func user(_ number: UserNumber) -> UserID? {
        content.withLock { $0.users[number] }
    }

    func group(_ number: ConversationNumber) -> GroupID? {
        content.withLock { $0.groups[number] }
    }

    func number(of id: UserID) -> UserNumber? {
        content.withLock { $0.numbers[id] }
    }

    func remember(_ id: UserID, _ number: UserNumber) {
        content.withLock { $0.users.insert(id, for: number) }
    }

    func remember(_ number: UserNumber, of id: UserID) {
        content.withLock { $0.numbers.insert(number, for: id) }
    }

    func remember(_ id: GroupID, _ number: ConversationNumber) {
        content.withLock { $0.groups.insert(id, for: number) }
    }
}
