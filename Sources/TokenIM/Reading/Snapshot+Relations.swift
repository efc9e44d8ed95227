extension Snapshot {
    /// A user's address book, in the order in which its contacts became users, after one of them.
    ///
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    public func contacts(
        of user: UserID, after other: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [Contact] {
        try relations(.contact, of: user, after: other, limit: limit) { id, record in
            Contact(user: id, alias: record.alias, since: record.since)
        }
    }

    /// Those whom a user blocks, in the order in which they became users, after one of them.
    ///
    /// - Throws: `unknown-user`; `malformed-argument`, `request-too-large` for the limit.
    public func blocked(
        by user: UserID, after other: UserID? = nil, limit: Int? = nil
    ) throws(IMError) -> [UserID] {
        try relations(.block, of: user, after: other, limit: limit) { id, _ in id }
    }

    private func relations<Value>(
        _ kind: RelationRecord.Kind, of user: UserID, after other: UserID?, limit: Int?,
        _ make: (UserID, RelationRecord) -> Value
    ) throws(IMError) -> [Value] {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping {
            var values: [Value] = []
            let after = try other.map { try userNumber($0) } ?? 0
            try written.forEachRelation(kind, of: userNumber(user), after: after) { number, record in
                values.append(make(try userID(number), record))
                return values.count < limit
            }
            return values
        }
    }
}
