import TokenIMLMDB

extension State {
    mutating func evolve(
        _ change: GroupChange, _ entry: JournalEntry, _ transaction: borrowing WriteTransaction
    ) throws {
        let header = entry.header
        let number = header.conversation
        switch change {
        case .policies(let policies): try changeGroup(number, transaction) { $0.policies = policies }
        case .allMuted(let isOn): try changeGroup(number, transaction) { $0.isMuted = isOn }
        case .memberMuted(let user, let until):
            try changeMembership(of: user, entry, transaction) { $0.mutedUntil = until }
        case .nicknameChanged(let user, let nickname):
            try changeMembership(of: user, entry, transaction) { $0.nickname = nickname }
        case .announced(let text):
            guard let text else {
                try RowKey(number).withBytes { _ = try transaction.delete(written.tables.groupSettings, key: $0) }
                return
            }
            let record = AnnouncementRecord(text: text, author: header.author, timestamp: header.timestamp)
            try record.put(written.tables.groupSettings, RowKey(number), transaction)
        case .banChanged(let user, let isOn):
            if isOn {
                let record = BanRecord(author: header.author, timestamp: header.timestamp)
                try record.put(written.tables.bans, RowKey(number, user), transaction)
            } else {
                try RowKey(number, user).withBytes { _ = try transaction.delete(written.tables.bans, key: $0) }
            }
            try changeGroup(number, transaction) { $0.banCount = isOn ? $0.banCount + 1 : $0.banCount - 1 }
        case .invited:
            // Each of the invited has an entry of its own.
            break
        case .invitation(let group, let text, let until):
            let record = RequestRecord(
                isInvitation: true, author: header.author, text: text, timestamp: header.timestamp, until: until)
            try put(record, of: number.personalUser, in: group, transaction)
        case .requested(let group, let user, let text, let until):
            // The copies for those who may approve only tell.
            guard number == .personal(user) else { return }
            let record = RequestRecord(
                isInvitation: false, author: user, text: text, timestamp: header.timestamp, until: until)
            try put(record, of: user, in: group, transaction)
        case .requestEnded(let group, let user, _):
            guard number == .personal(user) else { return }
            try removeRequest(of: user, in: group, transaction)
        }
    }

    private mutating func put(
        _ record: RequestRecord, of user: UserNumber, in group: ConversationNumber,
        _ transaction: borrowing WriteTransaction
    ) throws {
        if let earlier = try written.request(of: user, in: group) {
            try dropAlarm(at: earlier.until, .personal(user), group.rawValue, transaction)
        } else {
            try changeGroup(group, transaction) { $0.requestCount += 1 }
        }
        try setAlarm(.lapse, at: record.until, .personal(user), group.rawValue, transaction)
        try record.put(written.tables.requests, RowKey(group, user), transaction)
        try RowKey(user, group).withBytes { key in
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            _ = try transaction.put(written.tables.requestsOfUsers, key: key, value: nothing)
        }
    }

    /// Removes a request or an invitation, if there is one.
    mutating func removeRequest(
        of user: UserNumber, in group: ConversationNumber, _ transaction: borrowing WriteTransaction
    ) throws {
        guard try self.group(group)?.requestCount ?? 0 > 0, let request = try written.request(of: user, in: group)
        else { return }
        try dropAlarm(at: request.until, .personal(user), group.rawValue, transaction)
        try RowKey(group, user).withBytes { _ = try transaction.delete(written.tables.requests, key: $0) }
        try RowKey(user, group).withBytes { _ = try transaction.delete(written.tables.requestsOfUsers, key: $0) }
        try changeGroup(group, transaction) { $0.requestCount -= 1 }
    }
}
