/// What a user asks to have for itself alone in a conversation.
enum SettingAction: Sendable {
    case pin(Conversation, isOn: Bool)
    case mute(Conversation, until: Timestamp?)
    case archive(Conversation, isOn: Bool)
    case hide(Conversation, isOn: Bool)
    case markUnread(Conversation, isOn: Bool)
    case draft(String?, in: Conversation)
    case clear(Conversation, through: SequenceNumber)
    case delete([SequenceNumber], in: Conversation)

    var conversation: Conversation {
        switch self {
        case .pin(let conversation, _), .mute(let conversation, _), .archive(let conversation, _),
            .hide(let conversation, _), .markUnread(let conversation, _), .draft(_, let conversation),
            .clear(let conversation, _), .delete(_, let conversation):
            conversation
        }
    }

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        func begin(_ tag: UInt64) {
            digest.combine(tag)
            digest.combine(conversation)
        }
        switch self {
        case .pin(_, let isOn):
            begin(1)
            digest.combine(isOn ? 1 : 0)
        case .mute(_, let moment):
            begin(2)
            digest.combine(moment)
        case .archive(_, let isOn):
            begin(3)
            digest.combine(isOn ? 1 : 0)
        case .hide(_, let isOn):
            begin(4)
            digest.combine(isOn ? 1 : 0)
        case .markUnread(_, let isOn):
            begin(5)
            digest.combine(isOn ? 1 : 0)
        case .draft(let draft, _):
            begin(6)
            digest.combine(draft ?? "")
        case .clear(_, let through):
            begin(7)
            digest.combine(through)
        case .delete(let sequences, _):
            begin(8)
            digest.combine(UInt64(sequences.count))
            for sequence in sequences { digest.combine(sequence) }
        }
    }

    func validate(_ limits: Limits) throws(IMError) {
        guard conversation.kind != .personal else {
            throw IMError(.malformedArgument, "a personal conversation is in nobody's inbox")
        }
        switch self {
        case .draft(let draft, _):
            let count = draft?.utf8.count ?? 0
            guard count <= limits.contentBytes else {
                throw IMError(.contentTooLarge, "a draft of \(count) bytes; the limit is \(limits.contentBytes)")
            }
        case .delete(let sequences, _):
            if sequences.isEmpty { throw IMError(.malformedArgument, "no entries to delete") }
            guard sequences.count <= limits.deletedPerCommand else {
                throw IMError(
                    .requestTooLarge,
                    "\(sequences.count) entries in one command; the limit is \(limits.deletedPerCommand)")
            }
            if Set(sequences).count < sequences.count {
                throw IMError(.malformedArgument, "an entry to delete is named twice")
            }
        default: break
        }
    }
}
