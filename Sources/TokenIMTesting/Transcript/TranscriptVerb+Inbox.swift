internal import TokenIM

extension TranscriptVerb {
    /// A user's conversations at a glance, and how the user has them.
    static let inbox: [TranscriptVerb] = [
        TranscriptVerb(
            "inbox", "USER [archived] [only-unread] [after=] [limit=]", "a user's conversations, after one of them"
        ) { stage, command in
            let user = try command.user()
            let last = try command.has("after") ? stage.engine.inbox.item(user, try command.conversation("after")) : nil
            let items = try stage.engine.inbox.list(
                user, archived: command.has("archived"), onlyUnread: command.has("only-unread"), after: last?.place,
                limit: try command.count("limit"))
            return items.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("inbox-item", "USER CONVERSATION", "one conversation of a user's inbox") { stage, command in
            let item = try stage.engine.inbox.item(try command.user(), try command.conversation())
            return try item.map { [try stage.notation.describe($0)] } ?? ["nothing"]
        },
        TranscriptVerb(
            "inbox-changes", "USER [since=] [limit=]", "what became of an inbox since the last time, or a position"
        ) { stage, command in
            let user = try command.user()
            let since = try command.number("since") ?? stage.inboxPositions[user] ?? 0
            let changes = try stage.engine.inbox.changes(of: user, since: since, limit: try command.count("limit"))
            stage.inboxPositions[user] = changes.position
            let gone = changes.gone.map { "\(TranscriptNotation.describe($0)) is gone" }
            let rest = changes.isComplete ? [] : ["and more"]
            return (changes.items.map(try stage.notation.describe) + gone + rest).orNothing
        },
        TranscriptVerb("unread", "USER [archived] [without-muted]", "all unread messages of a user") { stage, command in
            let total = try stage.engine.inbox.total(
                try command.user(), archived: command.has("archived"), withMuted: !command.has("without-muted"))
            return ["\(total)"]
        },
        .change("set-pinned", "WHO CONVERSATION [off]", "puts a conversation before the others, for oneself") {
            .pinConversation(try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("set-muted", "WHO CONVERSATION [until=] [off]", "asks for no push of a conversation") {
            .muteConversation(
                try $0.conversation(), until: $0.has("off") ? nil : try $0.moment("until") ?? .distantFuture)
        },
        .change("set-archived", "WHO CONVERSATION [off]", "puts a conversation away") {
            .archive(try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("set-hidden", "WHO CONVERSATION [off]", "takes a conversation out of the list until something comes") {
            .hide(try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("set-unread", "WHO CONVERSATION [off]", "shows a conversation as unread") {
            .markUnread(try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("draft", "WHO CONVERSATION [TEXT]", "keeps a text that was begun, or drops it") {
            .setDraft($0.optional("TEXT"), in: try $0.conversation())
        },
        .change("clear", "WHO CONVERSATION SEQUENCE", "takes the beginning of a conversation out of one's own sight") {
            .clear(try $0.conversation(), through: try $0.sequence())
        },
        .change("delete-for-me", "WHO CONVERSATION [SEQUENCES…]", "takes entries out of one's own sight") {
            .deleteForMe(try $0.numbers("SEQUENCES"), in: try $0.conversation())
        },
    ]
}

extension TranscriptNotation {
    /// A conversation in a list.
    func describe(_ item: InboxItem) -> String {
        var words = [Self.describe(item.conversation), "unread=\(item.unread)"]
        if item.mentions > 0 { words.append("mentions=\(item.mentions)") }
        words += ["read=\(item.readThrough)", "head=\(item.headSequence)"]
        words += differences(item.setting, from: ConversationSetting())
        if let last = item.lastMessage {
            words.append(last.message.map(describe) ?? last.kind.description)
        }
        return words.joined(separator: " ")
    }
}
