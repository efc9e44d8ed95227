import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: PersonChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let owner = entry.header.conversation.personalUser
        switch change {
        case .block(let other, let isOn):
            let record = isOn ? RelationRecord(since: entry.header.timestamp) : nil
            try put(record, .block, of: owner, with: other, transaction)
            try changeUser(owner, transaction) { user in
                if isOn { user.blockCount += 1 } else { user.blockCount -= 1 }
            }
        case .contact(let other, let alias):
            let known = try written.relation(.contact, of: owner, with: other)
            let record = RelationRecord(since: known?.since ?? entry.header.timestamp, alias: alias)
            try put(record, .contact, of: owner, with: other, transaction)
            if known == nil { try changeUser(owner, transaction) { $0.contactCount += 1 } }
        case .contactRemoved(let other):
            try put(nil, .contact, of: owner, with: other, transaction)
            try changeUser(owner, transaction) { $0.contactCount -= 1 }
        case .permissions(let permissions):
            try changeUser(owner, transaction) { $0.permissions = permissions }
        case .presence(let setting):
            try changeUser(owner, transaction) { $0.presence = setting }
        case .device(let device, let details):
            try changeDevice(device, transaction) { $0.details = details }
        case .deviceRemoved(let device, let id):
            try changeDevice(device, transaction) { record in
                record.details = DeviceDetails()
                record.isRemoved = true
            }
            try NamedKey.withBytes(UInt64(owner), id.rawValue) { key in
                _ = try transaction.delete(written.tables.deviceNumbers, key: key)
            }
        case .seen(let users):
            for seen in users {
                try RowKey(UInt64(seen.user)).withBytes { key in
                    try put(UInt64(bitPattern: seen.moment.microseconds), written.tables.seen, key, transaction)
                }
            }
        case .erased(let user, let place):
            try changeUser(user, transaction) { $0.erased = place }
        }
    }

    /// Drops what a user that is deleted has set for itself. Its profile goes with its status.
    mutating func evolveDeleted(_ user: UserNumber, _ transaction: borrowing WriteTransaction) throws {
        for kind in [RelationRecord.Kind.contact, .block] {
            var others: [UserNumber] = []
            try written.forEachRelation(kind, of: user) { other, _ in
                others.append(other)
                return true
            }
            for other in others { try put(nil, kind, of: user, with: other, transaction) }
        }
        for device in try written.devices(of: user) {
            try changeDevice(device, transaction) { $0.details = DeviceDetails() }
        }
        _ = try RowKey(UInt64(user)).withBytes { try transaction.delete(written.tables.seen, key: $0) }
        try changeUser(user, transaction) { record in
            record.profile = Profile()
            record.presence = PresenceSetting()
            record.contactCount = 0
            record.blockCount = 0
        }
    }

    private func put(
        _ record: RelationRecord?, _ kind: RelationRecord.Kind, of user: UserNumber, with other: UserNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        let key = RowKey(UInt64(user), kind.rawValue, UInt64(other))
        if let record {
            try record.put(written.tables.relations, key, transaction)
        } else {
            _ = try key.withBytes { try transaction.delete(written.tables.relations, key: $0) }
        }
    }

    private func changeDevice(
        _ number: DeviceNumber, _ transaction: borrowing WriteTransaction, _ change: (inout DeviceRecord) -> Void
    ) throws {
        guard var record = try written.device(number) else {
            throw IMError(.broken, "an entry about device \(number), unknown")
        }
        change(&record)
        try record.put(written.tables.devices, RowKey(UInt64(number)), transaction)
    }
}
