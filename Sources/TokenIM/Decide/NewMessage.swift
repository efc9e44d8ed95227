/// A message as it was asked to be sent.
struct NewMessage: Sendable {
    var content: Content
    var replyTo: SequenceNumber
    /// What most messages have nothing of.
    var extras: Extras?

    final class Extras: Sendable {
        let mentions: Mentions
        let options: MessageOptions

        init(mentions: Mentions, options: MessageOptions) {
            self.mentions = mentions
            self.options = options
        }
    }

    init(
        _ content: Content, replyTo: SequenceNumber? = nil, mentions: Mentions = .none,
        options: MessageOptions = MessageOptions()
    ) {
        self.content = content
        self.replyTo = replyTo ?? 0
        if mentions != .none || options != MessageOptions() { extras = Extras(mentions: mentions, options: options) }
    }
}

/// Something whose time has come, as the alarm table has it.
enum DueTask: Sendable {
    /// Messages of one conversation that expire or burn.
    case withdraw([SequenceNumber], in: ConversationNumber, Erasure)
    /// A scheduled message, by its entry in its author's personal conversation.
    case release(SequenceNumber, of: UserNumber)
    /// A request to join a group or an invitation that nobody has answered.
    case lapse(UserNumber, in: ConversationNumber)
}
