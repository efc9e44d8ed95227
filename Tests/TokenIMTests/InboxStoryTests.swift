import Testing
import TokenIM
import TokenIMTesting

/// Random requests about inboxes, and three ways to ask for the same: all must agree.
@Suite struct InboxStoryTests {
    private static let users: [UserID] = ["alice", "bob", "carol"]
    private static let groups: [GroupID] = ["team", "club"]

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func countsAreWhatHistorySaysAndChangesLeadToTheInbox(seed: UInt64) async throws {
        var chance = SeededGenerator(seed: seed)
        let stage = try Stage { configuration in
            configuration.limits.foldEntries = 90
            configuration.limits.pageSize = 20
        }
        try await stage.engine.create("alice", "bob", "carol")
        for group in Self.groups {
            try await stage.engine.groups.create(group, owner: "alice", members: ["bob", "carol"])
        }
        var mirrors = Self.users.map { Mirror(user: $0) }
        for round in 1...12 {
            for step in 1...30 { try await act("\(round)-\(step)", on: stage.engine, &chance) }
            if round % 4 == 0 { try stage.reopen() }
            if round % 5 == 0 { try await stage.engine.fold() }
            for index in mirrors.indices where Bool.random(using: &chance) || round == 12 {
                try mirrors[index].follow(stage.engine, limit: .random(in: 1...6, using: &chance))
                try check(mirrors[index], stage.engine)
            }
            for user in Self.users { try recount(user, stage.engine) }
        }
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    private func act(_ name: String, on engine: Engine, _ chance: inout SeededGenerator) async throws {
        let user = try #require(Self.users.randomElement(using: &chance))
        let other = try #require(Self.users.randomElement(using: &chance))
        let group = try #require(Self.groups.randomElement(using: &chance))
        let isDirect = Bool.random(using: &chance)
        let conversation = isDirect ? Conversation.direct(user, other) : .group(group)
        let through = SequenceNumber.random(in: 0...50, using: &chance)
        let isOn = Bool.random(using: &chance)
        let change: Change
        switch Int.random(in: 0..<40, using: &chance) {
        case ..<16:
            let mentions: Mentions = isDirect || !isOn ? .users(other) : .all
            change = .send(
                .text(name), to: isDirect ? .user(other) : .group(group), mentions: isOn ? mentions : .none,
                options: MessageOptions(isCounted: Int.random(in: 0..<5, using: &chance) > 0))
        case ..<20:
            _ = try? await engine.messages.markRead(conversation, through: through, by: user)
            return
        case 20: change = .pinConversation(conversation, isOn: isOn)
        case 21: change = .muteConversation(conversation, until: isOn ? .distantFuture : nil)
        case 22: change = .archive(conversation, isOn: isOn)
        case 23: change = .hide(conversation, isOn: isOn)
        case 24, 25: change = .markUnread(conversation, isOn: isOn)
        case 26, 27: change = .setDraft(isOn ? name : nil, in: conversation)
        case 28: change = .clear(conversation, through: through / 2)
        case ..<33: change = .deleteForMe(Array(Set([through, through / 2])).sorted(), in: conversation)
        case ..<36: change = .recall(through, in: conversation)
        case 36: change = .edit(through, in: conversation, .text("edited \(name)"))
        case 37:
            _ = try? await engine.messages.trim(conversation, through: through / 4)
            return
        case 38:
            _ = try? await engine.groups.remove(user, from: group)
            return
        default:
            _ = try? await engine.groups.add([user], to: group)
            return
        }
        do throws(IMError) {
            try await engine.perform(change, by: .user(user))
        } catch {
            // Refused, as it may be.
            #expect((1000..<4000).contains(error.code.number), "\(error)")
        }
    }

    /// What a client has that only asks for changes.
    private struct Mirror {
        let user: UserID
        var position: Position = 0
        var items: [Conversation: InboxItem] = [:]

        mutating func follow(_ engine: Engine, limit: Int) throws {
            while true {
                let changes = try engine.inbox.changes(of: user, since: position, limit: limit)
                for item in changes.items { items[item.conversation] = item }
                for conversation in changes.gone { items[conversation] = nil }
                position = changes.position
                if changes.isComplete { return }
            }
        }
    }

    private func check(_ mirror: Mirror, _ engine: Engine) throws {
        for archived in [false, true] {
            let listed = try engine.inbox.list(mirror.user, archived: archived)
            let kept = mirror.items.values.filter { !$0.setting.isHidden && $0.setting.isArchived == archived }
            #expect(kept.sorted { $0.place > $1.place }.map(portrait) == listed.map(portrait))
            let total = try engine.inbox.total(mirror.user, archived: archived)
            #expect(total == listed.reduce(0) { $0 + $1.unread })
        }
    }

    private func portrait(_ item: InboxItem) -> String {
        "\(item.conversation) \(item.unread) \(item.mentions) \(item.readThrough) \(item.headSequence) "
            + "\(item.activity) \(item.setting) \(item.lastMessage, default: "-")"
    }

    private func recount(_ user: UserID, _ engine: Engine) throws {
        let lists = try engine.inbox.list(user) + engine.inbox.list(user, archived: true)
        for item in lists {
            var joined: SequenceNumber = 1
            if let group = item.conversation.group {
                let member = try engine.groups.members(of: group).first { $0.user == user }
                joined = try #require(member).joinedSequence
            }
            let seen = try engine.history(of: item.conversation, for: user).filter { $0.sequence >= joined }
            let unread = seen.filter { entry in
                entry.sequence > item.readThrough && entry.message?.options.isCounted == true && entry.kind == .message
            }
            #expect(item.unread == UInt64(unread.count), "\(user) \(item.conversation)")
            let newest = seen.last { $0.kind == .message && $0.message?.options.isCounted == true }
            if item.lastMessage?.kind == .message || item.lastMessage == nil {
                #expect(item.lastMessage == newest, "\(user) \(item.conversation)")
            } else {
                #expect(item.lastMessage?.sequence ?? 0 > newest?.sequence ?? 0)
                #expect(seen.contains { $0.sequence == item.lastMessage?.sequence })
            }
        }
    }
}
