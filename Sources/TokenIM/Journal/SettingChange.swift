import TokenIMLMDB

/// What a user changed about a conversation for itself alone: in its personal conversation. Kinds are never renumbered.
enum SettingChange: Equatable {
    case set(ConversationNumber, ConversationSetting)

    private enum Kind: UInt8 {
        case set = 1
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .set(let conversation, let setting):
            writer.uint8(Kind.set.rawValue)
            writer.uint64(conversation.rawValue)
            setting.encode(into: &writer)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        switch Kind(rawValue: raw) {
        case .set:
            let conversation = ConversationNumber(rawValue: try reader.uint64())
            self = .set(conversation, try ConversationSetting(reading: &reader))
        case nil: throw IMError(.unreadableStore, "a setting of unknown kind \(raw)")
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
        static let draft = Flags(rawValue: 16)
        static let unread = Flags(rawValue: 32)
        static let all = Flags(rawValue: 63)
    }

    func encode(into writer: inout ByteWriter) {
        var flags: Flags = []
        if isPinned { flags.insert(.pinned) }
        if mutedUntil != nil { flags.insert(.muted) }
        if isArchived { flags.insert(.archived) }
        if isHidden { flags.insert(.hidden) }
        if draft != nil { flags.insert(.draft) }
        if isMarkedUnread { flags.insert(.unread) }
        writer.uint8(flags.rawValue)
        if let mutedUntil { writer.timestamp(mutedUntil) }
        if let draft { writer.string(draft) }
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
        draft = flags.contains(.draft) ? try reader.string() : nil
        isMarkedUnread = flags.contains(.unread)
    }
}
