import TokenIM
import TokenIMTesting

/// A made-up history of a store: from a seed, the same requests every time. What is refused is part of it.
struct Story {
    static let users: [UserID] = ["alice", "bob", "carol", "dave", "erin"]
    static let groups: [GroupID] = ["team", "club", "choir"]

    private var chance: SeededGenerator
    private var number = 0

    init(seed: UInt64) {
        chance = SeededGenerator(seed: seed)
    }

    static func begin(_ engine: Engine) async throws {
        for user in users { try await engine.users.create(user) }
        try await engine.groups.create("team", owner: "alice", members: ["bob", "carol"])
    }

    mutating func tell(_ count: Int, to engine: Engine) async throws {
        for _ in 0..<count { try await step(engine) }
    }

    private mutating func step(_ engine: Engine) async throws {
        number += 1
        let user = pick(Self.users)
        let other = pick(Self.users)
        let group = pick(Self.groups)
        let conversation = Bool.random(using: &chance) ? Conversation.direct(user, other) : .group(group)
        let kind = Int.random(in: 0..<100, using: &chance)
        let through = SequenceNumber.random(in: 0..<60, using: &chance)
        let key = try IdempotencyKey("\(number % 40 == 0 ? number - 3 : number)")
        do {
            switch kind {
            case ..<40: try await engine.say("\(number)", from: user, to: .user(other), key: key)
            case ..<65: try await engine.say("\(number)", from: user, to: .group(group), key: key)
            case ..<75: try await engine.messages.markRead(conversation, through: through, by: user, key: key)
            case ..<78: try await engine.groups.add([other], to: group, key: key)
            case ..<81: try await engine.groups.remove(other, from: group, key: key)
            case ..<83: try await engine.groups.create(group, owner: user, members: other == user ? [] : [other])
            case ..<85: try await engine.groups.setRole(.admin, of: user, in: group)
            case ..<86: _ = try await engine.messages.trim(conversation, through: through / 3)
            case ..<88: try await engine.users.update(user, Profile(name: "\(number)"))
            case ..<89: try await engine.groups.transfer(group, to: user)
            case ..<93: try await engine.perform(change(user, other), by: .user(user), key: key)
            default: try await receive(user, engine)
            }
        } catch let error as IMError where (1000..<4000).contains(error.code.number) {
            // Refused, and the same everywhere.
        }
    }

    /// Something that a user changes about itself, or about those it knows.
    private mutating func change(_ user: UserID, _ other: UserID) -> Change {
        switch Int.random(in: 0..<7, using: &chance) {
        case 0: .block(other, isOn: number % 3 == 0)
        case 1: .setContact(other, alias: "\(number)")
        case 2: .removeContact(other)
        case 3: .setCustomStatus(number % 2 == 0 ? CustomStatus("\(number)") : nil)
        case 4: .setHidden(number % 2 == 0)
        case 5: .setDevice("phone", of: user, platform: "\(number % 3)", pushToken: nil)
        default: .removeDevice("tablet", of: user)
        }
    }

    private mutating func receive(_ user: UserID, _ engine: Engine) async throws {
        let device: DeviceID = Bool.random(using: &chance) ? "phone" : "tablet"
        let session = try await engine.connect(user, device: device)
        defer { session.close() }
        let deliveries = try session.receive(maximum: Int.random(in: 1..<30, using: &chance))
        if let delivery = deliveries.randomElement(using: &chance) { session.acknowledge(delivery) }
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &chance)]
    }
}

extension Engine {
    /// Everything that anyone can see of the story's store, line by line.
    func portrait() throws -> [String] {
        var lines = ["head \(head)"]
        for user in try users.list() {
            lines.append("\(user.id) \(user.status) \(user.profile.name ?? "") \(user.createdAt.microseconds)")
            lines.append("total \(try inbox.total(user.id))")
            lines += try devices.list(of: user.id).map { "device \($0.id) \($0.cursor) \($0.platform ?? "")" }
            lines += try users.contacts(of: user.id).map { "contact \($0.user) \($0.alias ?? "")" }
            lines += try users.blocked(by: user.id).map { "blocks \($0)" }
            let status = try presence.of(user.id)
            lines.append("presence \(status.isHidden) \(status.customStatus?.text ?? "")")
            for item in try inbox.list(user.id) {
                lines.append(
                    "inbox \(item.conversation) \(item.unread) \(item.readThrough) \(item.headSequence) "
                        + "\(item.activity) \(item.lastMessage?.message?.text ?? "")")
            }
            var conversations: [Conversation] = Story.groups.map { .group($0) }
            conversations += Story.users.map { .direct(user.id, $0) } + [.personal(user.id)]
            for conversation in conversations {
                guard let entries = try? history(of: conversation, for: user.id, page: 100) else { continue }
                lines += entries.map { Self.line(of: $0) }
            }
            for device in try devices.list(of: user.id) {
                lines += try devices.receive(device.id, of: user.id, maximum: 1_000).map {
                    "queue \(device.id) \($0.position) \($0.entry.map { Self.line(of: $0) } ?? "\($0.gap!)")"
                }
            }
        }
        for id in Story.groups {
            guard let group = try groups.get(id) else { continue }
            lines.append("\(id) \(group.owner) \(group.memberCount)")
            lines += try groups.members(of: id).map { "\($0.user) \($0.role) \($0.joinedSequence)" }
        }
        return lines
    }

    private static func line(of entry: Entry) -> String {
        "\(entry.position) \(entry.conversation) \(entry.sequence) \(entry.timestamp.microseconds) "
            + "\(entry.author?.rawValue ?? "host") \(entry.kind) \(entry.message?.text ?? "") \(entry.members) "
            + "\(entry.through ?? 0)"
    }
}
