public import TokenIM

/// What a device has stored of its user's conversations: each entry once, however often it came.
struct DeviceLog {
    private(set) var lines: [Conversation: [LogLine]] = [:]
    private(set) var gaps: [Conversation: [Gap]] = [:]
    /// Where the line of a sequence is.
    private var places: [Conversation: [SequenceNumber: Int]] = [:]

    /// Stores a line unless there is one for its sequence that says as much.
    mutating func store(_ line: LogLine, in conversation: Conversation, keepsDuplicates: Bool = false) {
        if let place = places[conversation]?[line.sequence], !keepsDuplicates {
            let isNews = line.entry != nil && lines[conversation]?[place].isNote == true
            if isNews { lines[conversation]?[place] = line }
            return
        }
        places[conversation, default: [:]][line.sequence] = lines[conversation]?.count ?? 0
        lines[conversation, default: []].append(line)
    }

    mutating func store(_ gap: Gap, in conversation: Conversation) {
        if gaps[conversation]?.contains(gap) != true { gaps[conversation, default: []].append(gap) }
    }

    func line(_ sequence: SequenceNumber, of conversation: Conversation) -> LogLine? {
        guard let place = places[conversation]?[sequence] else { return nil }
        return lines[conversation]?[place]
    }
}

/// One entry as a ``SimulatedDevice`` has it.
public struct LogLine: Hashable, Sendable {
    public let sequence: SequenceNumber
    public let position: Position
    /// What was delivered; nil for what the device itself has done, which is not delivered to it.
    public let entry: Entry?
    /// What it says, when it is a message.
    public let content: Content?

    /// The text, or nothing when it is no message or its content is of another kind.
    public var text: String { content?.text ?? "" }

    init(_ entry: Entry) {
        sequence = entry.sequence
        position = entry.position
        self.entry = entry
        content = entry.message?.content
    }

    init(_ receipt: Receipt, _ content: Content?) {
        sequence = receipt.sequence
        position = receipt.position
        entry = nil
        self.content = content
    }

    /// Whether it says no more than that there is an entry.
    var isNote: Bool { entry == nil && content == nil }
}
