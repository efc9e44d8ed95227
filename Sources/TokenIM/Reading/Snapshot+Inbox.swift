/// A conversation as one of its users sees it in a list.
public struct InboxItem: Sendable {
    public let conversation: Conversation
    /// The newest message that this user's present membership sees; nil when there is none.
    public let lastMessage: Entry?
    /// Messages of others above ``readThrough``, derived from the journal each time.
    public let unread: UInt64
    /// How far this user has read: its marker, or what it sent last.
    public let readThrough: SequenceNumber
    /// The newest entry.
    public let headSequence: SequenceNumber
    /// Where the newest entry stands in the journal: what the inbox is ordered by.
    public let activity: Position
}

extension Snapshot {
    /// A conversation of a user, before it is turned into what the outside sees.
    struct InboxRow {
        var number: ConversationNumber
        var head: ConversationHead
        var marker: Marker
        var unread: UInt64
        /// The messages that the user may see begin here.
        var visibleFrom: SequenceNumber
    }

    /// The conversations of a user, by recent activity.
    ///
    /// - Parameters:
    ///   - before: continues a list: the ``InboxItem/activity`` of its last item.
    ///   - onlyUnread: leaves out what has been read.
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user, and one for each item of the page.
    public func inbox(
        of user: UserID, before: Position? = nil, onlyUnread: Bool = false, limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            let rows = try inboxRows(of: userNumber(user))
            // Places are sorted rather than rows: a row is wide, and most of them are not on the page.
            var order: [(activity: Position, index: Int)] = []
            for (index, row) in rows.enumerated()
            where row.head.lastPosition < before ?? .max && (!onlyUnread || row.unread > 0) {
                order.append((row.head.lastPosition, index))
            }
            order.sort { $0.activity > $1.activity }
            return try order.prefix(limit).map { try item(rows[$0.index]) }
        }
    }

    /// One conversation of a user's inbox; nil when it is not in there.
    public func inboxItem(of user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { () throws -> InboxItem? in
            let user = try userNumber(user)
            guard let number = try? number(of: conversation), let row = try inboxRow(number, of: user) else {
                return nil
            }
            return try item(row)
        }
    }

    /// Unread messages of a user in all its conversations.
    public func unreadTotal(of user: UserID) throws(IMError) -> UInt64 {
        try IMError.mapping { try inboxRows(of: userNumber(user)).reduce(0) { $0 + $1.unread } }
    }

    func inboxRows(of user: UserNumber) throws -> [InboxRow] {
        var rows: [InboxRow] = []
        for number in try chats(of: user) {
            if let row = try inboxRow(number, of: user) { rows.append(row) }
        }
        try written.forEachGroup(of: user) { number, leftAt in
            if leftAt == nil, let row = try inboxRow(number, of: user) { rows.append(row) }
            return true
        }
        return rows
    }

    private func inboxRow(_ number: ConversationNumber, of user: UserNumber) throws -> InboxRow? {
        let head = try head(of: number)
        let trim = try trim(of: number)
        var row = InboxRow(number: number, head: head, marker: .none, unread: 0, visibleFrom: trim.through + 1)
        var floor = trim.counted
        if let side = number.side(of: user) {
            guard head.sequence > 0 else { return nil }
            row.marker = head.marker(side)
        } else {
            guard number.kind == .group, let window = try written.membership(of: user, in: number)?.current else {
                return nil
            }
            row.marker = try marker(of: user, in: number)
            row.visibleFrom = max(row.visibleFrom, window.from)
            floor = max(floor, window.countedBefore)
        }
        row.unread = head.counted - min(head.counted, max(floor, row.marker.counted))
        if row.unread > 0, head.withdrawn > 0 {
            row.unread -= try withdrawnCount(of: number, above: max(row.visibleFrom - 1, row.marker.sequence))
        }
        return row
    }

    private func trim(of conversation: ConversationNumber) throws -> TrimRecord {
        try written.trim(of: conversation) ?? TrimRecord(through: 0, counted: 0)
    }

    private func item(_ row: InboxRow) throws -> InboxItem {
        let conversation = try conversation(row.number)
        var last: Entry?
        if row.head.lastMessage >= row.visibleFrom {
            last = try written.entry(at: row.head.lastMessagePosition).map { try entry($0, in: conversation) }
        }
        return InboxItem(
            conversation: conversation, lastMessage: last, unread: row.unread, readThrough: row.marker.sequence,
            headSequence: row.head.sequence, activity: row.head.lastPosition)
    }
}
