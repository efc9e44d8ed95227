import Arbitrary
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
    /// Anything else that can be asked for.
    case change(Change, by: Principal)
    case createConsumer
    /// What a consumer has done with the entries up to a position, together with a row of the host's.
    case consume(Position)
    /// Time passes, so much of it that all that waits for a moment happens: in a commit for each conversation. The
    /// number tells one from another.
    case wait(Int)
    /// Letters and a row of the host's, in one commit.
    case transaction([Letter])
    case fold
    case reopen

    static let users: [UserID] = ["ada", "bob", "cyd", "dan"]
    static let groups: [GroupID] = ["all", "few"]
    static let devices: [DeviceID] = ["phone", "tablet"]
    static let consumer: ConsumerID = "sink"
    static let hostTable = "rows"

    /// Does it, as the command of that number. What the engine refuses is an outcome like another.
    ///
    /// - Parameter time: the engine's.
    func perform(_ number: Int, on engine: Engine, _ time: ManualTime) async throws(IMError) {
        if case .wait(let count) = self {
            time.advance(to: max(time.now(), ChatLoad.start.advanced(by: Self.patience * Int64(count))))
            return
        }
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
        case .change(let change, let principal): try await engine.perform(change, by: principal, key: key)
        case .createConsumer: try await engine.consumers.create(Self.consumer, from: .beginning)
        case .consume(let position): try await consume(position, number, engine)
        case .transaction(let letters): try await transaction(letters, number, engine)
        case .fold: try await engine.fold()
        case .reopen, .wait: break
        }
    }

    private func consume(_ position: Position, _ number: Int, _ engine: Engine) async throws(IMError) {
        do {
            try await engine.transaction { transaction in
                try transaction.acknowledge(Self.consumer, through: position)
                try transaction.put([UInt8(truncatingIfNeeded: number)], for: [0], in: Self.hostTable)
            }
        } catch {
            throw error as? IMError ?? IMError(.broken, "\(error)")
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
    ///
    /// - Parameter waits: whether time passes in it. What happens then is not answered to anybody, so that nobody can
    ///   tell when it has failed, or is still to come.
    static func script(seed: UInt64, count: Int, waits: Bool) -> [ChatCommand] {
        var generator = SeededGenerator(seed: seed)
        var arbitrary = ArbitraryChange(RandomChoices(SeededGenerator(seed: seed ^ 0x5EED)))
        arbitrary.leastWait = patience / 3
        var commands = users.map { ChatCommand.createUser($0) }
        commands.append(.createGroup(groups[0], owner: users[0], members: Array(users.dropFirst())))
        commands.append(.createConsumer)
        while commands.count < count {
            if Int.random(in: 0..<2, using: &generator) == 0 {
                let (change, principal) = arbitrary.next(ChatLoad.start.advanced(by: patience * waitCount(commands)))
                commands.append(.change(change, by: principal))
            } else if waits, Int.random(in: 0..<14, using: &generator) == 0 {
                let count = waitCount(commands)
                for _ in 0..<4 {
                    let (change, principal) = arbitrary.waiting(ChatLoad.start.advanced(by: patience * count))
                    commands.append(.change(change, by: principal))
                }
                commands.append(.wait(Int(count) + 1))
            } else {
                commands.append(next(commands.count, &generator))
            }
        }
        return Array(commands.prefix(count))
    }

    /// What passes with each waiting. Nothing that is asked for waits less than a third of it.
    private static let patience = Duration.seconds(90 * 86_400)

    private static func waitCount(_ commands: [ChatCommand]) -> Int64 {
        commands.reduce(0) { count, command in if case .wait = command { count + 1 } else { count } }
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
        case 38: return .consume(UInt64(below(number)))
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
