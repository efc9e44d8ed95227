import TokenIMLMDB

extension Messages {
    /// Sends a message to those only who are connected right now: a ``Signal`` of kind ``Signal/Kind/message``, which is
    /// not kept, has no place in the conversation, and may be lost. It is judged as any message is.
    ///
    /// - Parameter needsReceiver: refuses with `nobody-connected` when no other user of the conversation is connected.
    /// - Returns: how many other users were connected.
    /// - Throws: as ``send(_:from:to:key:replyTo:mentions:options:)``; `nobody-connected`.
    @discardableResult
    public func sendTransient(
        _ content: Content, from sender: UserID, to target: Target, needsReceiver: Bool = false
    ) async throws(IMError) -> Int {
        try await engine.sendTransient(
            content, to: target, by: .user(sender), sender, device: 0, needsReceiver: needsReceiver)
    }
}

extension Session {
    /// Sends a message to those only who are connected right now, as
    /// ``Messages/sendTransient(_:from:to:needsReceiver:)``.
    @discardableResult
    public func sendTransient(
        _ content: Content, to target: Target, needsReceiver: Bool = false
    ) async throws(IMError) -> Int {
        try await engine.sendTransient(
            content, to: target, by: .session(userNumber, deviceNumber, number), user, device: deviceNumber,
            needsReceiver: needsReceiver)
    }
}

extension Engine {
    fileprivate func sendTransient(
        _ content: Content, to target: Target, by actor: Actor, _ sender: UserID, device: DeviceNumber,
        needsReceiver: Bool
    ) async throws(IMError) -> Int {
        let command = Command(.send(NewMessage(content), to: target), by: actor)
        try command.action.validate(core.limits)
        let verdict = try await judge(command)
        if let code = verdict.code { throw IMError(code, verdict.message) }
        let conversation = target.conversation(from: sender)
        let (number, author) = try IMError.mapping {
            let snapshot = try core.snapshot()
            return (try snapshot.number(of: conversation), try snapshot.userNumber(sender))
        }
        let signal = Signal(
            kind: .message, user: sender, conversation: conversation, isOn: true, content: content)
        let (count, bells) = core.live.withLock { live in
            let others = live.connectedUsers(of: number).filter { $0 != author && !live.sessions(of: $0).isEmpty }
            if others.isEmpty, needsReceiver { return (0, [Doorbell]()) }
            // The sender's other devices show what it said, too.
            var bells = live.signal(signal, to: author, except: device)
            for user in others { bells += live.signal(signal, to: user) }
            return (others.count, bells)
        }
        if count == 0, needsReceiver { throw IMError(.nobodyConnected, "nobody else of \(conversation) is connected") }
        for bell in bells { bell.ring() }
        return count
    }
}
