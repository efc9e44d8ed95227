internal import TokenIM

extension TranscriptVerb {
    private typealias Command = TranscriptCommand

    /// Sending, and what becomes of messages.
    static let messages: [TranscriptVerb] = [
        .change(
            "send", "WHO -> TARGET \(Command.contentUsage) [reply=] \(Command.mentionsUsage) \(Command.optionsUsage)",
            "sends a message", needsKey: true
        ) { command in
            .send(
                try command.content, to: try command.target(), replyTo: try command.number("reply"),
                mentions: try command.mentions, options: try command.options)
        },
        TranscriptVerb(
            "send-many", "WHO -> TARGETS \(Command.contentUsage) \(Command.optionsUsage) [key=]",
            "sends a message to many, each in a conversation of its own"
        ) { stage, command in
            let targets = try command.targets()
            let results = try await stage.engine.messages.send(
                try command.content, from: try command.user("WHO"), toAll: targets, key: try command.requiredKey,
                options: try command.options)
            return try zip(targets, results).flatMap { target, result in
                do {
                    return try stage.check(try result.get())
                } catch let error as IMError {
                    return ["\(target): \(TranscriptNotation.describe(error))"]
                }
            }
        },
        TranscriptVerb(
            "send-transient", "WHO -> TARGET \(Command.contentUsage) [needs-receiver]",
            "sends a message to those only who are connected"
        ) { stage, command in
            let (content, target, needsReceiver) = (
                try command.content, try command.target(), command.has("needs-receiver")
            )
            let count: Int
            if let session = stage.sessions[command.actor] {
                count = try await session.sendTransient(content, to: target, needsReceiver: needsReceiver)
            } else {
                count = try await stage.engine.messages.sendTransient(
                    content, from: try command.user("WHO"), to: target, needsReceiver: needsReceiver)
            }
            return ["to \(count)"]
        },
        .change(
            "forward", "WHO CONVERSATION SEQUENCE -> TARGET \(Command.optionsUsage)", "sends a message on to others"
        ) {
            .forward(
                try $0.sequence(), of: try $0.conversation(), to: try $0.target(), options: try $0.options)
        },
        .change(
            "edit", "WHO CONVERSATION SEQUENCE \(Command.contentUsage) \(Command.mentionsUsage)",
            "gives a message a new content"
        ) {
            .edit(try $0.sequence(), in: try $0.conversation(), try $0.content, mentions: try $0.mentions)
        },
        .change("recall", "WHO CONVERSATION SEQUENCE", "takes a message back") {
            .recall(try $0.sequence(), in: try $0.conversation())
        },
        .change("react", "WHO CONVERSATION SEQUENCE REACTION [off]", "gives a reaction, or takes it back") {
            .react(
                try $0.text("REACTION"), to: try $0.sequence(), in: try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("pin", "WHO CONVERSATION SEQUENCE [off]", "pins a message, or unpins it") {
            .pin(try $0.sequence(), in: try $0.conversation(), isOn: !$0.has("off"))
        },
        .change("cancel-scheduled", "WHO SEQUENCE", "cancels a message that waits") {
            .cancelScheduled(try $0.sequence())
        },
        TranscriptVerb("read", "WHO CONVERSATION SEQUENCE [key=]", "moves the read marker") { stage, command in
            let (conversation, sequence) = (try command.conversation(), try command.sequence())
            if let session = stage.sessions[command.actor] {
                let receipt = try await session.markRead(conversation, through: sequence, key: try command.key)
                return try stage.check(receipt)
            }
            let receipt = try await stage.engine.messages.markRead(
                conversation, through: sequence, by: try command.user("WHO"), key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb("trim", "CONVERSATION SEQUENCE", "erases the oldest entries") { stage, command in
            let through = try await stage.engine.messages.trim(
                try command.conversation(), through: try command.sequence())
            return ["through \(through)"]
        },
    ]
}
