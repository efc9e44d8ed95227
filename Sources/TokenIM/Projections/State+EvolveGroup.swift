import TokenIMLMDB

extension State {
    mutating func evolveGroup(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {
        let number = entry.header.conversation
        switch entry.event {
        case .groupCreated(let group):
            let record = GroupRecord(group, createdAt: entry.header.timestamp)
            try record.put(written.tables.groups, RowKey(number), transaction)
            try putNumber(number.rawValue, written.tables.groupNumbers, group.id.rawValue, transaction)
            remember(record, number)
            try join(group.owner, as: .owner, entry, transaction)
            for user in group.members { try join(user, as: .member, entry, transaction) }
        case .groupUpdated(let profile):
            try changeGroup(number, transaction) { $0.profile = profile }
        case .membersAdded(let users):
            for user in users {
                try join(user, as: .member, entry, transaction)
                try removeRequest(of: user, in: number, transaction)
            }
            try changeGroup(number, transaction) { $0.memberCount += UInt64(users.count) }
        case .memberRemoved(let user), .memberLeft(let user):
            try end(user, entry, transaction)
            try changeGroup(number, transaction) { record in
                record.memberCount -= 1
                record.removeAdmin(user)
            }
        case .roleChanged(let user, let role):
            try changeMembership(of: user, entry, transaction) { $0.role = role }
            try changeGroup(number, transaction) { record in
                record.removeAdmin(user)
                if role == .admin { record.addAdmin(user) }
            }
        case .ownershipTransferred(let user):
            guard let previous = try group(number)?.owner else { throw unknownGroup(number) }
            try changeMembership(of: previous, entry, transaction) { $0.role = .admin }
            try changeMembership(of: user, entry, transaction) { $0.role = .owner }
            try changeGroup(number, transaction) { record in
                record.owner = user
                record.removeAdmin(user)
                record.addAdmin(previous)
            }
        case .groupDissolved:
            try changeGroup(number, transaction) { $0.isDissolved = true }
        default:
            break
        }
    }

    private func unknownGroup(_ number: ConversationNumber) -> IMError {
        IMError(.broken, "an entry about group \(number.rawValue), unknown")
    }

    private mutating func join(
        _ user: UserNumber, as role: Role, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let (number, sequence) = (entry.header.conversation, entry.header.sequence)
        guard let history = try group(number)?.policies.history else { throw unknownGroup(number) }
        // No entry that changes memberships counts as a message, so what counts up to it lies before it.
        let window = MembershipRecord.Window(
            historyFrom: history.first(beforeJoiningAt: sequence), from: sequence,
            countedBefore: try counted(through: sequence, in: number), through: nil)
        if var record = try membership(of: user, in: number) {
            record.rejoin(role: role, window)
            try put(record, of: user, leftAt: 0, entry, transaction)
        } else {
            try put(MembershipRecord(role: role, window), of: user, leftAt: 0, entry, transaction)
        }
    }

    private mutating func end(
        _ user: UserNumber, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let number = entry.header.conversation
        guard var record = try membership(of: user, in: number) else { throw unknownGroup(number) }
        record.end(through: entry.header.sequence - 1)
        try put(record, of: user, leftAt: entry.position, entry, transaction)
    }

    private mutating func put(
        _ record: MembershipRecord, of user: UserNumber, leftAt: Position, _ entry: JournalEntry,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try put(record, of: user, entry, transaction)
        try RowKey(user, entry.header.conversation).withBytes {
            try put(leftAt, written.tables.memberships, $0, transaction)
        }
    }

    /// Puts a membership that an entry of its group has changed.
    private mutating func put(
        _ changed: MembershipRecord, of user: UserNumber, _ entry: JournalEntry,
        _ transaction: borrowing WriteTransaction
    ) throws {
        let (number, table) = (entry.header.conversation, written.tables.memberChanges)
        var record = changed
        if record.changedAt != 0 {
            try RowKey(number.rawValue, record.changedAt, UInt64(user)).withBytes { key in
                _ = try transaction.delete(table, key: key)
            }
        }
        record.changedAt = entry.position
        try RowKey(number.rawValue, entry.position, UInt64(user)).withBytes { key in
            _ = try transaction.put(table, key: key, value: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        try record.put(written.tables.members, RowKey(number, user), transaction)
        remember(record, of: user, in: number)
    }

    mutating func changeMembership(
        of user: UserNumber, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction,
        _ change: (inout MembershipRecord) -> Void
    ) throws {
        let number = entry.header.conversation
        guard var record = try membership(of: user, in: number) else { throw unknownGroup(number) }
        change(&record)
        try put(record, of: user, entry, transaction)
    }

    mutating func changeGroup(
        _ number: ConversationNumber, _ transaction: borrowing WriteTransaction,
        _ change: (inout GroupRecord) -> Void
    ) throws {
        guard var record = try group(number) else { throw unknownGroup(number) }
        change(&record)
        try record.put(written.tables.groups, RowKey(number), transaction)
        remember(record, number)
    }
}
