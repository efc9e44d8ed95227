import TokenIMLMDB

/// How a user has a conversation, and what it has put out of its own sight there. There is a row only where something
/// is other than usual.
struct SettingRecord: Record, Equatable {
    var setting = ConversationSetting()
    /// Where the conversation was hidden: a message behind it brings it back. 0 when it is not hidden.
    var hiddenAt: Position = 0
    /// How far the user had read when it marked the conversation as unread: reading on ends that.
    var markedAt: SequenceNumber = 0
    /// The entry that has the draft; 0 when there is none.
    var draftedAt: Position = 0
    /// What the user cleared: the entries up to here, and how many messages lie up to there.
    var cleared = Marker.none
    /// How many entries above that the user has deleted for itself.
    var deletedCount: UInt64 = 0

    init() {}

    /// What is left of the setting: some of it ends by itself.
    func setting(at head: ConversationHead, readThrough: SequenceNumber) -> ConversationSetting {
        var setting = setting
        if head.lastMessagePosition > hiddenAt { setting.isHidden = false }
        if readThrough != markedAt { setting.isMarkedUnread = false }
        return setting
    }

    init(reading reader: inout ByteReader) throws {
        setting = try ConversationSetting(reading: &reader)
        if setting.isHidden { hiddenAt = try reader.varint() }
        if setting.isMarkedUnread { markedAt = try reader.varint() }
        draftedAt = try reader.varint()
        if draftedAt != 0 { setting.draft = try reader.string() }
        cleared = try Marker(reading: &reader)
        deletedCount = try reader.varint()
    }

    func encode(into writer: inout ByteWriter) {
        setting.encode(into: &writer)
        if setting.isHidden { writer.varint(hiddenAt) }
        if setting.isMarkedUnread { writer.varint(markedAt) }
        writer.varint(draftedAt)
        if draftedAt != 0 { writer.string(setting.draft ?? "") }
        cleared.encode(into: &writer)
        writer.varint(deletedCount)
    }
}
