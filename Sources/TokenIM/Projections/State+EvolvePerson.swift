import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: PersonChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {}
}
