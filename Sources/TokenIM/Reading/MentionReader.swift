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

    /// How many unread messages of a conversation mention the user or all, up to the limit. A message is among the one
    /// or the other.
    mutating func count(in row: Snapshot.InboxRow, _ snapshot: borrowing Snapshot) throws -> UInt64 {
        var deletions = row.hasDeletions ? Deletions(of: user, in: row.number) : nil
        let limit = UInt64(snapshot.limits.countedMentions)
        let count = try Self.count(&own, in: row, limit, &deletions, snapshot)
        return try count + Self.count(&all, in: row, limit - count, &deletions, snapshot)
    }

    private static func count(
        _ rows: inout RowReader, in row: Snapshot.InboxRow, _ limit: UInt64, _ deletions: inout Deletions?,
        _ snapshot: borrowing Snapshot
    ) throws -> UInt64 {
        var count: UInt64 = 0
        var mention = try rows.row(from: row.number.rawValue, row.floor + 1)
        while count < limit, let (conversation, sequence, _) = mention, conversation == row.number.rawValue {
            if try deletions?.contain(sequence, snapshot) != true { count += 1 }
            mention = try rows.next()
        }
        return count
    }
}
