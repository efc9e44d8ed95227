import TokenIMLMDB

extension State {
    func evolve(
        _ extras: MessageBody.Extras, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {}

    func evolveReading(
        _ subject: ConversationNumber, through sequence: SequenceNumber, _ entry: JournalEntry,
        _ transaction: borrowing WriteTransaction
    ) throws {}

    /// Drops what was derived from the content of an entry that is about to be erased: recomputing it from the journal
    /// would not bring it back either.
    func evolveErased(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {}

    func evolveAmendment(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {}
}
