extension Live {
    /// A user whose coming and going somebody wants to know.
    struct Watched {
        var user: UserID
        var sessions: Set<SessionNumber> = []
    }

    /// What is seen of a user.
    private struct Appearance: Equatable {
        var isOnline: Bool
        var customStatus: CustomStatus?

        init(_ setting: PresenceSetting, isOnline: Bool, at now: Timestamp) {
            self.isOnline = isOnline
            customStatus = setting.customStatus.flatMap { $0.isCurrent(at: now) ? $0 : nil }
        }

        /// What others see of it.
        init(toOthers setting: PresenceSetting, isOnline: Bool, at now: Timestamp) {
            self.init(setting.isHidden ? PresenceSetting() : setting, isOnline: isOnline && !setting.isHidden, at: now)
        }
    }

    /// The devices of a user with an open session, in order of their names.
    func connectedDevices(of user: UserNumber) -> [DeviceID] {
        sessions(of: user).compactMap { sessions[$0]?.deviceID }.sorted()
    }

    private func isConnected(user: UserNumber) -> Bool {
        !sessions(of: user).isEmpty
    }

    // MARK: What users have set

    mutating func setPresence(_ setting: PresenceSetting, of user: UserNumber) {
        presences[user] = setting == PresenceSetting() ? nil : setting
    }

    /// Keeps nothing of a user who is neither connected nor watched.
    mutating func forgetPresence(of user: UserNumber) {
        if !isConnected(user: user), watched[user] == nil { presences[user] = nil }
    }

    /// Takes over what a user has set, and tells those who watch it, as far as they see a difference.
    mutating func change(
        _ setting: PresenceSetting, of user: UserNumber, at now: Timestamp, _ actions: inout Actions
    ) {
        let isOnline = isConnected(user: user)
        guard isOnline || watched[user] != nil else { return }
        let before = presences[user] ?? PresenceSetting()
        setPresence(setting, of: user)
        guard let id = watched[user]?.user else { return }
        let isSame =
            Appearance(toOthers: before, isOnline: isOnline, at: now)
            == Appearance(toOthers: setting, isOnline: isOnline, at: now)
        tell(user, id, isOnline: isOnline, at: now, &actions) { viewer in viewer == user || !isSame }
    }

    // MARK: Watching

    /// Tells a session from now on when these users come and go, and at once how they are.
    mutating func watch(
        _ users: [(number: UserNumber, id: UserID, setting: PresenceSetting)], by number: SessionNumber, now: Timestamp
    ) throws(IMError) -> Actions {
        let limit = limits.presencePerCall
        let bell = try update(number) { session throws(IMError) in
            var watched = Set(session.watched)
            watched.formUnion(users.map(\.number))
            guard watched.count <= limit else {
                throw IMError(.requestTooLarge, "a session may watch \(limit) users, not \(watched.count)")
            }
            session.watched = watched.sorted()
            return session.signalBell
        }
        for (user, id, setting) in users {
            // Of those who are connected or watched already this side knows more recent things.
            if !isConnected(user: user), watched[user] == nil { setPresence(setting, of: user) }
            watched[user, default: Watched(user: id)].sessions.insert(number)
            sessions[number]?.add(signal(of: user, id, isOnline: isConnected(user: user), to: number, at: now))
        }
        return Actions(ring: [bell])
    }

    /// Ends what ``watch(_:by:now:)`` began.
    mutating func unwatch(_ users: [UserNumber], by number: SessionNumber) throws(IMError) {
        try update(number) { session in session.watched.removeAll { users.contains($0) } }
        for user in users { unwatch(user, by: number) }
    }

    mutating func unwatch(_ user: UserNumber, by number: SessionNumber) {
        watched[user]?.sessions.remove(number)
        if watched[user]?.sessions.isEmpty == true { watched[user] = nil }
        forgetPresence(of: user)
    }

    /// Tells those who watch a user that it has come or gone.
    mutating func announce(
        _ user: UserNumber, _ id: UserID, isOnline: Bool, at now: Timestamp, _ actions: inout Actions
    ) {
        let isHidden = presences[user]?.isHidden ?? false
        tell(user, id, isOnline: isOnline, at: now, &actions) { viewer in viewer == user || !isHidden }
    }

    private mutating func tell(
        _ user: UserNumber, _ id: UserID, isOnline: Bool, at now: Timestamp, _ actions: inout Actions,
        where isConcerned: (UserNumber) -> Bool
    ) {
        guard let watched = watched[user] else { return }
        for number in watched.sessions.sorted() {
            guard let viewer = sessions[number]?.user, isConcerned(viewer) else { continue }
            send(signal(of: user, id, isOnline: isOnline, to: number, at: now), to: number, &actions)
        }
    }

    private func signal(
        of user: UserNumber, _ id: UserID, isOnline: Bool, to number: SessionNumber, at now: Timestamp
    ) -> Signal {
        let setting = presences[user] ?? PresenceSetting()
        let appearance =
            sessions[number]?.user == user
            ? Appearance(setting, isOnline: isOnline, at: now)
            : Appearance(toOthers: setting, isOnline: isOnline, at: now)
        return Signal(
            kind: .presence, user: id, conversation: nil, isOn: appearance.isOnline,
            customStatus: appearance.customStatus)
    }
}
