extension Snapshot {
    /// A conversation of a user, before it is turned into what the outside sees.
    struct InboxRow {
        var number: ConversationNumber
        var head: ConversationHead
        var marker: Marker
        var unread: UInt64
        /// The messages that the user may see begin here.
        var visibleFrom: SequenceNumber
        /// Where history begins to show what the present membership sees: not after ``visibleFrom``.
        var shownFrom: SequenceNumber
        var setting: ConversationSetting
        /// Whether the user has deleted some of it for itself.
        var hasDeletions: Bool

        /// What lies up to here is not unread.
        var floor: SequenceNumber { max(marker.sequence, visibleFrom - 1) }
        var place: InboxPlace { InboxPlace(isPinned: setting.isPinned, activity: head.lastPosition) }
        var isUnread: Bool { unread > 0 || setting.isMarkedUnread }
    }

    /// The conversations of a user: those that are pinned, then the others, each by recent activity.
    ///
    /// - Parameters:
    ///   - archived: lists those that the user put away, instead of the others.
    ///   - onlyUnread: leaves out what has been read and is not marked as unread.
    ///   - place: continues a list: the ``InboxItem/place`` of its last item. What moves up between two pages is not on
    ///     the later one; ``inboxChanges(of:since:limit:)`` has it.
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    /// - Cost: one row for each conversation of the user and for each setting, and a few for each item of the page.
    public func inbox(
        of user: UserID, archived: Bool = false, onlyUnread: Bool = false, after place: InboxPlace? = nil,
        limit: Int? = nil
    ) throws(IMError) -> [InboxItem] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            let user = try userNumber(user)
            var rows: [InboxRow] = []
            // Places are sorted rather than rows: a row is wide, and most of them are not on the page.
            var order: [(place: InboxPlace, index: Int)] = []
            try forEachInboxRow(of: user) { row in
                if row.setting.isHidden || row.setting.isArchived != archived { return }
                if onlyUnread, !row.isUnread { return }
                if let place, row.place >= place { return }
                order.append((row.place, rows.count))
                rows.append(row)
            }
            order.sort { $0.place > $1.place }
            return try items(order.prefix(limit).map(\.index), of: rows, user)
        }
    }

    /// One conversation of a user's inbox, also when it is archived or hidden; nil when it is not in there.
    public func inboxItem(of user: UserID, _ conversation: Conversation) throws(IMError) -> InboxItem? {
        try IMError.mapping { () throws -> InboxItem? in
            let user = try userNumber(user)
            guard let number = try known(conversation), let row = try inboxRow(number, of: user) else { return nil }
            return try items([0], of: [row], user).first
        }
    }

    /// Unread messages of a user in all the conversations of a list.
    ///
    /// - Parameters:
    ///   - archived: counts those of the archived conversations, instead of the others.
    ///   - moment: leaves out conversations that are muted then; nil counts them too.
    public func unreadTotal(
        of user: UserID, archived: Bool = false, withoutMutedAt moment: Timestamp? = nil
    ) throws(IMError) -> UInt64 {
        try IMError.mapping {
            var sum: UInt64 = 0
            try forEachInboxRow(of: userNumber(user)) { row in
                if row.setting.isHidden || row.setting.isArchived != archived { return }
                if let moment, row.setting.isMuted(at: moment) { return }
                sum += row.unread
            }
            return sum
        }
    }

    // MARK: Rows

    private func forEachInboxRow(of user: UserNumber, _ body: (consuming InboxRow) throws -> Void) throws {
        // Groups have greater numbers than chats, so one walk over the settings meets them all.
        var settings = try written.settings(of: user)
        for number in try chats(of: user) {
            if let row = try inboxRow(number, of: user, settings.setting(of: number)) { try body(row) }
        }
        try written.forEachGroup(of: user) { number, leftAt in
            if leftAt == nil, let row = try inboxRow(number, of: user, settings.setting(of: number)) { try body(row) }
            return true
        }
    }

    func inboxRow(_ number: ConversationNumber, of user: UserNumber) throws -> InboxRow? {
        try inboxRow(number, of: user, written.setting(of: user, in: number))
    }

    private func inboxRow(
        _ number: ConversationNumber, of user: UserNumber, _ record: SettingRecord?
    ) throws -> InboxRow? {
        let head = try head(of: number)
        let trim = try written.trim(of: number) ?? TrimRecord(through: 0, counted: 0)
        var row = InboxRow(
            number: number, head: head, marker: .none, unread: 0, visibleFrom: trim.through + 1,
            shownFrom: trim.through + 1, setting: ConversationSetting(), hasDeletions: false)
        var counted = trim.counted
        if let side = number.side(of: user) {
            guard head.sequence > 0 else { return nil }
            row.marker = head.marker(side)
        } else {
            guard number.kind == .group, let window = try written.membership(of: user, in: number)?.current else {
                return nil
            }
            row.marker = try marker(of: user, in: number)
            row.visibleFrom = max(row.visibleFrom, window.from)
            row.shownFrom = max(row.shownFrom, window.historyFrom)
            counted = max(counted, window.countedBefore)
        }
        if let record {
            row.setting = record.setting(at: head, readThrough: row.marker.sequence)
            row.visibleFrom = max(row.visibleFrom, record.cleared.sequence + 1)
            row.shownFrom = max(row.shownFrom, record.cleared.sequence + 1)
            counted = max(counted, record.cleared.counted)
            row.hasDeletions = record.deletedCount > 0
        }
        let unread = head.counted - min(head.counted, max(counted, row.marker.counted))
        if unread > 0 {
            var gone = head.withdrawn > 0 ? try withdrawnCount(of: number, above: row.floor) : 0
            if row.hasDeletions { gone += try deletedCount(of: number, above: row.floor, by: user) }
            row.unread = unread - min(unread, gone)
        }
        return row
    }

    /// How many messages above a sequence a user has deleted for itself and nobody has withdrawn.
    private func deletedCount(
        of number: ConversationNumber, above floor: SequenceNumber, by user: UserNumber
    ) throws -> UInt64 {
        var count: UInt64 = 0
        let first = floor / TimelineBlock.size
        try written.forEachDeletion(of: user, in: number, from: first) { block, record in
            let mask = record.counted & ~DeletionRecord.bits(of: block, through: floor)
            for sequence in DeletionRecord.sequences(of: block, mask) {
                let isWithdrawn = try written.isWithdrawn(sequence, in: number)
                if !isWithdrawn { count += 1 }
            }
            return true
        }
        return count
    }

    // MARK: Items

    /// What the outside sees of some rows, in the order of the indices.
    func items(_ indices: [Int], of rows: [InboxRow], _ user: UserNumber) throws -> [InboxItem] {
        let mentions = try mentions(indices, of: rows, user)
        let isAmended = try written.hasAmendments()
        return try indices.map {
            try item(rows[$0], to: user, mentions: mentions.isEmpty ? 0 : mentions[$0], isAmended: isAmended)
        }
    }

    /// How many unread messages of each row mention the user; empty when nothing is unread.
    private func mentions(_ indices: [Int], of rows: [InboxRow], _ user: UserNumber) throws -> [UInt64] {
        var unread = indices.filter { rows[$0].unread > 0 }
        if unread.isEmpty { return [] }
        unread.sort { rows[$0].number < rows[$1].number }
        var mentions = Array(repeating: UInt64(0), count: rows.count)
        var reader = try MentionReader(of: user, in: self)
        for index in unread { mentions[index] = try reader.count(in: rows[index], self) }
        return mentions
    }

    private func item(
        _ row: InboxRow, to user: UserNumber, mentions: UInt64, isAmended: Bool
    ) throws -> InboxItem {
        let conversation = try conversation(row.number)
        return InboxItem(
            conversation: conversation,
            lastMessage: try lastMessage(of: row, conversation, to: user, isAmended: isAmended),
            unread: row.unread, mentions: mentions, readThrough: row.marker.sequence,
            headSequence: row.head.sequence, activity: row.head.lastPosition, setting: row.setting,
            place: row.place)
    }

    /// The newest message that a user sees, in its present state. With `isAmended` false it is as it was sent.
    private func lastMessage(
        of row: InboxRow, _ conversation: Conversation, to user: UserNumber, isAmended: Bool
    ) throws -> Entry? {
        guard let position = try lastMessagePosition(of: row, user), let found = try written.entry(at: position) else {
            return nil
        }
        let entry = try entry(found, in: conversation)
        guard isAmended, try written.isAmended(entry.sequence, in: row.number) else { return entry }
        return try present([entry], of: row.number, to: user).first
    }

    /// Where the newest message stands that a user sees.
    private func lastMessagePosition(of row: InboxRow, _ user: UserNumber) throws -> Position? {
        guard row.head.lastMessage >= row.shownFrom else { return nil }
        guard row.hasDeletions else { return row.head.lastMessagePosition }
        var deletions = Deletions(of: user, in: row.number)
        guard try deletions.contain(row.head.lastMessage, self) else { return row.head.lastMessagePosition }
        guard let sequence = try lastMessageLeft(of: row, user) else { return nil }
        return try position(of: sequence, in: row.number)
    }

    /// The newest message that the user sees, when it has deleted the newest that there is.
    ///
    /// Found by its number among those that are left: one row for each block with deletions, and one for each halving
    /// of the rest, however many entries lie in between.
    private func lastMessageLeft(of row: InboxRow, _ user: UserNumber) throws -> SequenceNumber? {
        var blocks: [(block: UInt64, counted: UInt64)] = []
        try written.forEachDeletion(of: user, in: row.number) { block, record in
            blocks.append((block, record.counted))
            return true
        }
        func left(through sequence: SequenceNumber) throws -> UInt64 {
            var count = try counted(through: sequence, in: row.number)
            for (block, counted) in blocks {
                let mask = DeletionRecord.bits(of: block, through: sequence)
                count -= min(count, UInt64((counted & mask).nonzeroBitCount))
            }
            return count
        }
        let wanted = try left(through: row.head.lastMessage)
        var (low, high) = (row.shownFrom - 1, row.head.lastMessage)
        guard try left(through: low) < wanted else { return nil }
        // Always fewer through low, and as many as are wanted through high.
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try left(through: middle) < wanted { low = middle } else { high = middle }
        }
        return high
    }
}
