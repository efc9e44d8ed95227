import TokenIMLMDB

extension Core {
    /// What can be found out about a command before the writer gets it. Called on the caller's thread.
    ///
    /// What cannot be found here, or read, the writer finds or meets itself.
    func prepare(_ command: Command) -> Preparation {
        var preparation = Preparation(place: UInt(bitPattern: ObjectIdentifier(command)))
        var author: UserNumber?
        switch command.actor {
        case .host: author = 0
        case .session(let user, _, _): author = user
        case .user(let id, _):
            preparation.author = number(of: id)
            if preparation.author != 0 { author = preparation.author }
        }
        if case .send(_, let target) = command.action, case .user(let user) = target.value {
            preparation.target = number(of: user)
        }
        guard let author else { return preparation }
        if author != 0, preparation.target != 0 { preparation.conversation = .direct(author, preparation.target) }
        if let key = command.request?.key {
            preparation.keyDigest = Digest.of(key, author: author, seed: store.keySeed)
        }
        return preparation
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
