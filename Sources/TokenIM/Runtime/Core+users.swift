import TokenIMLMDB

extension Core {
    /// The numbers of those whom a command names. Called on the caller's thread.
    ///
    /// What cannot be found here, or read, the writer finds or meets itself.
    func users(knownOf command: Command) -> KnownUsers {
        var known = KnownUsers()
        if case .user(let author, _) = command.actor { known.author = number(of: author) }
        if case .send(_, let target) = command.action, case .user(let user) = target.value {
            known.target = number(of: user)
        }
        return known
    }

    private func number(of id: UserID) -> UserNumber {
        if let number = names.number(of: id) { return number }
        guard let number = try? committedNumber(of: id) else { return 0 }
        names.remember(number, of: id)
        return number
    }

    private func committedNumber(of id: UserID) throws -> UserNumber? {
        let transaction = try store.journal.beginRead()
        return try WrittenView(tables: store.journalTables, transaction: transaction.view).userNumber(id)
    }
}
