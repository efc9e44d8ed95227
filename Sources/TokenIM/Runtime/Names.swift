import TokenIMLMDB

/// The names behind numbers, of those used last. A number's name never changes, so nothing here goes stale.
final class Names: Sendable {
    private struct Content {
        /// A user's place is the end of its number: the one who was asked for last has it. Every entry that is read
        /// asks for an author, so this is a look at one place rather than a dictionary.
        var users: [(number: UserNumber, id: UserID)?] = []
        var groups = BoundedCache<ConversationNumber, GroupID>(capacity: 1 << 12)
    }

    private static let places = 1 << 15

    private let content = Monitor(Content())

    func user(_ number: UserNumber) -> UserID? {
        content.withLock { content in
            let place = Int(number) % Self.places
            guard place < content.users.count, let found = content.users[place], found.number == number else {
                return nil
            }
            return found.id
        }
    }

    func group(_ number: ConversationNumber) -> GroupID? {
        content.withLock { $0.groups[number] }
    }

    func remember(_ id: UserID, _ number: UserNumber) {
        content.withLock { content in
            let place = Int(number) % Self.places
            // Numbers are given from 1 on, so a small store needs few places.
            while content.users.count <= place { content.users.append(nil) }
            content.users[place] = (number, id)
        }
    }

    func remember(_ id: GroupID, _ number: ConversationNumber) {
        content.withLock { $0.groups.insert(id, for: number) }
    }
}
