extension State {
    mutating func decide(_ action: PersonAction, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        switch action {
        case .block(let user, let isOn): return try decideBlock(user, isOn: isOn, by: author, on: device)
        case .setContact(let user, let alias): return try decideContact(user, alias, by: author, on: device)
        case .removeContact(let user):
            let (owner, _) = try owner(author, "an address book")
            guard let other = try userNumber(user) else { throw unknownUser(user) }
            guard try written.relation(.contact, of: owner, with: other) != nil else {
                return Decision(unchanged: .personal(owner), author: author)
            }
            return Decision(author: author, device: device, .person(.contactRemoved(other)), in: .personal(owner))
        case .setPermissions(let permissions, let user):
            try requireHost(author)
            let number = try existingUser(user)
            if try standing(of: number)?.permissions == permissions {
                return Decision(unchanged: .personal(number), author: author)
            }
            return Decision(author: author, .person(.permissions(permissions)), in: .personal(number))
        case .setCustomStatus(let status):
            if let until = status?.until, until <= now {
                throw IMError(.malformedArgument, "a status whose time is over: \(until.microseconds)")
            }
            return try decidePresence(by: author, on: device) { $0.customStatus = status }
        case .setHidden(let isHidden):
            return try decidePresence(by: author, on: device) { $0.isHidden = isHidden }
        case .setDevice(let id, let user, let details):
            let (number, record) = try self.device(id, of: user, by: author)
            if record.details == details { return Decision(unchanged: .personal(record.user), author: author) }
            return Decision(
                author: author, device: device, .person(.device(number, details)), in: .personal(record.user))
        case .removeDevice(let id, let user):
            let (number, record) = try self.device(id, of: user, by: author)
            return Decision(
                author: author, device: device, .person(.deviceRemoved(number, id)), in: .personal(record.user))
        case .noteSeen(let users): return try decideSeen(users)
        case .eraseContent(let user, let isEverywhere):
            try requireHost(author)
            return try decideErasing(user, isEverywhere: isEverywhere)
        }
    }

    // MARK: What others may rely on

    /// Refuses what comes from somebody whom another user has blocked. Costs nothing when that one blocks nobody.
    mutating func requireUnblocked(_ author: UserNumber, by other: UserNumber) throws {
        guard author != 0, author != other, try standing(of: other)?.blocksAnybody == true,
            try written.relation(.block, of: other, with: author) != nil
        else { return }
        let name = try user(other)?.id.rawValue ?? ""
        throw IMError(.blocked, "user \(name) does not want to hear from this one")
    }

    /// Refuses what the host does not let a user do.
    mutating func require(_ permission: Permissions, of author: UserNumber) throws {
        guard author != 0, let permissions = try standing(of: author)?.permissions,
            !permissions.isSuperset(of: permission)
        else { return }
        let missing = permission.subtracting(permissions)
        throw IMError(.notAllowed, "the host does not give this user the permission \(missing)")
    }

    /// Refuses content of a kind that the host does not let a user send.
    mutating func requireMayUpload(_ content: Content, by author: UserNumber) throws {
        if content.isMedia { try require(.upload, of: author) }
    }

    // MARK: Parts

    private mutating func decideBlock(
        _ user: UserID, isOn: Bool, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (owner, record) = try owner(author, "a list of the blocked")
        guard let other = try isOn ? existingUser(user) : userNumber(user) else { throw unknownUser(user) }
        if other == owner { throw IMError(.malformedArgument, "nobody blocks oneself") }
        guard try (written.relation(.block, of: owner, with: other) != nil) != isOn else {
            return Decision(unchanged: .personal(owner), author: author)
        }
        if isOn, record.blockCount >= UInt64(limits.blocksPerUser) {
            throw IMError(.limitReached, "user \(record.id) blocks \(record.blockCount) users: Limits.blocksPerUser")
        }
        return Decision(
            author: author, device: device, .person(.block(other, isOn: isOn)), in: .personal(owner))
    }

    private mutating func decideContact(
        _ user: UserID, _ alias: String?, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (owner, record) = try owner(author, "an address book")
        let other = try existingUser(user)
        if let known = try written.relation(.contact, of: owner, with: other) {
            if known.alias?.utf8.elementsEqual(alias?.utf8 ?? "".utf8) ?? (alias == nil) {
                return Decision(unchanged: .personal(owner), author: author)
            }
        } else if record.contactCount >= UInt64(limits.contactsPerUser) {
            throw IMError(
                .limitReached, "user \(record.id) has \(record.contactCount) contacts: Limits.contactsPerUser")
        }
        return Decision(
            author: author, device: device, .person(.contact(other, alias: alias)), in: .personal(owner))
    }

    private mutating func decidePresence(
        by author: UserNumber, on device: DeviceNumber, _ change: (inout PresenceSetting) -> Void
    ) throws -> Decision {
        let (owner, record) = try owner(author, "a presence")
        var setting = record.presence
        change(&setting)
        if setting == record.presence { return Decision(unchanged: .personal(owner), author: author) }
        return Decision(author: author, device: device, .person(.presence(setting)), in: .personal(owner))
    }

    private func decideSeen(_ users: [UserSeen]) throws -> Decision {
        var news: [UserSeen] = []
        for seen in users {
            if let record = try user(seen.user), record.status != .deleted { news.append(seen) }
        }
        if news.isEmpty { return Decision(unchanged: .engine, author: 0) }
        return Decision(author: 0, .person(.seen(news)), in: .engine)
    }

    /// The one who asks, when it is a user.
    private func owner(_ author: UserNumber, _ what: String) throws -> (UserNumber, UserRecord) {
        guard author != 0, let record = try user(author) else {
            throw IMError(.malformedArgument, "\(what) is a user's: say as whom")
        }
        return (author, record)
    }

    private mutating func device(
        _ id: DeviceID, of userID: UserID, by author: UserNumber
    ) throws -> (DeviceNumber, DeviceRecord) {
        let owner = try existingUser(userID)
        guard author == 0 || author == owner else { throw IMError(.notAllowed, "another user's device") }
        guard let number = try written.deviceNumber(id, of: owner), let record = try written.device(number) else {
            throw IMError(.notFound, "user \(userID) has no device \(id)")
        }
        return (number, record)
    }
}

extension Content {
    /// Whether it refers to something that somebody has uploaded.
    var isMedia: Bool {
        switch value {
        case .image, .audio, .video, .file: true
        case .text, .custom, .location, .card: false
        }
    }
}
