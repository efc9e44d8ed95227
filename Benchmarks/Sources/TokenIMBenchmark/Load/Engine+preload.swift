import Foundation
import TokenIM

/// Filling a store in a hurry: thousands of commands in one commit.
extension Engine {
    private static var commandsPerCommit: Int { 4_000 }

    /// Creates so many users. Their names are too long to be kept inside a string's own words, as real ones are.
    func createUsers(_ count: Int, prefix: String = "member") async throws -> [UserID] {
        var users: [UserID] = []
        users.reserveCapacity(count)
        for number in 0..<count { users.append(try UserID(prefix + String(format: "-%010d", number))) }
        for start in stride(from: 0, to: count, by: Self.commandsPerCommit) {
            let part = users[start...].prefix(Self.commandsPerCommit)
            try await transaction { transaction in
                for user in part { try transaction.createUser(user) }
            }
        }
        return users
    }

    /// Creates a group of these users, the first of them its owner.
    func createGroup(_ id: GroupID, of users: [UserID]) async throws {
        let perCommand = 4_000
        let first = users.prefix(perCommand)
        try await groups.create(id, owner: users[0], members: Array(first.dropFirst()))
        for start in stride(from: perCommand, to: users.count, by: perCommand) {
            try await groups.add(Array(users[start...].prefix(perCommand)), to: id)
        }
    }

    /// Sends so many messages.
    func preload(_ count: Int, _ traffic: Traffic) async throws {
        for start in stride(from: 0, to: count, by: Self.commandsPerCommit) {
            if start > 0, start % 1_000_000 == 0 { Progress.say("  \(Figure.text(Double(start))) sent") }
            try await transaction { transaction in
                var source = MessageSource(traffic)
                for _ in 0..<min(Self.commandsPerCommit, count - start) {
                    let message = try source.next()
                    try transaction.send(
                        message.content, from: message.sender, to: message.target, key: message.key)
                }
            }
        }
    }
}
