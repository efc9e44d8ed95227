import Testing
import TokenIM
import TokenIMTesting

extension Engine {
    func create(_ ids: UserID...) async throws {
        for id in ids { try await users.create(id) }
    }

    /// Sends a text; its key is the text, unless another is given.
    @discardableResult
    func say(
        _ text: String, from sender: UserID, to target: Target, key: IdempotencyKey? = nil,
        replyTo: SequenceNumber? = nil
    ) async throws -> Receipt {
        try await messages.send(
            .text(text), from: sender, to: target, key: try key ?? IdempotencyKey(text), replyTo: replyTo)
    }

    /// Sends texts that are numbers, each as its own key.
    func say(_ numbers: ClosedRange<Int>, from sender: UserID, to target: Target) async throws {
        for number in numbers { try await say("\(number)", from: sender, to: target) }
    }

    /// The texts of a user's whole history of a conversation, page after page from the newest on.
    func texts(of conversation: Conversation, for user: UserID, page: Int = 7) throws -> [String] {
        try history(of: conversation, for: user, page: page).compactMap { $0.message?.text }
    }

    func history(of conversation: Conversation, for user: UserID, page: Int = 7) throws -> [Entry] {
        var entries: [Entry] = []
        var before: SequenceNumber?
        while true {
            let found = try messages.history(of: conversation, for: user, before: before, limit: page)
            entries = found.entries + entries
            if found.isComplete { return entries }
            before = found.entries.first?.sequence
        }
    }
}

extension Session {
    /// Receives until nothing comes, acknowledging every batch.
    func drain() throws -> [Delivery] {
        var all: [Delivery] = []
        while true {
            let deliveries = try receive()
            guard let last = deliveries.last else { return all }
            all += deliveries
            try acknowledge(through: last.position)
        }
    }

    /// The texts of the messages among what there is to receive, everything acknowledged.
    func drainTexts() throws -> [String] {
        try drain().compactMap { $0.message?.text }
    }
}

extension [Delivery] {
    var texts: [String] { compactMap { $0.message?.text } }
    var kinds: [Entry.Kind] { compactMap { $0.entry?.kind } }
}

/// Runs `body`, which must be refused with a code.
func expect<Value>(
    _ code: IMError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async {
    do {
        _ = try await body()
        Issue.record("nothing was refused, and \(code.name) was expected", sourceLocation: sourceLocation)
    } catch let error as IMError {
        #expect(error.code.name == code.name, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error) instead of \(code.name)", sourceLocation: sourceLocation)
    }
}
