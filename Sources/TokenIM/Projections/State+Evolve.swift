import TokenIMLMDB

/// Evolve: what an entry does to the projections. It cannot refuse; it fails only when storage does.
extension State {
    /// Applies an entry to the working set. Live commits, recovery and verification all come through here.
    mutating func evolveFolded(_ entry: JournalEntry) throws {
        let (position, header) = (entry.position, entry.header)
        let conversation = header.conversation
        let isCounted = entry.event.isCounted
        let side = isCounted ? conversation.side(of: header.author) : nil
        guard try begin(conversation) == header.sequence else {
            throw IMError(
                .corrupt, "conversation \(conversation.rawValue) stands elsewhere than its entry at \(position) says")
        }
        if header.sequence == 1, conversation.kind == .direct { beginChat(conversation, at: position) }
        let tail = live.append(position, to: conversation, isCounted: isCounted, by: side)
        if isCounted, header.author != 0, conversation.kind == .group {
            let marker = Marker(sequence: tail.sequence, counted: tail.counted)
            live.mark(header.author, of: conversation, marker, at: position)
        }
        if let request = header.request {
            let digest = digest(of: request.key, by: header.author)
            live.addKey(digest, at: position)
            keyIndexes[0].insert(digest, position)
        }
        switch entry.event {
        case .readMarkerMoved(let subject, let sequence, let counted):
            let marker = Marker(sequence: sequence, counted: counted)
            try evolveMarker(marker, of: conversation.personalUser, in: subject, at: position)
        case .deviceAdded(let device, _, _, let start):
            live.moveCursor(of: device, to: start, at: position)
        case .cursorsMoved(let moves):
            for move in moves { live.moveCursor(of: move.device, to: move.position, at: position) }
        case .person(.deviceRemoved(let device, _)):
            live.moveCursor(of: device, to: 0, at: position)
        case .withdrawn(let withdrawals, _):
            let count = withdrawals.count { $0.wasCounted }
            if count > 0 { live.withdraw(count, from: conversation, at: position) }
        default:
            break
        }
        head = position
    }

    /// Takes a conversation into the working set if it is not there. Returns the sequence that its next entry gets.
    @discardableResult
    mutating func begin(_ conversation: ConversationNumber) throws -> SequenceNumber {
        if let last = live.turn(to: conversation) { return last + 1 }
        let base = try headBeforeLive(of: conversation)
        live.begin(conversation, base: base)
        return base.sequence + 1
    }

    private mutating func beginChat(_ conversation: ConversationNumber, at position: Position) {
        let (low, high) = conversation.directUsers
        live.addChat(conversation, of: low, at: position)
        if high != low { live.addChat(conversation, of: high, at: position) }
    }

    private mutating func evolveMarker(
        _ marker: Marker, of user: UserNumber, in subject: ConversationNumber, at position: Position
    ) throws {
        guard let side = subject.side(of: user) else {
            live.mark(user, of: subject, marker, at: position)
            return
        }
        try begin(subject)
        live.mark(side, of: subject, marker, at: position)
    }

    /// Puts what an entry changes into the tables that are written with the journal. Called after ``evolveFolded(_:)``.
    mutating func evolveWritten(_ entry: JournalEntry, _ transaction: borrowing WriteTransaction) throws {
        switch entry.event {
        case .erased, .cursorsMoved, .removedFromGroup, .unchanged: break
        case .message(let body):
            if let extras = body.extras { try evolve(extras, entry, transaction) }
            if body.isCounted, hasBurning != false {
                let header = entry.header
                try evolveReading(
                    header.conversation, through: header.sequence, by: header.author, at: header.timestamp, transaction)
            }
        case .readMarkerMoved(let subject, let sequence, _):
            try evolveReading(
                subject, through: sequence, by: entry.header.conversation.personalUser, at: entry.header.timestamp,
                transaction)
        case .edited, .withdrawn, .reactionChanged, .pinChanged, .scheduled, .scheduleEnded:
            try evolveAmendment(entry, transaction)
        case .group(let change): try evolve(change, entry, transaction)
        case .person(let change): try evolve(change, entry, transaction)
        case .setting(let change): try evolve(change, entry, transaction)
        case .userCreated(let number, let id, let profile):
            let record = UserRecord(
                id: id, profile: profile, createdAt: entry.header.timestamp, createdPosition: entry.position)
            try record.put(written.tables.users, RowKey(UInt64(number)), transaction)
            try putNumber(UInt64(number), written.tables.userNumbers, id.rawValue, transaction)
            remember(record, number)
        case .userUpdated(let number, let profile):
            try changeUser(number, transaction) { $0.profile = profile }
        case .userStatusChanged(let number, let status):
            try changeUser(number, transaction) { $0.status = status }
            if status == .deleted { try evolveDeleted(number, transaction) }
        case .deviceAdded(let number, let user, let id, let start):
            let record = DeviceRecord(user: user, id: id, start: start)
            try record.put(written.tables.devices, RowKey(UInt64(number)), transaction)
            try NamedKey.withBytes(UInt64(user), id.rawValue) { key in
                try put(UInt64(number), written.tables.deviceNumbers, key, transaction)
            }
        case .groupCreated, .groupUpdated, .groupDissolved, .membersAdded, .memberRemoved, .memberLeft, .roleChanged,
            .ownershipTransferred:
            try evolveGroup(entry, transaction)
        case .historyTrimmed(let through, let counted):
            let conversation = entry.header.conversation
            let before = try written.trim(of: conversation)?.through ?? 0
            try evolveTrimmed(conversation, from: before + 1, through: through, transaction)
            let record = TrimRecord(through: through, counted: counted)
            try record.put(written.tables.trims, RowKey(entry.header.conversation), transaction)
        case .consumerChanged(let id, let changes):
            for change in changes { try evolve(change, of: id, transaction) }
        }
    }

    func putNumber(
        _ number: UInt64, _ table: Table, _ name: String, _ transaction: borrowing WriteTransaction
    ) throws {
        var copy = name
        try copy.withUTF8 { try put(number, table, UnsafeRawBufferPointer($0), transaction) }
    }

    func put(
        _ number: UInt64, _ table: Table, _ key: UnsafeRawBufferPointer, _ transaction: borrowing WriteTransaction
    ) throws {
        try withUnsafeBytes(of: number.bigEndian) { _ = try transaction.put(table, key: key, value: $0) }
    }

    mutating func changeUser(
        _ number: UserNumber, _ transaction: borrowing WriteTransaction, _ change: (inout UserRecord) -> Void
    ) throws {
        guard var record = try user(number) else { throw IMError(.broken, "an entry about user \(number), unknown") }
        change(&record)
        try record.put(written.tables.users, RowKey(UInt64(number)), transaction)
        remember(record, number)
    }

    private func evolve(
        _ change: ConsumerChange, of id: ConsumerID, _ transaction: borrowing WriteTransaction
    ) throws {
        let tables = written.tables
        func putEntry(_ record: ConsumerEntryRecord, _ position: Position) throws {
            var writer = ByteWriter(capacity: 32)
            writer.uint8(ConsumerEntryRecord.version)
            record.encode(into: &writer)
            try NamedKey.withBytes(id.rawValue, position) { key in
                _ = try transaction.put(tables.consumerEntries, key: key, value: writer.bytes)
            }
        }
        switch change {
        case .created(let start): try putNumber(start, tables.consumers, id.rawValue, transaction)
        case .moved(let position): try putNumber(position, tables.consumers, id.rawValue, transaction)
        case .parked(let position, let deliveries, let notBefore):
            try putEntry(.init(isBuried: false, deliveries: deliveries, notBefore: notBefore), position)
        case .buried(let position, let deliveries):
            try putEntry(.init(isBuried: true, deliveries: deliveries, notBefore: .zero), position)
        case .settled(let position):
            try NamedKey.withBytes(id.rawValue, position) { key in
                _ = try transaction.delete(tables.consumerEntries, key: key)
            }
        case .deleted:
            var positions: [Position] = []
            try written.forEachConsumerEntry(of: id) { position, _ in
                positions.append(position)
                return true
            }
            for position in positions { try evolve(.settled(position), of: id, transaction) }
            var name = id.rawValue
            _ = try name.withUTF8 { try transaction.delete(tables.consumers, key: UnsafeRawBufferPointer($0)) }
        }
    }
}
