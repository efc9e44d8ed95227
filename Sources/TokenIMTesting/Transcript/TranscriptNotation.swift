public import TokenIM

/// How transcripts write what an engine says.
public struct TranscriptNotation: Sendable {
    /// What moments are counted from.
    public let start: Timestamp

    public init(start: Timestamp) {
        self.start = start
    }

    // MARK: Entries

    /// An entry: `#team 2 alice: hello`, or `#team 3 members-added by=alice members=dave`.
    public func describe(_ entry: Entry) -> String {
        var words = [Self.describe(entry.conversation), "\(entry.sequence)"]
        if entry.kind == .message, let message = entry.message {
            words.append(describe(message))
            return words.joined(separator: " ")
        }
        words.append(entry.kind.description)
        if let author = entry.author { words.append("by=\(author)") }
        words += details(of: entry)
        if let message = entry.message { words.append(describe(message)) }
        return words.joined(separator: " ")
    }

    private func details(of entry: Entry) -> [String] {
        var words: [String] = []
        func add(_ name: String, _ value: String?) {
            if let value { words.append("\(name)=\(value)") }
        }
        add("members", Self.list(entry.members.map(\.rawValue)))
        add("role", entry.role?.description)
        add("subject", entry.subject.map(Self.describe))
        add("targets", Self.list(entry.targets.map { "\($0)" }))
        add("through", entry.through.map { "\($0)" })
        add("text", entry.text.map(Self.quote))
        if let isOn = entry.isOn { words.append(isOn ? "on" : "off") }
        add("until", entry.until.map(describe))
        add("erasure", entry.erasure?.description)
        add("outcome", entry.outcome.map(Self.quote))
        add("permissions", entry.permissions.map { Self.quote($0.description) })
        if let profile = entry.profile { words += Self.describe(profile) }
        if let policies = entry.policies { words += differences(policies, from: GroupPolicies()) }
        if let setting = entry.setting { words += differences(setting, from: ConversationSetting()) }
        return words
    }

    /// The fields in which a value differs from another.
    func differences<Value>(_ value: Value, from other: Value) -> [String] {
        zip(Mirror(reflecting: value).children, Mirror(reflecting: other).children).compactMap { mine, theirs in
            let (text, usual) = (describe(field: mine.value), describe(field: theirs.value))
            return text == usual ? nil : "\(mine.label ?? "")=\(text)"
        }
    }

    private func describe(field: Any) -> String {
        switch field {
        case let moment as Timestamp: describe(moment)
        case let text as String: Self.quote(text)
        case let history as GroupPolicies.History:
            history == .all ? "all" : history == .none ? "none" : Self.list(Self.numbers(in: history)) ?? ""
        case Optional<Any>.none: "none"
        case Optional<Any>.some(let some) where Mirror(reflecting: field).displayStyle == .optional:
            describe(field: some)
        default: "\(field)"
        }
    }

    private static func numbers(in value: some Any) -> [String] {
        Mirror(reflecting: value).children.map { "\($0.value)" }
    }

    // MARK: Messages

    /// A message: `alice: hello (reply to 1, edited)`.
    public func describe(_ message: Message) -> String {
        var remarks: [String] = []
        func note(_ condition: Bool, _ remark: @autoclosure () -> String) {
            if condition { remarks.append(remark()) }
        }
        if let replyTo = message.replyTo { remarks.append("reply to \(replyTo)") }
        if let origin = message.origin {
            remarks.append("from \(origin.author?.rawValue ?? "host") at \(describe(origin.timestamp))")
        }
        let names = message.mentions.map(\.rawValue) + (message.mentionsAll ? ["all"] : [])
        note(!names.isEmpty, "mentions \(names.joined(separator: " "))")
        note(!message.options.isCounted, "uncounted")
        note(message.options.isSilent, "silent")
        if let moment = message.expiresAt { remarks.append("expires at \(describe(moment))") }
        if let duration = message.options.burnsAfterReading { remarks.append("burns after \(Self.describe(duration))") }
        note(message.editedAt != nil, "edited")
        for reaction in message.reactions {
            remarks.append("\(reaction.reaction) \(reaction.count)\(reaction.isMine ? " mine" : "")")
        }
        note(message.isPinned, "pinned")
        let suffix = remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
        return "\(message.sender?.rawValue ?? "host"): \(Self.describe(message.content))\(suffix)"
    }

    /// A content: a text as it is, everything else between angle brackets.
    public static func describe(_ content: Content) -> String {
        if let text = content.text { return shorten(text) }
        var words = [content.kind.description]
        if let media = content.media {
            words += [media.reference, media.mediaType, media.size > 0 ? "\(media.size) bytes" : "", media.name ?? ""]
            if let width = media.width, let height = media.height { words.append("\(width)x\(height)") }
            if let duration = media.duration { words.append(describe(duration)) }
            if let thumbnail = media.thumbnail { words.append("thumbnail \(thumbnail)") }
            if let digest = media.digest { words.append("digest of \(digest.count) bytes") }
            if let caption = media.caption { words.append(quote(caption)) }
        }
        if let location = content.location {
            words += ["\(location.latitude)", "\(location.longitude)", location.name ?? "", location.address ?? ""]
        }
        if let card = content.card { words += ["\(card.subject)", card.name.map(quote) ?? "", card.avatar ?? ""] }
        if let custom = content.custom { words += [custom.type, "\(custom.bytes.count) bytes"] }
        return "<\(words.filter { !$0.isEmpty }.joined(separator: " "))>"
    }

    /// What was delivered: an entry, or a gap.
    public func describe(_ delivery: Delivery) -> String {
        if let entry = delivery.entry { return describe(entry) }
        guard let gap = delivery.gap else { return "\(Self.describe(delivery.conversation)) nothing" }
        return "\(Self.describe(delivery.conversation)) gap \(gap.from) to \(gap.through)"
    }

    /// What was delivered to a consumer, with how often when that is not the first time.
    public func describe(_ delivery: ConsumerDelivery) -> String {
        describe(delivery.entry) + (delivery.deliveries == 1 ? "" : " [delivery \(delivery.deliveries)]")
    }

    // MARK: Names and texts

    public static func describe(_ conversation: Conversation) -> String {
        switch conversation.kind {
        case .group: "#\(conversation.group?.rawValue ?? "")"
        case .personal: "@\(conversation.users.first?.rawValue ?? "")"
        default: conversation.users.map(\.rawValue).joined(separator: "/")
        }
    }

    static func describe(_ profile: Profile) -> [String] {
        var words: [String] = []
        if let name = profile.name { words.append("name=\(quote(name))") }
        if let avatar = profile.avatar { words.append("avatar=\(avatar)") }
        for (key, value) in profile.attributes.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            words.append("\(key)=\(quote(value))")
        }
        return words
    }

    static func unchanged(_ receipt: Receipt) -> String {
        "unchanged: \(describe(receipt.conversation)) \(receipt.sequence)"
    }

    static func describe(_ error: any Error) -> String {
        guard let error = error as? IMError else { return "error: \(shorten("\(error)", to: 400))" }
        return "error: \(error.code.name) (\(error.code.number)): \(shorten(error.message, to: 400))"
    }

    static func quote(_ text: String) -> String { "\"\(shorten(text))\"" }

    private static func list(_ words: [String]) -> String? {
        words.isEmpty ? nil : words.joined(separator: ",")
    }

    /// One line, not too long.
    static func shorten(_ text: String, to maximum: Int = 60) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(maximum) {
            line += scalar.value < 0x20 ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return text.unicodeScalars.count > maximum ? "\(line)… (\(text.utf8.count) bytes)" : line
    }

    // MARK: Time

    /// A moment as the time since ``start``.
    public func describe(_ moment: Timestamp) -> String {
        moment == .distantFuture ? "forever" : Self.describe(moment.duration(since: start))
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A duration in whole milliseconds: `1d2h3m4s5ms`, without the parts that are zero.
    public static func describe(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        if rest == 0 { return "0s" }
        var text = rest < 0 ? "-" : ""
        for (name, milliseconds) in units {
            let count = (rest / milliseconds).magnitude
            if count > 0 { text += "\(count)\(name)" }
            rest %= milliseconds
        }
        return text
    }

    /// Reads what ``describe(_:)`` writes; nil for anything else.
    static func duration(_ text: String) -> Duration? {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative { rest = rest.dropFirst() }
        var total = Duration.zero
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let count = Int64(digits), count < 1_000_000_000,
                let milliseconds = units.first(where: { $0.name == unit })?.milliseconds
            else { return nil }
            total += .milliseconds(count * milliseconds)
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return isNegative ? .zero - total : total
    }
}
