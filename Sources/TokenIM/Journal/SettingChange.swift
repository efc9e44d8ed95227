import TokenIMLMDB

/// What a user changed about a conversation for itself alone: in its personal conversation. Kinds are never renumbered.
enum SettingChange: Equatable {
    /// The whole setting but the draft, which stands for itself so that it can be erased.
    case set(ConversationNumber, ConversationSetting)
    /// A draft, or that there is none any more. The one before is erased.
    case drafted(ConversationNumber, String?)
    /// The entries up to a sequence are out of this user's sight, and how many messages that were.
    case cleared(ConversationNumber, through: SequenceNumber, counted: UInt64)
    /// Entries are out of this user's sight.
    case deleted(ConversationNumber, [Withdrawal])

    var conversation: ConversationNumber {
        switch self {
        case .set(let conversation, _), .drafted(let conversation, _), .cleared(let conversation, _, _),
            .deleted(let conversation, _):
            conversation
        }
    }

    /// Whether it carries what somebody wrote, which can be erased.
    var hasContent: Bool {
        if case .drafted(_, .some) = self { true } else { false }
    }

    private enum Kind: UInt8 {
        case set = 1
        case drafted = 2
        case undrafted = 3
        case cleared = 4
        case deleted = 5
    }

    func encode(into writer: inout ByteWriter) {
        func begin(_ kind: Kind, _ conversation: ConversationNumber) {
            writer.uint8(kind.rawValue)
            writer.uint64(conversation.rawValue)
        }
        switch self {
        case .set(let conversation, let setting):
            begin(.set, conversation)
            setting.encode(into: &writer)
        case .drafted(let conversation, .some(let draft)):
            begin(.drafted, conversation)
            writer.string(draft)
        case .drafted(let conversation, nil):
            begin(.undrafted, conversation)
        case .cleared(let conversation, let through, let counted):
            begin(.cleared, conversation)
            writer.varint(through)
            writer.varint(counted)
        case .deleted(let conversation, let withdrawals):
            begin(.deleted, conversation)
            writer.withdrawals(withdrawals)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        guard let kind = Kind(rawValue: raw) else {
            throw IMError(.unreadableStore, "a setting of unknown kind \(raw)")
        }
        let conversation = ConversationNumber(rawValue: try reader.uint64())
        switch kind {
        case .set: self = .set(conversation, try ConversationSetting(reading: &reader))
        case .drafted: self = .drafted(conversation, try reader.string())
        case .undrafted: self = .drafted(conversation, nil)
        case .cleared:
            self = .cleared(conversation, through: try reader.varint(), counted: try reader.varint())
        case .deleted: self = .deleted(conversation, try reader.withdrawals())
        }
    }
}

extension ConversationSetting {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let pinned = Flags(rawValue: 1)
        static let muted = Flags(rawValue: 2)
        static let archived = Flags(rawValue: 4)
        static let hidden = Flags(rawValue: 8)
        static let unread = Flags(rawValue: 16)
        static let all = Flags(rawValue: 31)
    }

    /// Everything but the draft.
    func encode(into writer: inout ByteWriter) {
        var flags: Flags = []
        if isPinned { flags.insert(.pinned) }
        if mutedUntil != nil { flags.insert(.muted) }
        if isArchived { flags.insert(.archived) }
        if isHidden { flags.insert(.hidden) }
        if isMarkedUnread { flags.insert(.unread) }
        writer.uint8(flags.rawValue)
        if let mutedUntil { writer.timestamp(mutedUntil) }
    }

    init(reading reader: inout ByteReader) throws {
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "a setting with unknown flags \(flags.rawValue)")
        }
        isPinned = flags.contains(.pinned)
        mutedUntil = flags.contains(.muted) ? try reader.timestamp() : nil
        isArchived = flags.contains(.archived)
        isHidden = flags.contains(.hidden)
        isMarkedUnread = flags.contains(.unread)
    }
}
