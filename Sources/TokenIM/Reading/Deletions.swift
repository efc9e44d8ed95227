/// What a user has deleted for itself of one conversation, looked up as it is needed.
struct Deletions {
    private let user: UserNumber
    private let conversation: ConversationNumber
    private var block: UInt64 = .max
    private var deleted: UInt64 = 0

    init(of user: UserNumber, in conversation: ConversationNumber) {
        self.user = user
        self.conversation = conversation
    }

    mutating func contain(_ sequence: SequenceNumber, _ snapshot: borrowing Snapshot) throws -> Bool {
        let wanted = TimelineBlock.index(of: sequence)
        if wanted != block {
            deleted = try snapshot.written.deletions(of: user, in: conversation, block: wanted)?.deleted ?? 0
            block = wanted
        }
        return deleted & DeletionRecord.bit(of: sequence) != 0
    }
}
