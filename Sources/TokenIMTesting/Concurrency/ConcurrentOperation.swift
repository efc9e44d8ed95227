package import TokenIM

/// What somebody asked an engine for while others asked too, and what came of it.
package struct ConcurrentOperation: Sendable, CustomStringConvertible {
    enum Work: Sendable {
        case change(ModelAction, UserID, Result<Receipt, IMError>)
        /// A user looks at a conversation. What it sees of it, a line each; nil when that is nothing.
        case reading(Conversation, UserID, [String]?)
    }

    var work: Work
    /// Moments of a clock that all share: when it was asked for, and when the answer was there.
    package var invoked: Int
    package var returned: Int

    package var description: String {
        switch work {
        case .change(let action, let user, let result): "\(invoked)-\(returned) \(user): \(action) -> \(result)"
        case .reading(let conversation, let user, let lines):
            "\(invoked)-\(returned) \(user) reads \(conversation): \(lines ?? ["not found"])"
        }
    }

    /// Whether its answer is a read or a receipt that says so.
    package var isReading: Bool { if case .reading = work { true } else { false } }

    /// Where the entry stands that it caused; nil when it caused none.
    package var sequence: SequenceNumber? {
        guard case .change(_, _, .success(let receipt)) = work, !receipt.isDuplicate else { return nil }
        return receipt.sequence
    }

    /// The same as if it had only been asked for, and answered, at other moments.
    package func moved(to invoked: Int, _ returned: Int) -> ConcurrentOperation {
        var copy = self
        (copy.invoked, copy.returned) = (invoked, returned)
        return copy
    }

    /// The same reading without the last line of what it saw: as if it had looked too early.
    package func missingTheLastLine() -> ConcurrentOperation {
        var copy = self
        if case .reading(let conversation, let user, let lines?) = work {
            copy.work = .reading(conversation, user, lines.dropLast())
        }
        return copy
    }
}

extension Entry {
    /// What tells it from others in a conversation, and its present state.
    var gist: String {
        "\(sequence) \(kind) \(author?.rawValue ?? "-") \(message?.content.text ?? "") "
            + "\(message?.reactions.map { "\($0.reaction)\($0.count)" } ?? [])"
    }
}

extension ReferenceModel.Line {
    /// The same of a line of the model.
    func gist(_ model: ReferenceModel) -> String {
        if gone != nil { return "\(sequence) \(Entry.Kind.erased) \(author?.rawValue ?? "-")  []" }
        let text = kind == .message ? model.presentContent(self).text : content?.text
        return "\(sequence) \(kind) \(author?.rawValue ?? "-") \(text ?? "") "
            + "\(reactions.map { "\($0.reaction)\($0.users.count)" })"
    }
}
