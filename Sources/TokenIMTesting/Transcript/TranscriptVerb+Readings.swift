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
        TranscriptVerb(
            "readers", "USER CONVERSATION SEQUENCE [after=] [limit=]", "who has read a message of a group"
        ) { stage, command in
            let page = try stage.engine.messages.readers(
                of: try command.sequence(), in: try command.conversation(), for: try command.user(),
                after: try command.optional("after").map { try UserID($0) }, limit: try command.count("limit"))
            return (page.readers.map(\.rawValue) + (page.next.map { ["and more after \($0)"] } ?? [])).orNothing
        },
    ]
}
