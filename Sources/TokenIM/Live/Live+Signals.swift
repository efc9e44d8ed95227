extension Live {
    struct TypingKey: Hashable {
        var conversation: ConversationNumber
        var user: UserNumber
    }

    struct Typing {
        var user: UserID
        var conversation: Conversation
        var until: Timestamp
    }

    mutating func send(_ signal: Signal, to number: SessionNumber, _ actions: inout Actions) {
        guard let bell = sessions[number]?.signalBell else { return }
        sessions[number]?.add(signal)
        actions.ring.append(bell)
    }

    mutating func takeSignals(of number: SessionNumber) throws(IMError) -> [Signal] {
        try update(number) { session in
            defer { session.signals = [] }
            return session.signals
        }
    }

    // MARK: Typing

    /// Tells the connected others of a conversation that a user is typing, or has stopped.
    mutating func type(
        _ isTyping: Bool, by session: SessionNumber, in number: ConversationNumber, _ conversation: Conversation,
        now: Timestamp
    ) throws(IMError) -> Actions {
        var actions = Actions()
        let (user, id) = try update(session) { ($0.user, $0.userID) }
        let key = TypingKey(conversation: number, user: user)
        if isTyping {
            let until = now.advanced(by: limits.typingDuration)
            typing[key] = Typing(user: id, conversation: conversation, until: until)
            setTypingDeadline(key, at: until)
        } else {
            typing[key] = nil
        }
        tell(isTyping, key, id, conversation, &actions)
        return actions
    }

    private mutating func tell(
        _ isTyping: Bool, _ key: TypingKey, _ id: UserID, _ conversation: Conversation, _ actions: inout Actions
    ) {
        let signal = Signal(kind: .typing, user: id, conversation: conversation, isOn: isTyping)
        for other in connectedUsers(of: key.conversation) where other != key.user {
            for session in sessions(of: other) { send(signal, to: session, &actions) }
        }
    }

    mutating func endTyping(_ key: TypingKey, at now: Timestamp, _ actions: inout Actions) {
        guard let ended = typing[key], ended.until <= now else { return }
        typing[key] = nil
        tell(false, key, ended.user, ended.conversation, &actions)
    }
}
