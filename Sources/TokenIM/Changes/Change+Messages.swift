extension Change {
    /// Sends a message. The same as ``Messages/send(_:from:to:key:replyTo:mentions:options:)``.
    public static func send(
        _ content: Content, to target: Target, replyTo: SequenceNumber? = nil, mentions: Mentions = .none,
        options: MessageOptions = MessageOptions()
    ) -> Change {
        let message = NewMessage(content, replyTo: replyTo, mentions: mentions, options: options)
        return Change(action: .send(message, to: target))
    }

    /// Sends a message that one may see on to others, with its present content and its ``Message/origin``.
    ///
    /// - Throws: as ``send(_:to:replyTo:mentions:options:)``; `not-found`, `message-gone` for what is forwarded.
    public static func forward(
        _ sequence: SequenceNumber, of conversation: Conversation, to target: Target,
        options: MessageOptions = MessageOptions()
    ) -> Change {
        Change(action: .forward(sequence, of: conversation, to: target, options))
    }

    /// Gives one's own message a new content. Everybody learns of it; history shows the new content.
    ///
    /// - Throws: `not-found`; `not-allowed` for another's message; `too-late` after `Limits.editWindow`;
    ///   `message-gone`; `limit-reached` after `Limits.editsPerMessage`; `malformed-content`, `content-too-large`;
    ///   `muted` and `not-allowed` where one may not speak.
    public static func edit(
        _ sequence: SequenceNumber, in conversation: Conversation, _ content: Content, mentions: Mentions = .none
    ) -> Change {
        Change(action: .edit(sequence, in: conversation, content, mentions))
    }

    /// Takes a message back: its content is erased, for everybody and from the store. It no longer counts as unread.
    ///
    /// Its author may within `Limits.recallWindow`; those who moderate a group may always with messages of those below
    /// them; the host may always.
    ///
    /// - Throws: `not-found`, `not-allowed`, `too-late`.
    public static func recall(_ sequence: SequenceNumber, in conversation: Conversation) -> Change {
        Change(action: .recall(sequence, in: conversation))
    }

    /// Gives a message a reaction, or takes it back.
    ///
    /// - Parameter reaction: an emoji or a short name: 1 to 64 bytes of UTF-8 without control characters.
    /// - Throws: `not-found`, `message-gone`; `limit-reached` beyond `Limits.reactionKindsPerMessage` different ones.
    public static func react(
        _ reaction: String, to sequence: SequenceNumber, in conversation: Conversation, isOn: Bool = true
    ) -> Change {
        Change(action: .react(reaction, to: sequence, in: conversation, isOn: isOn))
    }

    /// Pins a message for everybody in the conversation, or unpins it. In a group the policy says who may.
    ///
    /// - Throws: `not-found`, `not-allowed`, `message-gone`; `limit-reached` beyond `Limits.pinsPerConversation`.
    public static func pin(
        _ sequence: SequenceNumber, in conversation: Conversation, isOn: Bool = true
    ) -> Change {
        Change(action: .pin(sequence, in: conversation, isOn: isOn))
    }

    /// Cancels a message that was scheduled and has not been sent.
    ///
    /// - Parameter sequence: of its entry in one's personal conversation, as the receipt said.
    /// - Throws: `not-found` when nothing waits there any more.
    public static func cancelScheduled(_ sequence: SequenceNumber) -> Change {
        Change(action: .cancelScheduled(sequence))
    }
}
