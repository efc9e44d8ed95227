internal import TokenIM

extension TranscriptVerb {
    /// What can be asked of conversations.
    static let readings: [TranscriptVerb] = [
        TranscriptVerb(
            "history", "USER CONVERSATION [before=] [after=] [limit=]", "shows a conversation in its present state"
        ) { stage, command in
            let page = try stage.engine.messages.history(
                of: try command.conversation(), for: try command.user(), before: try command.number("before"),
                after: try command.number("after"), limit: try command.count("limit"))
            let notation = try stage.notation
            return (page.entries.map(notation.describe) + (page.isComplete ? [] : ["and more"])).orNothing
        },
        TranscriptVerb("state", "USER CONVERSATION SEQUENCE", "how far an entry has come") { stage, command in
            let state = try stage.engine.messages.state(
                of: try command.sequence(), in: try command.conversation(), for: try command.user())
            return [state.isRead ? "read" : state.isDelivered ? "delivered" : "accepted"]
        },
        TranscriptVerb(
            "reactions", "USER CONVERSATION SEQUENCE [after=] [limit=]", "who reacted to a message how"
        ) { stage, command in
            let reactions = try stage.engine.messages.reactions(
                to: try command.sequence(), in: try command.conversation(), for: try command.user(),
                after: try command.optional("after").map { try UserID($0) }, limit: try command.count("limit"))
            return reactions.map { "\($0.user) \($0.reaction)" }.orNothing
        },
        TranscriptVerb("pinned", "USER CONVERSATION", "the pinned messages") { stage, command in
            let entries = try stage.engine.messages.pinned(in: try command.conversation(), for: try command.user())
            return entries.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("scheduled", "USER [after=] [limit=]", "the messages that wait") { stage, command in
            let messages = try stage.engine.messages.scheduled(
                by: try command.user(), after: try command.number("after") ?? 0, limit: try command.count("limit"))
            let notation = try stage.notation
            return messages.map { waiting in
                let place = TranscriptNotation.describe(waiting.conversation)
                let moment = notation.describe(waiting.scheduledFor)
                return "\(waiting.sequence) at \(moment) to \(place) \(notation.describe(waiting.message))"
            }.orNothing
        },
        TranscriptVerb("inbox", "USER [only-unread] [before=] [limit=]", "a user's conversations") { stage, command in
            let items = try stage.engine.inbox.list(
                try command.user(), before: try command.number("before"), onlyUnread: command.has("only-unread"),
                limit: try command.count("limit"))
            return items.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("inbox-item", "USER CONVERSATION", "one conversation of a user's inbox") { stage, command in
            let item = try stage.engine.inbox.item(try command.user(), try command.conversation())
            return try item.map { [try stage.notation.describe($0)] } ?? ["nothing"]
        },
        TranscriptVerb("unread", "USER", "all unread messages of a user") { stage, command in
            ["\(try stage.engine.inbox.total(try command.user()))"]
        },
    ]
}

extension TranscriptNotation {
    /// A conversation in a list.
    func describe(_ item: InboxItem) -> String {
        var words = [Self.describe(item.conversation), "unread=\(item.unread)", "read=\(item.readThrough)"]
        words.append("head=\(item.headSequence)")
        if let last = item.lastMessage {
            words.append(last.message.map(describe) ?? last.kind.description)
        }
        return words.joined(separator: " ")
    }
}
