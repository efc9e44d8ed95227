import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: SettingChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {}
}
