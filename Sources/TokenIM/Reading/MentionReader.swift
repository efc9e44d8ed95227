/// Counts the mentions of a user, of one conversation after the other in order of their numbers.
///
/// Conversations without any cost nothing: the row where it stands lies behind them.
struct MentionReader: ~Copyable {
    private let user: UserNumber
    private var own: RowReader
    private var all: RowReader

    init(of user: UserNumber, in snapshot: borrowing Snapshot) throws {
        let (table, transaction) = (snapshot.written.tables.mentions, snapshot.written.transaction)
        let own = try RowReader(table, UInt64(user), in: transaction)
        let all = try RowReader(table, 0, in: transaction)
        self.user = user
        self.own = own
        self.all = all
    }

    /// How many unread messages of a conversation mention the user or all, up to the limit.
    mutating func count(in row: Snapshot.InboxRow, _ snapshot: borrowing Snapshot) throws -> UInt64 {
        let (conversation, limit) = (row.number.rawValue, snapshot.limits.countedMentions)
        var deletions = row.hasDeletions ? Deletions(of: user, in: row.number) : nil
        var one = try own.row(from: conversation, row.floor + 1)
        var other = try all.row(from: conversation, row.floor + 1)
        var count = 0
        while count < limit {
            let mine = one?.second == conversation ? one?.third : nil
            let everybodys = other?.second == conversation ? other?.third : nil
            // A message may do both, and counts once.
            guard let sequence = [mine, everybodys].compactMap(\.self).min() else { break }
            if try deletions?.contain(sequence, snapshot) != true { count += 1 }
            if mine == sequence { one = try own.next() }
            if everybodys == sequence { other = try all.next() }
        }
        return UInt64(count)
    }
}
