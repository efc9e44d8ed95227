import TokenIMLMDB

/// Who can be reached right now, and what users say about themselves: the truth on ``Engine``, on ``Session`` what its
/// user may see. Somebody who hides looks offline to others.
public struct Presence: Sendable {
    let engine: Engine
    /// The session whose user asks; nil for the host. Kept, so that it stays open as long as this is used.
    var session: Session?

    /// - Throws: `unknown-user`.
    public func of(_ user: UserID) throws(IMError) -> PresenceStatus {
        try of([user])[user] ?? .hidden
    }

    /// - Throws: `unknown-user`; `request-too-large` for more than `Limits.presencePerCall`.
    /// - Cost: two rows for each user.
    public func of(_ users: [UserID]) throws(IMError) -> [UserID: PresenceStatus] {
        guard users.count <= engine.core.limits.presencePerCall else {
            throw IMError(
                .requestTooLarge, "\(users.count) users in one call; the limit is \(engine.core.limits.presencePerCall)"
            )
        }
        let people = try IMError.mapping { () throws -> [Person] in
            let snapshot = try engine.core.snapshot()
            return try users.map { id in
                let number = try snapshot.userNumber(id)
                return Person(
                    id: id, number: number, setting: try snapshot.written.user(number)?.presence ?? PresenceSetting(),
                    lastSeen: try snapshot.written.lastSeen(of: number))
            }
        }
        let now = engine.time.now()
        let statuses = try engine.core.live.withLock { live throws(IMError) in
            if let session { try live.requireOpen(session.number) }
            return people.map { ($0.id, status(of: $0, in: live, at: now)) }
        }
        return Dictionary(statuses) { first, _ in first }
    }

    private struct Person: Sendable {
        var id: UserID
        var number: UserNumber
        var setting: PresenceSetting
        var lastSeen: Timestamp?
    }

    private func status(of person: Person, in live: borrowing Live, at now: Timestamp) -> PresenceStatus {
        let isIntimate = session.map { $0.userNumber == person.number } ?? true
        if person.setting.isHidden, !isIntimate { return .hidden }
        let devices = live.connectedDevices(of: person.number)
        let lastSeen = live.lastSeen(of: person.number) ?? person.lastSeen
        return PresenceStatus(
            isOnline: !devices.isEmpty, devices: isIntimate ? devices : [], lastSeen: devices.isEmpty ? lastSeen : nil,
            customStatus: person.setting.customStatus.flatMap { $0.isCurrent(at: now) ? $0 : nil },
            isHidden: person.setting.isHidden)
    }
}
