internal import TokenIM

extension TranscriptVerb {
    /// The host's places in the journal.
    static let consumers: [TranscriptVerb] = [
        TranscriptVerb("consumer", "NAME [from-beginning]", "creates a consumer") { stage, command in
            let start: ConsumerStart = command.has("from-beginning") ? .beginning : .head
            try await stage.engine.consumers.create(try ConsumerID(try command.text("NAME")), from: start)
            return []
        },
        TranscriptVerb("delete-consumer", "NAME", "deletes a consumer") { stage, command in
            try await stage.engine.consumers.delete(try ConsumerID(try command.text("NAME")))
            return []
        },
        TranscriptVerb("consume", "NAME [maximum=]", "takes what there is for a consumer") { stage, command in
            let given = try await stage.consumer(command).receive(maximum: try command.count("maximum") ?? 100)
            return given.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb(
            "unreached", "NAME [maximum=]", "takes messages that have not reached some of those they are for"
        ) { stage, command in
            let consumer = try stage.consumer(command)
            let notation = try stage.notation
            var lines: [String] = []
            for found in try await consumer.receiveUnreached(maximum: try command.count("maximum") ?? 100) {
                lines.append(notation.describe(found.delivery))
                var page = found
                lines += page.users.map(TranscriptNotation.describe)
                while let next = page.next {
                    page = try consumer.unreached(of: found, after: next)
                    lines += page.users.map(TranscriptNotation.describe)
                }
            }
            return lines.orNothing
        },
        TranscriptVerb(
            "settle", "NAME CONVERSATION SEQUENCE [position=]",
            "acknowledges an entry; in a transaction, everything up to it",
            part: { transaction, command in
                try transaction.acknowledge(
                    try ConsumerID(try command.text("NAME")), through: try command.position)
                return []
            },
            { stage, command in
                try await stage.consumer(command).acknowledge([try command.position])
                return []
            }),
        TranscriptVerb("reject", "NAME CONVERSATION SEQUENCE [delay=]", "gives an entry back") { stage, command in
            try await stage.consumer(command).reject(try command.position, delay: try command.duration("delay"))
            return []
        },
        TranscriptVerb("dead-letters", "NAME [after=] [limit=]", "what was given up") { stage, command in
            let letters = try stage.consumer(command).deadLetters(
                after: try command.number("after") ?? 0, limit: try command.count("limit"))
            return letters.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("requeue", "NAME CONVERSATION SEQUENCE", "gives a dead letter another round") { stage, command in
            try await stage.consumer(command).requeue(try command.position)
            return []
        },
        TranscriptVerb("purge", "NAME CONVERSATION SEQUENCE", "drops a dead letter") { stage, command in
            try await stage.consumer(command).purge(try command.position)
            return []
        },
    ]

    /// What the host does in one commit, and its own rows.
    static let transactions: [TranscriptVerb] = [
        TranscriptVerb("transaction", "[go-on]", "does the indented commands together or not at all") {
            try await $0.transact($1)
        },
        TranscriptVerb("explain", "", "says of the indented commands whether they would be allowed") {
            try await $0.explain($1)
        },
        part("put", "TABLE KEY VALUE", "puts a row into a table of the host") { transaction, command in
            try transaction.put(
                Array(try command.text("VALUE").utf8), for: Array(try command.text("KEY").utf8),
                in: try command.text("TABLE"))
            return []
        },
        part("get", "TABLE KEY", "reads a row of a table of the host") { transaction, command in
            let value = try transaction.get(Array(try command.text("KEY").utf8), from: try command.text("TABLE"))
            return [value.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"]
        },
        part("delete", "TABLE KEY", "deletes a row of a table of the host") { transaction, command in
            let key = Array(try command.text("KEY").utf8)
            return [try transaction.delete(key, from: try command.text("TABLE")) ? "deleted" : "nothing"]
        },
        part("fail", "TEXT", "ends the transaction with an error of the host") { _, command in
            throw HostFailure(description: try command.text())
        },
    ]

    /// A verb that stands in transactions only.
    private static func part(
        _ name: String, _ usage: String, _ summary: String, _ part: @escaping Part
    ) -> TranscriptVerb {
        TranscriptVerb(name, usage, summary, part: part) { _, command in
            throw command.failure("\(name) stands in a transaction")
        }
    }
}

private struct HostFailure: Error, CustomStringConvertible {
    let description: String
}

extension TranscriptStage {
    fileprivate func consumer(_ command: TranscriptCommand) throws -> Consumer {
        let consumer = try engine.consumers.get(try ConsumerID(try command.text("NAME")))
        consumers[consumer.id] = consumer
        return consumer
    }
}

extension TranscriptNotation {
    static func describe(_ unreached: UnreachedUser) -> String {
        let tokens = unreached.devices.compactMap { device in device.pushToken.map { "\(device.id):\($0)" } }
        let mention = unreached.isMentioned ? " (mentioned)" : ""
        return "has not reached \(unreached.user)\(mention)"
            + (tokens.isEmpty ? "" : " \(tokens.joined(separator: " "))")
    }
}
