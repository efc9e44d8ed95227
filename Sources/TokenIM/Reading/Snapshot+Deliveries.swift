import TokenIMLMDB

/// Reads entries whose positions ascend: the next row is often the one that is wanted, and then needs no search.
struct EntryReader: ~Copyable {
    private var cursor: Cursor
    private var position: Position = 0
    private var value: UnsafeRawBufferPointer?

    private static let nearby: Position = 8

    init(_ view: borrowing WrittenView) throws {
        cursor = try view.transaction.cursor(view.tables.journal)
    }

    mutating func entry(at wanted: Position) throws -> JournalEntry {
        if position == 0 || wanted < position || wanted - position > Self.nearby {
            try take(RowKey(wanted).withBytes { try cursor.seek($0) })
        }
        while position < wanted, value != nil { try take(try cursor.next()) }
        guard let value, position == wanted else { throw IMError(.corrupt, "the journal has no entry \(wanted)") }
        return try EntryCoding.decodeForDelivery(position, value)
    }

    private mutating func take(_ row: (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?) throws {
        position = row.map { RowKey.word(0, of: $0.key) } ?? 0
        value = row?.value
    }
}

extension Snapshot {
    /// Reads up to `limit` deliveries from a backlog, leaving out what this very device caused.
    func deliveries(from backlog: inout Backlog, to device: DeviceNumber, limit: Int) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(limit)
        var reader = try EntryReader(written)
        backlog.beginBatch()
        while deliveries.count < limit, let item = try backlog.next(in: self) {
            let known = try backlog.known(item.source, in: self)
            let conversation = known.conversation
            if let gap = item.gap {
                if gap.through > known.clearedThrough {
                    deliveries.append(Delivery(gap, of: conversation, at: item.position))
                }
                continue
            }
            let entry = try reader.entry(at: item.position)
            if entry.header.device == device, device != 0 { continue }
            // The backlog may be older than this snapshot: what has been cleared or trimmed meanwhile is gone.
            if entry.header.sequence <= known.clearedThrough { continue }
            if entry.header.sequence <= known.trimmedThrough {
                deliveries.appendGap(at: entry.header.sequence, of: conversation, item.position)
                continue
            }
            deliveries.append(Delivery(try self.entry(entry, in: conversation, for: backlog.user)))
        }
        return deliveries
    }

    /// Reads the entries at positions that a session has been told of, as far as its user sees them. Some of them are
    /// at hand already.
    func deliveries(
        at positions: [Position], _ recent: [Delivery], to user: UserNumber, _ device: DeviceNumber
    ) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(positions.count)
        var reader = try EntryReader(written)
        // Who clears something says so in the personal conversation. Mostly nothing has been said since.
        let lastNews = try head(of: .personal(user)).lastPosition
        var recent = recent[...]
        for position in positions {
            if let first = recent.first, first.position == position {
                deliveries.append(first)
                recent.removeFirst()
                continue
            }
            let entry = try reader.entry(at: position)
            let (number, sequence) = (entry.header.conversation, entry.header.sequence)
            if entry.header.device == device, device != 0 { continue }
            guard let visibility = try visibility(of: number, to: user, through: sequence, for: .delivery),
                visibility.sees(sequence)
            else { continue }
            if position < lastNews, try clearedThrough(of: number, by: user) >= sequence { continue }
            let conversation = try conversation(number)
            if sequence <= visibility.trimmedThrough {
                deliveries.appendGap(at: sequence, of: conversation, position)
                continue
            }
            deliveries.append(Delivery(try self.entry(entry, in: conversation, for: user)))
        }
        return deliveries
    }
}

extension [Delivery] {
    /// Says that an entry is gone: together with the gap before it, when that ends there.
    fileprivate mutating func appendGap(
        at sequence: SequenceNumber, of conversation: Conversation, _ position: Position
    ) {
        var from = sequence
        if let last, let gap = last.gap, gap.through + 1 == sequence, last.conversation == conversation {
            from = gap.from
            removeLast()
        }
        let gap = Gap(from: from, through: sequence)
        append(Delivery(gap, of: conversation, at: position))
    }
}
