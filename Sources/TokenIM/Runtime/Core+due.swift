extension Core {
    /// What is due at a moment, at most `limit` messages of it: those of one conversation together.
    func dueTasks(at now: Timestamp, limit: Int) throws -> [DueTask] {
        let snapshot = try snapshot()
        var tasks: [DueTask] = []
        var sequences: [DueKey: [SequenceNumber]] = [:]
        var order: [DueKey] = []
        var count = 0
        try snapshot.written.forEachAlarm(through: now) { conversation, sequence, kind in
            switch kind {
            case .release: tasks.append(.release(sequence, of: conversation.personalUser))
            case .lapse:
                let group = ConversationNumber(rawValue: sequence)
                tasks.append(.lapse(conversation.personalUser, in: group))
            case .expire, .burn:
                let key = DueKey(conversation: conversation, erasure: kind == .expire ? .expired : .burned)
                if sequences[key] == nil { order.append(key) }
                sequences[key, default: []].append(sequence)
            }
            count += 1
            return count < limit
        }
        for key in order {
            tasks.append(.withdraw((sequences[key] ?? []).sorted(), in: key.conversation, key.erasure))
        }
        return tasks
    }

    private struct DueKey: Hashable {
        var conversation: ConversationNumber
        var erasure: Erasure
    }
}
