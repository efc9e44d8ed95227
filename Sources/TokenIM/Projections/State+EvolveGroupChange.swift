import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: GroupChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {}
}
