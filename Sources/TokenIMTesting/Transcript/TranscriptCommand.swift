public import TokenIM

/// What a command may need to know beside its own words.
struct TranscriptContext: Sendable {
    /// When the transcript began: what moments are counted from.
    var start: Timestamp
    var now: Timestamp
    /// Positions of the entries that have been seen.
    var positions: [TranscriptPlace: Position] = [:]
    /// The key of a request that needs one and has none.
    var key: String
}

/// Where an entry stands.
struct TranscriptPlace: Hashable, Sendable {
    var conversation: Conversation
    var sequence: SequenceNumber
}

/// A command with its words in their places. A place is called as in the usage of its verb: `WHO`, `TEXT`, `key`.
public struct TranscriptCommand: Sendable {
    let line: TranscriptLine
    let context: TranscriptContext
    var values: [String: [String]] = [:]
    /// Names with values, in the order in which they were said.
    var names: [String] = []

    init(line: TranscriptLine, context: TranscriptContext) {
        self.line = line
        self.context = context
    }

    func failure(_ complaint: String) -> TranscriptFailure {
        TranscriptFailure(line: line.number, complaint)
    }

    /// Whether a flag, a word or a name was said.
    public func has(_ label: String) -> Bool { values[label] != nil }

    /// What stands in a place, or nil.
    public func optional(_ label: String) -> String? { values[label]?.first }

    /// What stands in a place.
    ///
    /// - Throws: ``TranscriptFailure`` when nothing does; so do all that follow, also for what cannot be read.
    public func text(_ label: String = "TEXT") throws(TranscriptFailure) -> String {
        guard let value = optional(label) else { throw failure("\(label) is missing") }
        return value
    }

    /// The words of a place that takes several, and the parts of a value with commas.
    public func list(_ label: String) -> [String] {
        (values[label] ?? []).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    // MARK: Numbers and moments

    /// A number that may be negative, to try what happens; nil when it was not said.
    public func count(_ label: String) throws(TranscriptFailure) -> Int? {
        guard let text = optional(label) else { return nil }
        guard let count = Int(text) else { throw failure("\(label) is a number, not \(text)") }
        return count
    }

    /// A sequence, a position, an epoch; nil when it was not said.
    public func number(_ label: String) throws(TranscriptFailure) -> UInt64? {
        guard let text = optional(label) else { return nil }
        guard let number = UInt64(text) else { throw failure("\(label) is a number, not \(text)") }
        return number
    }

    public func sequence(_ label: String = "SEQUENCE") throws(TranscriptFailure) -> SequenceNumber {
        guard let number = try number(label) else { throw failure("\(label) is missing") }
        return number
    }

    /// Several sequences.
    public func numbers(_ label: String) throws(TranscriptFailure) -> [UInt64] {
        let words = list(label)
        let numbers = words.compactMap { UInt64($0) }
        guard numbers.count == words.count else { throw failure("\(label) are numbers, not \(words)") }
        return numbers
    }

    /// A time as `1d2h3m4s5ms`, a part or more of it; nil when it was not said.
    public func duration(_ label: String) throws(TranscriptFailure) -> Duration? {
        guard let text = optional(label) else { return nil }
        guard let duration = TranscriptNotation.duration(text) else { throw failure("\(label) is a time, not \(text)") }
        return duration
    }

    /// A moment: `1h` after the transcript's beginning, `+1h` from now, or `forever`; nil when it was not said.
    public func moment(_ label: String) throws(TranscriptFailure) -> Timestamp? {
        guard let text = optional(label) else { return nil }
        if text == "forever" { return .distantFuture }
        let isRelative = text.hasPrefix("+")
        guard let duration = TranscriptNotation.duration(String(isRelative ? text.dropFirst() : text[...])) else {
            throw failure("\(label) is a moment, not \(text)")
        }
        return (isRelative ? context.now : context.start).advanced(by: duration)
    }

    // MARK: Names

    public func user(_ label: String = "USER") throws -> UserID { try UserID(try text(label)) }

    public func users(_ label: String = "USERS") throws -> [UserID] { try list(label).map { try UserID($0) } }

    /// A group, as `#team`.
    public func group(_ label: String = "GROUP") throws -> GroupID { try group(named: try text(label)) }

    private func group(named text: String) throws -> GroupID {
        guard text.hasPrefix("#") else { throw failure("a group is written as #team, not \(text)") }
        return try GroupID(String(text.dropFirst()))
    }

    /// A conversation: `#team`, `alice/bob`, or alice's personal one, `@alice`.
    public func conversation(_ label: String = "CONVERSATION") throws -> Conversation {
        try conversation(named: try text(label))
    }

    private func conversation(named text: String) throws -> Conversation {
        if text.hasPrefix("#") { return .group(try group(named: text)) }
        if text.hasPrefix("@") { return .personal(try UserID(String(text.dropFirst()))) }
        let users = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard users.count == 2 else {
            throw failure("a conversation is written as #team, alice/bob or @alice, not \(text)")
        }
        return .direct(try UserID(String(users[0])), try UserID(String(users[1])))
    }

    /// Whom a message is for: `#team` or `bob`.
    public func target(_ label: String = "TARGET") throws -> Target { try target(named: try text(label)) }

    public func targets(_ label: String = "TARGETS") throws -> [Target] { try list(label).map(target(named:)) }

    func target(named text: String) throws -> Target {
        text.hasPrefix("#") ? .group(try group(named: text)) : .user(try UserID(text))
    }

    /// A device, as `bob@phone`.
    public func device(_ label: String = "DEVICE") throws -> (user: UserID, device: DeviceID) {
        let text = try text(label)
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw failure("a device is written as bob@phone, not \(text)") }
        return (try UserID(String(parts[0])), try DeviceID(String(parts[1])))
    }

    // MARK: Requests

    /// How the one who acts is called: `WHO` or `by=`; the host when nobody is.
    public var actor: String { optional("WHO") ?? optional("by") ?? "host" }

    /// The one who acts, without a session: `host`, `alice`, or `alice@phone`.
    public var principal: Principal {
        get throws {
            if actor == "host" { return .host }
            let parts = actor.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            let device = try parts.count == 2 ? DeviceID(String(parts[1])) : nil
            return .user(try UserID(String(parts[0])), device: device)
        }
    }

    /// The key that was said, if any.
    public var key: IdempotencyKey? {
        get throws { try optional("key").map { try IdempotencyKey($0) } }
    }

    /// The key that was said, or one that no other command has.
    public var requiredKey: IdempotencyKey {
        get throws { try key ?? IdempotencyKey(context.key) }
    }

    /// The position of an entry: by `CONVERSATION` and `SEQUENCE`, or by `position=`.
    public var position: Position {
        get throws {
            if let position = try number("position") { return position }
            let place = TranscriptPlace(conversation: try conversation(), sequence: try sequence())
            guard let position = context.positions[place] else {
                throw failure("no entry \(place.sequence) of \(place.conversation) has been seen")
            }
            return position
        }
    }

    /// A profile of `name=`, `avatar=` and `attributes=`, the last as `key:value,key:value`.
    public var profile: Profile {
        get throws {
            var attributes: [String: String] = [:]
            for attribute in list("attributes") {
                let parts = attribute.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { throw failure("an attribute is written as key:value, not \(attribute)") }
                attributes[String(parts[0])] = String(parts[1])
            }
            return Profile(name: optional("name"), avatar: optional("avatar"), attributes: attributes)
        }
    }
}
