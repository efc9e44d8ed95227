import Testing
@testable import TokenIM

/// Under one key, a request that differs in anything is another request.
@Suite struct MessageDigestTests {
    private static let options: [MessageOptions] = [
        MessageOptions(), MessageOptions(isCounted: false), MessageOptions(isSilent: true),
        MessageOptions(isCounted: false, isSilent: true), MessageOptions(expiresAfter: .seconds(1)),
        MessageOptions(expiresAfter: .seconds(2)), MessageOptions(burnsAfterReading: .seconds(1)),
        MessageOptions(burnsAfterReading: .seconds(2)), MessageOptions(scheduledFor: .zero),
        MessageOptions(scheduledFor: Timestamp(seconds: 1)), MessageOptions(scheduledFor: Timestamp(seconds: 2)),
    ]

    private static let mentions: [Mentions] = [.all, .users("b"), .users("b", "c"), Mentions(["b"], isAll: true)]

    private static func changes(_ conversation: Conversation) -> [Change] {
        [
            .edit(1, in: conversation, .text("x")), .edit(2, in: conversation, .text("x")),
            .edit(1, in: conversation, .text("y")), .edit(1, in: conversation, .text("x"), mentions: .all),
            .recall(1, in: conversation), .recall(2, in: conversation),
            .react("x", to: 1, in: conversation), .react("x", to: 2, in: conversation),
            .react("y", to: 1, in: conversation), .react("x", to: 1, in: conversation, isOn: false),
            .pin(1, in: conversation), .pin(2, in: conversation), .pin(1, in: conversation, isOn: false),
            .forward(1, of: conversation, to: .user("b")), .forward(2, of: conversation, to: .user("b")),
            .forward(1, of: conversation, to: .group("b")),
            .forward(1, of: conversation, to: .user("b"), options: MessageOptions(isSilent: true)),
            .pinConversation(conversation), .pinConversation(conversation, isOn: false),
            .muteConversation(conversation), .muteConversation(conversation, until: nil),
            .muteConversation(conversation, until: .zero), .archive(conversation), .archive(conversation, isOn: false),
            .hide(conversation), .hide(conversation, isOn: false), .markUnread(conversation),
            .markUnread(conversation, isOn: false), .setDraft("x", in: conversation), .setDraft("y", in: conversation),
            .setDraft(nil, in: conversation), .clear(conversation, through: 1), .clear(conversation, through: 2),
            .deleteForMe([1], in: conversation), .deleteForMe([1, 2], in: conversation),
            .deleteForMe([2], in: conversation),
        ]
    }

    private static let people: [Change] = [
        .block("b"), .block("c"), .block("b", isOn: false), .setContact("b"), .setContact("c"),
        .setContact("b", alias: "x"), .removeContact("b"), .setPermissions(.all, of: "b"),
        .setPermissions(.send, of: "b"), .setPermissions(.send, of: "c"), .setCustomStatus(nil),
        .setCustomStatus(CustomStatus("x")), .setCustomStatus(CustomStatus("x", until: .zero)), .setHidden(true),
        .setHidden(false), .setDevice("d", of: "b", platform: nil, pushToken: nil),
        .setDevice("d", of: "b", platform: "x", pushToken: nil),
        .setDevice("d", of: "b", platform: nil, pushToken: "x"),
        .setDevice("e", of: "b", platform: nil, pushToken: nil), .removeDevice("d", of: "b"),
        .removeDevice("e", of: "b"), .cancelScheduled(1), .cancelScheduled(2),
    ]

    @Test func whateverDiffersIsInTheDigest() {
        var changes = Self.options.map { Change.send(.text("x"), to: .user("b"), options: $0) }
        changes += Self.mentions.map { Change.send(.text("x"), to: .user("b"), mentions: $0) }
        changes.append(.send(.text("x"), to: .user("b"), replyTo: 1))
        changes += [.direct("a", "b"), .direct("a", "c"), .group("b")].flatMap(Self.changes)
        changes += Self.people
        var known: [UInt64: Int] = [:]
        for (index, change) in changes.enumerated() {
            let other = known.updateValue(index, forKey: change.action.digest)
            #expect(other == nil, "\(change) is like \(other.map { "\(changes[$0])" } ?? "")")
        }
    }
}
