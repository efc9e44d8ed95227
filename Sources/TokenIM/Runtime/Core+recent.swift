import TokenIMLMDB

extension Core {
    /// Forgets what some may no longer see after a commit, or not as it was.
    func forget(after entries: [Committed], erased: [Position]) {
        if entries.contains(where: \.hidesEarlier) { recent.removeAll() }
        if !erased.isEmpty { recent.remove(erased) }
    }

    /// Keeps those of the entries of a commit at hand that somebody hears of and all see alike.
    func keep(_ heard: [Range<Int>], of entries: [Committed], erased: [Position]) throws {
        let first = entries.lastIndex(where: \.hidesEarlier).map { $0 + 1 } ?? 0
        let snapshot = try snapshot()
        let erased = Set(erased)
        var kept: [Entry] = []
        for run in heard {
            guard let entry = entries[run].first, entry.isMessage else { continue }
            // A run is of one author and conversation.
            let conversation = try snapshot.conversation(entry.conversation)
            let author = entry.author == 0 ? nil : try snapshot.userID(entry.author)
            for entry in entries[run.clamped(to: first..<entries.count)] where !erased.contains(entry.position) {
                guard let message = entry.message else { continue }
                kept.append(
                    Entry(
                        position: entry.position, conversation: conversation, sequence: message.sequence,
                        timestamp: message.timestamp, author: author, kind: .message,
                        message: Message(sender: author, content: message.content, replyTo: message.replyTo),
                        details: nil))
            }
        }
        recent.add(kept)
    }
}
