/// What a user asks to have for itself alone in a conversation.
enum SettingAction: Sendable {
    case set(ConversationSetting, of: Conversation)

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        switch self {
        case .set(let setting, let conversation):
            digest.combine(1)
            digest.combine(conversation)
            digest.combine(setting.isPinned ? 1 : 0)
        }
    }

    func validate(_ limits: Limits) throws(IMError) {}
}
