/// A stretch of the way through what a deleted user wrote.
struct ErasureStep {
    /// What there is to erase.
    var positions: [Position] = []
    /// How far it got.
    var place: ErasurePlace
    var isComplete = false
}

extension State {
    /// Erases as much as one command may look at, from where the one before got to.
    mutating func decideErasing(_ id: UserID, isEverywhere: Bool) throws -> Decision {
        guard let number = try userNumber(id), let record = try user(number) else { throw unknownUser(id) }
        guard record.status == .deleted else {
            throw IMError(.notAllowed, "user \(id) has not been deleted")
        }
        let step = try erasureStep(of: number, from: record.erased, isEverywhere: isEverywhere)
        if step.isComplete, step.positions.isEmpty { return Decision(unchanged: .personal(number), author: 0) }
        var decision = Decision(author: 0, .person(.erased(number, through: step.place)), in: .engine)
        decision.erased = step.positions
        decision.erasure = .deleted
        return decision
    }

    /// Looks at the entries of a user's personal conversation, then at those of its chats and of its groups, in order
    /// of their numbers, from a place on: at most `Limits.trimmedPerCommand` entries and conversations.
    func erasureStep(of user: UserNumber, from place: ErasurePlace?, isEverywhere: Bool) throws -> ErasureStep {
        let personal = ConversationNumber.personal(user)
        var step = ErasureStep(place: place ?? ErasurePlace(conversation: personal, sequence: 0))
        var budget = limits.trimmedPerCommand
        var others = isEverywhere ? try conversations(of: user, after: step.place.conversation, limit: budget) : []
        others.reverse()
        while true {
            let conversation = step.place.conversation
            let last = try lastSequence(of: user, in: conversation)
            while step.place.sequence < last {
                if budget == 0 { return step }
                budget -= 1
                step.place.sequence += 1
                let sequence = step.place.sequence
                guard let position = try position(of: sequence, in: conversation),
                    let entry = try written.entry(at: position)
                else { throw IMError(.corrupt, "conversation \(conversation.rawValue) has no entry \(sequence)") }
                let isOwn = conversation == personal || entry.header.author == user
                if isOwn, entry.event.withoutContent(.deleted) != nil { step.positions.append(position) }
            }
            guard budget > 0, let next = others.popLast() else {
                step.isComplete = budget > 0
                return step
            }
            budget -= 1
            step.place = ErasurePlace(conversation: next, sequence: 0)
        }
    }

    /// The last entry of a conversation that a user may have written.
    private func lastSequence(of user: UserNumber, in conversation: ConversationNumber) throws -> SequenceNumber {
        let head = try head(of: conversation).sequence
        guard conversation.kind == .group else { return head }
        return try written.membership(of: user, in: conversation)?.windows.last?.through ?? head
    }

    /// The chats of a user and the groups that it is or was in, above one, in order of their numbers.
    private func conversations(
        of user: UserNumber, after conversation: ConversationNumber, limit: Int
    ) throws -> [ConversationNumber] {
        var found: [ConversationNumber] = []
        try folded.forEachChat(of: user, after: conversation) {
            found.append($0)
            return found.count < limit
        }
        let inMemory = live.chats(of: user) + (frozen?.chats(of: user) ?? [])
        found += inMemory.filter { $0 > conversation }
        // While a fold is finishing, the frozen generation and the trees may both have one.
        found.sort()
        var unique: [ConversationNumber] = []
        for number in found where number != unique.last { unique.append(number) }
        try written.forEachGroup(of: user, after: conversation) { group, _ in
            unique.append(group)
            return unique.count < limit
        }
        return Array(unique.prefix(limit))
    }
}
