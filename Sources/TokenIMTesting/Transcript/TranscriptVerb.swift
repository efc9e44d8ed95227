internal import TokenIM

/// A verb of the language of transcripts: how it is written, and what it does.
///
/// ```swift
/// let order = TranscriptVerb("order", "USER ITEM [count=]", "orders something") { stage, command in
///     let user = try command.user()
///     try await shop.order(command.text("ITEM"), for: user, in: stage.engine)
///     return []  // what is new in the journal is said anyway
/// }
/// try await Transcript(text).run(verbs: [order])
/// ```
public struct TranscriptVerb: Sendable {
    public typealias Action = @Sendable (TranscriptStage, TranscriptCommand) async throws -> [String]
    typealias Asking = @Sendable (TranscriptCommand) throws -> Change
    typealias Part = @Sendable (borrowing HostTransaction, TranscriptCommand) throws -> [String]

    public let name: String
    /// How it is written: `WORD` stands for a word, `WORDS…` for one or more, `name=` for a value with its name, `flag`
    /// for itself; what is in brackets may be left out. `NAME=VALUE…` stands for any names with values.
    public let usage: String
    /// What it does, in a few words.
    public let summary: String
    let action: Action
    /// What it does within a host transaction, when it can.
    let part: Part?
    /// The change that it asks for, when it is no more than that.
    let change: Asking?

    /// - Parameter action: does it, and returns lines that say what came of it. What it throws becomes a line, too; a
    ///   ``TranscriptFailure`` ends the transcript. New entries of the journal are said after its lines.
    public init(_ name: String, _ usage: String, _ summary: String, _ action: @escaping Action) {
        self.init(name, usage, summary, part: nil, action)
    }

    init(
        _ name: String, _ usage: String, _ summary: String, change: Asking? = nil, part: Part?,
        _ action: @escaping Action
    ) {
        self.name = name
        self.usage = usage
        self.summary = summary
        self.change = change
        self.part = part
        self.action = action
    }

    /// A verb that asks for a change: as the one who is called `WHO` or `by=`, or the host, with `key=`.
    ///
    /// - Parameter needsKey: gives it a key when none is said.
    static func change(
        _ name: String, _ usage: String, _ summary: String, needsKey: Bool = false, _ change: @escaping Asking
    ) -> TranscriptVerb {
        TranscriptVerb(
            name, "\(usage) [key=]", summary, change: change,
            part: { transaction, command in
                let receipt = try transaction.perform(
                    try change(command), by: try command.principal,
                    key: needsKey ? try command.requiredKey : try command.key)
                return receipt.isDuplicate ? [TranscriptNotation.unchanged(receipt)] : []
            },
            { stage, command in
                let key = needsKey ? try command.requiredKey : try command.key
                return try await stage.perform(try change(command), by: command, key: key)
            })
    }

    /// Verbs that all engines have.
    public static let all: [TranscriptVerb] =
        engine + users + people + groups + messages + readings + inbox + devices + signals + consumers + transactions

    /// Fits a line to the usage.
    func bind(_ line: TranscriptLine, _ context: TranscriptContext) throws(TranscriptFailure) -> TranscriptCommand {
        var command = TranscriptCommand(line: line, context: context)
        var slots: [Slot] = []
        var names: Set<String> = []
        var (flags, takesAnyName): (Set<String>, Bool) = ([], false)
        for element in usage.split(separator: " ") where element != "->" {
            let slot = Slot(element)
            switch slot.kind {
            case .word: slots.append(slot)
            case .name: names.insert(slot.label)
            case .flag: flags.insert(slot.label)
            case .anyName: takesAnyName = true
            }
        }
        for word in line.words {
            if let name = word.name {
                guard takesAnyName || names.contains(name) else { throw complaint(line, "there is no \(name)= in it") }
                guard command.values[name] == nil else { throw complaint(line, "\(name)= is said twice") }
                command.values[name] = [word.text]
                command.names.append(name)
            } else if !word.isQuoted, flags.contains(word.text) {
                command.values[word.text] = []
            } else {
                while let slot = slots.first, slot.isOptional, !slot.takes(word) { slots.removeFirst() }
                guard let slot = slots.first else { throw complaint(line, "\(word.text) is a word too many") }
                command.values[slot.label, default: []].append(word.text)
                if !slot.isRepeated { slots.removeFirst() }
            }
        }
        for slot in slots where !slot.isOptional && command.values[slot.label] == nil {
            throw complaint(line, "\(slot.label) is missing")
        }
        return command
    }

    private func complaint(_ line: TranscriptLine, _ text: String) -> TranscriptFailure {
        TranscriptFailure(line: line.number, "\(text): \(name) \(usage)")
    }
}

/// A piece of a verb's usage.
private struct Slot {
    enum Kind { case word, name, flag, anyName }

    var kind = Kind.word
    var label: String
    var isOptional = false
    var isRepeated = false

    init(_ element: Substring) {
        var text = element
        if text.hasPrefix("[") {
            isOptional = true
            text = text.dropFirst().dropLast()
        }
        if text.hasSuffix("…") {
            isRepeated = true
            text = text.dropLast()
        }
        label = String(text)
        if text == "NAME=VALUE" {
            kind = .anyName
        } else if text.hasSuffix("=") {
            kind = .name
            label = String(text.dropLast())
        } else if text.allSatisfy({ $0.isLowercase || $0 == "-" }) {
            kind = .flag
        }
    }

    /// Whether a word may stand here: a text is quoted, and what is no text is not.
    func takes(_ word: TranscriptLine.Word) -> Bool {
        label != "TEXT" || word.isQuoted
    }
}
