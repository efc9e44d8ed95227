import TokenIM
import TokenIMTesting

/// Something that is asked of an engine under its own key: asked for again, it takes effect once.
enum ChatCommand: Sendable {
    struct Letter: Sendable {
        var sender: UserID
        var target: Target
        var bytes: Int
    }

    case createUser(UserID)
    case updateUser(UserID)
    case createGroup(GroupID, owner: UserID, members: [UserID])
    case add([UserID], GroupID)
    case remove(UserID, GroupID)
    case send(Letter)
    case markRead(UserID, Conversation, SequenceNumber)
    case register(UserID, DeviceID)
    case acknowledge(UserID, DeviceID, Position)
    case trim(Conversation, SequenceNumber)
    /// Letters and a row of the host's, in one commit.
    case transaction([Letter])
    case fold
    case reopen

    static let users: [UserID] = ["ada", "bob", "cyd", "dan"]
    static let groups: [GroupID] = ["all", "few"]
    static let devices: [DeviceID] = ["phone", "tablet"]
    static let hostTable = "rows"

    /// Does it, as the command of that number. What the engine refuses is an outcome like another.
    func perform(_ number: Int, on engine: Engine) async throws(IMError) {
        do throws(IMError) {
            try await ask(number, engine)
        } catch {
            guard error.code.number < 4000 else { throw error }
        }
    }

    private func ask(_ number: Int, _ engine: Engine) async throws(IMError) {
        let key = try IdempotencyKey("k\(number)")
        switch self {
        case .createUser(let user): _ = try await engine.users.create(user, name: "\(user)", key: key)
        case .updateUser(let user):
            _ = try await engine.users.update(user, Profile(name: "\(user) \(number)"), key: key)
        case .createGroup(let group, let owner, let members):
            _ = try await engine.groups.create(group, owner: owner, members: members, key: key)
        case .add(let members, let group): _ = try await engine.groups.add(members, to: group, key: key)
        case .remove(let user, let group): _ = try await engine.groups.remove(user, from: group, key: key)
        case .send(let letter):
            _ = try await engine.messages.send(
                letter.content(number), from: letter.sender, to: letter.target, key: key)
        case .markRead(let user, let conversation, let sequence):
            _ = try await engine.messages.markRead(conversation, through: sequence, by: user, key: key)
        case .register(let user, let device): try await engine.devices.register(device, of: user)
        case .acknowledge(let user, let device, let position):
            try await engine.devices.acknowledge(device, of: user, through: position)
        case .trim(let conversation, let sequence):
            _ = try await engine.messages.trim(conversation, through: sequence)
        case .transaction(let letters): try await transaction(letters, number, engine)
        case .fold: try await engine.fold()
        case .reopen: break
        }
    }

    private func transaction(_ letters: [Letter], _ number: Int, _ engine: Engine) async throws(IMError) {
        do {
            try await engine.transaction { transaction in
                for (index, letter) in letters.enumerated() {
                    do throws(IMError) {
                        let key = try IdempotencyKey("k\(number)-\(index)")
                        try transaction.send(
                            letter.content(number), from: letter.sender, to: letter.target, key: key)
                    } catch {
                        guard error.code.number < 4000 else { throw error }
                    }
                }
                let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 200)
                try transaction.put(value, for: [UInt8(number % 5)], in: Self.hostTable)
            }
        } catch {
            throw error as? IMError ?? IMError(.broken, "\(error)")
        }
    }
}

extension ChatCommand.Letter {
    func content(_ number: Int) -> Content {
        let word = "\(number) "
        return .text(String(String(repeating: word, count: bytes / word.utf8.count + 1).prefix(bytes)))
    }
}

extension ChatCommand {
    /// Commands out of chance; the first ones make the users and a group.
    static func script(seed: UInt64, count: Int) -> [ChatCommand] {
        var generator = SeededGenerator(seed: seed)
        var commands = users.map { ChatCommand.createUser($0) }
        commands.append(.createGroup(groups[0], owner: users[0], members: Array(users.dropFirst())))
        while commands.count < count { commands.append(next(commands.count, &generator)) }
        return Array(commands.prefix(count))
    }

    private static func next(_ number: Int, _ generator: inout SeededGenerator) -> ChatCommand {
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
        let (user, other, group) = (users[below(4)], users[below(4)], groups[below(2)])
        let conversation: Conversation = below(2) == 0 ? .group(group) : .direct(user, other)
        switch below(40) {
        case 0..<18: return .send(letter(&generator))
        case 18..<23: return .transaction((0...below(4)).map { _ in letter(&generator) })
        case 23..<26: return .markRead(user, conversation, UInt64(below(8)))
        case 26..<28: return .register(user, devices[below(2)])
        case 28..<32: return .acknowledge(user, devices[below(2)], UInt64(below(number * 2)))
        case 32: return .updateUser(user)
        case 33: return .createGroup(groups[1], owner: user, members: [other])
        case 34: return .add([user], group)
        case 35: return .remove(user, group)
        case 36: return .trim(conversation, UInt64(below(6)))
        case 37: return .fold
        default: return .reopen
        }
    }

    private static func letter(_ generator: inout SeededGenerator) -> Letter {
        let sender = users[Int.random(in: 0..<4, using: &generator)]
        let target: Target =
            Bool.random(using: &generator)
            ? .group(groups[Int.random(in: 0..<3, using: &generator) / 2])
            : .user(users[Int.random(in: 0..<4, using: &generator)])
        // Some fill pages of their own.
        let bytes = [8, 8, 8, 40, 40, 300, 300, 1500, 3000, 20_000].randomElement(using: &generator) ?? 8
        return Letter(sender: sender, target: target, bytes: bytes)
    }
}
