import TokenIMLMDB

extension State {
    mutating func evolveGroup(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {
        let number = entry.header.conversation
        switch entry.event {
        case .groupCreated(let id, let profile, let owner, let members):
            let record = GroupRecord(
                id: id, profile: profile, owner: owner, memberCount: UInt64(members.count) + 1,
                createdAt: entry.header.timestamp)
            try record.put(written.tables.groups, RowKey(number), transaction)
            try putNumber(number.rawValue, written.tables.groupNumbers, id.rawValue, transaction)
            remember(record, number)
            try join(owner, as: .owner, entry, transaction)
            for user in members { try join(user, as: .member, entry, transaction) }
        case .groupUpdated(let profile):
            try changeGroup(number, transaction) { $0.profile = profile }
        case .membersAdded(let users):
            for user in users { try join(user, as: .member, entry, transaction) }
            try changeGroup(number, transaction) { $0.memberCount += UInt64(users.count) }
        case .memberRemoved(let user), .memberLeft(let user):
            try end(user, entry, transaction)
            try changeGroup(number, transaction) { $0.memberCount -= 1 }
        case .roleChanged(let user, let role):
            try changeMembership(of: user, in: number, transaction) { $0.role = role }
        case .ownershipTransferred(let user):
            guard let previous = try group(number)?.owner else { throw unknownGroup(number) }
            try changeMembership(of: previous, in: number, transaction) { $0.role = .admin }
            try changeMembership(of: user, in: number, transaction) { $0.role = .owner }
            try changeGroup(number, transaction) { $0.owner = user }
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
        let number = entry.header.conversation
        // No entry that changes memberships counts as a message, so what counts up to it lies before it.
        let counted = try counted(through: entry.header.sequence, in: number)
        var record = try membership(of: user, in: number)
        if record == nil {
            record = MembershipRecord(role: role, from: entry.header.sequence, countedBefore: counted)
        } else {
            record?.rejoin(role: role, from: entry.header.sequence, countedBefore: counted)
        }
        if let record { try put(record, of: user, in: number, leftAt: 0, transaction) }
    }

    private mutating func end(
        _ user: UserNumber, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let number = entry.header.conversation
        guard var record = try membership(of: user, in: number) else { throw unknownGroup(number) }
        record.end(through: entry.header.sequence - 1)
        try put(record, of: user, in: number, leftAt: entry.position, transaction)
    }

    private mutating func put(
        _ record: MembershipRecord, of user: UserNumber, in group: ConversationNumber, leftAt: Position,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try record.put(written.tables.members, RowKey(group, user), transaction)
        try RowKey(user, group).withBytes { try put(leftAt, written.tables.memberships, $0, transaction) }
        remember(record, of: user, in: group)
    }

    private mutating func changeMembership(
        of user: UserNumber, in group: ConversationNumber, _ transaction: borrowing WriteTransaction,
        _ change: (inout MembershipRecord) -> Void
    ) throws {
        guard var record = try membership(of: user, in: group) else { throw unknownGroup(group) }
        change(&record)
        try record.put(written.tables.members, RowKey(group, user), transaction)
        remember(record, of: user, in: group)
    }

    private mutating func changeGroup(
        _ number: ConversationNumber, _ transaction: borrowing WriteTransaction,
        _ change: (inout GroupRecord) -> Void
    ) throws {
        guard var record = try group(number) else { throw unknownGroup(number) }
        change(&record)
        try record.put(written.tables.groups, RowKey(number), transaction)
        remember(record, number)
    }
}
