extension State {
    mutating func decide(_ action: SettingAction, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        guard author != 0 else { throw IMError(.malformedArgument, "an inbox is a user's: the host has none") }
        switch action {
        case .pin(let conversation, let isOn):
            return try decideSetting(of: conversation, by: author, on: device) { $0.isPinned = isOn }
        case .mute(let conversation, let moment):
            return try decideSetting(of: conversation, by: author, on: device) { $0.mutedUntil = moment }
        case .archive(let conversation, let isOn):
            return try decideSetting(of: conversation, by: author, on: device) { $0.isArchived = isOn }
        case .hide(let conversation, let isOn):
            return try decideSetting(of: conversation, by: author, on: device) { $0.isHidden = isOn }
        case .markUnread(let conversation, let isOn):
            return try decideSetting(of: conversation, by: author, on: device) { $0.isMarkedUnread = isOn }
        case .draft(let draft, let conversation):
            return try decideDraft(draft, in: conversation, by: author, on: device)
        case .clear(let conversation, let through):
            return try decideClear(conversation, through: through, by: author, on: device)
        case .delete(let sequences, let conversation):
            return try decideDelete(sequences, in: conversation, by: author, on: device)
        }
    }

    private mutating func decideSetting(
        of conversation: Conversation, by author: UserNumber, on device: DeviceNumber,
        _ change: (inout ConversationSetting) -> Void
    ) throws -> Decision {
        let number = try visibleConversation(conversation, to: author)
        return try decideSetting(of: number, by: author, on: device, change)
    }

    private func decideSetting(
        of number: ConversationNumber, by author: UserNumber, on device: DeviceNumber,
        _ change: (inout ConversationSetting) -> Void
    ) throws -> Decision {
        let present = try setting(of: author, in: number)
        var setting = present
        change(&setting)
        if !setting.isMuted(at: now) { setting.mutedUntil = nil }
        if setting == present { return Decision(unchanged: .personal(author), author: author) }
        return Decision(author: author, device: device, .setting(.set(number, setting)), in: .personal(author))
    }

    /// What is in effect of a user's setting.
    private func setting(of user: UserNumber, in number: ConversationNumber) throws -> ConversationSetting {
        guard let record = try written.setting(of: user, in: number) else { return ConversationSetting() }
        let marker = try marker(of: user, in: number)
        var setting = record.setting(at: try head(of: number), readThrough: marker.sequence)
        if !setting.isMuted(at: now) { setting.mutedUntil = nil }
        return setting
    }

    /// Reads what had been read before: all that may change is that it is no longer marked as unread.
    func decideReadAgain(
        _ number: ConversationNumber, of user: UserNumber, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        var decision = try decideSetting(of: number, by: user, on: device) { $0.isMarkedUnread = false }
        decision.author = author
        return decision
    }

    private mutating func decideDraft(
        _ text: String?, in conversation: Conversation, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let number = try visibleConversation(conversation, to: author)
        let draft = text?.isEmpty == true ? nil : text
        let record = try written.setting(of: author, in: number) ?? SettingRecord()
        if record.setting.draft?.utf8.elementsEqual(draft?.utf8 ?? "".utf8) ?? (draft == nil) {
            return Decision(unchanged: .personal(author), author: author)
        }
        var decision = Decision(
            author: author, device: device, .setting(.drafted(number, draft)), in: .personal(author))
        if record.draftedAt != 0 {
            // Of what was typed and not sent, the newest version is enough.
            decision.erased = [record.draftedAt]
            decision.erasure = .superseded
        }
        return decision
    }

    private mutating func decideClear(
        _ conversation: Conversation, through sequence: SequenceNumber, by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        let (number, last) = try seenConversation(conversation, by: author)
        if sequence > last {
            throw IMError(.markerAhead, "\(conversation) ends at \(last), before \(sequence)")
        }
        if try written.setting(of: author, in: number)?.cleared.sequence ?? 0 >= sequence {
            return Decision(unchanged: .personal(author), author: author)
        }
        let counted = try counted(through: sequence, in: number)
        let change = SettingChange.cleared(number, through: sequence, counted: counted)
        return Decision(author: author, device: device, .setting(change), in: .personal(author))
    }

    private mutating func decideDelete(
        _ sequences: [SequenceNumber], in conversation: Conversation, by author: UserNumber,
        on device: DeviceNumber
    ) throws -> Decision {
        let (number, last) = try seenConversation(conversation, by: author)
        let record = try written.setting(of: author, in: number) ?? SettingRecord()
        let floor = max(record.cleared.sequence, try written.trim(of: number)?.through ?? 0)
        let membership = number.kind == .group ? try membership(of: author, in: number) : nil
        var withdrawals: [Withdrawal] = []
        for sequence in sequences.sorted() {
            guard sequence > floor, sequence <= last, membership?.sees(sequence) ?? true else {
                throw IMError(.notFound, "there is no entry \(sequence) of \(conversation) for this user")
            }
            let block = try written.deletions(of: author, in: number, block: TimelineBlock.index(of: sequence))
            if let block, block.deleted & DeletionRecord.bit(of: sequence) != 0 { continue }
            let wasCounted = try counted(through: sequence, in: number) > counted(through: sequence - 1, in: number)
            withdrawals.append(Withdrawal(sequence: sequence, wasCounted: wasCounted))
        }
        if withdrawals.isEmpty { return Decision(unchanged: .personal(author), author: author) }
        let count = record.deletedCount + UInt64(withdrawals.count)
        guard count <= UInt64(limits.hiddenPerConversation) else {
            throw IMError(
                .limitReached,
                "\(count) entries deleted one by one in \(conversation); Limits.hiddenPerConversation is "
                    + "\(limits.hiddenPerConversation): clear the conversation instead")
        }
        return Decision(
            author: author, device: device, .setting(.deleted(number, withdrawals)), in: .personal(author))
    }

    /// A conversation of which a user sees something, also one that it has left, and the last entry that it sees.
    private mutating func seenConversation(
        _ conversation: Conversation, by user: UserNumber
    ) throws -> (ConversationNumber, last: SequenceNumber) {
        if let group = conversation.group, let number = try groupNumber(group),
            let last = try membership(of: user, in: number)?.windows.last?.through
        {
            return (number, last)
        }
        let number = try visibleConversation(conversation, to: user)
        return (number, try head(of: number).sequence)
    }
}
