extension Snapshot {
    /// How many messages of a conversation above a sequence have been withdrawn.
    func withdrawnCount(of conversation: ConversationNumber, above sequence: SequenceNumber) throws -> UInt64 { 0 }

    /// Whether a message has been withdrawn.
    func isWithdrawn(_ sequence: SequenceNumber, in conversation: ConversationNumber) throws -> Bool { false }
}
