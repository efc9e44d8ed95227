import TokenIMLMDB

extension WrittenView {
    func announcement(of group: ConversationNumber) throws -> AnnouncementRecord? {
        try record(tables.groupSettings, RowKey(group))
    }

    func ban(of user: UserNumber, in group: ConversationNumber) throws -> BanRecord? {
        try record(tables.bans, RowKey(group, user))
    }

    /// Who is banned, in order of numbers, after a user. `body` returns false to stop.
    func forEachBan(
        in group: ConversationNumber, after user: UserNumber, _ body: (UserNumber, BanRecord) throws -> Bool
    ) throws {
        try forEachUser(tables.bans, of: group, after: user) { try body($0, try BanRecord($1)) }
    }

    /// A request or an invitation, also one that has expired.
    func request(of user: UserNumber, in group: ConversationNumber) throws -> RequestRecord? {
        try record(tables.requests, RowKey(group, user))
    }

    /// The requests and invitations of a group, in order of their users' numbers, after a user. `body` returns false
    /// to stop.
    func forEachRequest(
        in group: ConversationNumber, after user: UserNumber, _ body: (UserNumber, RequestRecord) throws -> Bool
    ) throws {
        try forEachUser(tables.requests, of: group, after: user) { try body($0, try RequestRecord($1)) }
    }

    /// The groups that a user asks to join or is invited to, in order of their numbers, after one. `body` returns false
    /// to stop.
    func forEachRequest(
        of user: UserNumber, after group: ConversationNumber, _ body: (ConversationNumber) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(tables.requestsOfUsers)
        var row = try RowKey(UInt64(user), group.rawValue + 1).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == UInt64(user) {
            guard try body(ConversationNumber(rawValue: RowKey.word(1, of: key))) else { return }
            row = try cursor.next()
        }
    }

    /// The members whose place changed last after a position, in that order. `body` returns false to stop.
    func forEachMemberChange(
        in group: ConversationNumber, after position: Position, _ body: (Position, UserNumber) throws -> Bool
    ) throws {
        guard position < .max else { return }
        var cursor = try transaction.cursor(tables.memberChanges)
        var row = try RowKey(group.rawValue, position + 1, 0).withBytes { try cursor.seek($0) }
        while let (key, _) = row, RowKey.word(0, of: key) == group.rawValue {
            let user = UserNumber(truncatingIfNeeded: RowKey.word(2, of: key))
            guard try body(RowKey.word(1, of: key), user) else { return }
            row = try cursor.next()
        }
    }

    private func forEachUser(
        _ table: Table, of group: ConversationNumber, after user: UserNumber,
        _ body: (UserNumber, UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        var cursor = try transaction.cursor(table)
        var row = try RowKey(group.rawValue, UInt64(user) + 1).withBytes { try cursor.seek($0) }
        while let (key, value) = row, RowKey.word(0, of: key) == group.rawValue {
            guard try body(UserNumber(truncatingIfNeeded: RowKey.word(1, of: key)), value) else { return }
            row = try cursor.next()
        }
    }
}
