extension State {
    mutating func decide(_ action: GroupAction, by author: UserNumber, on device: DeviceNumber) throws -> Decision {
        switch action {
        case .setPolicies(let policies, let id):
            let (number, record) = try require(.setPolicies, in: id, by: author)
            if record.policies == policies { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .group(.policies(policies)), in: number)
        case .ban(let user, let id, let isOn):
            return try decideBan(user, id, isOn: isOn, by: author, on: device)
        case .mute(let user, let id, let until):
            return try decideMute(user, id, until: until, by: author, on: device)
        case .muteAll(let id, let isOn):
            let (number, record) = try require(.muteAll, in: id, by: author)
            if record.isMuted == isOn { return Decision(unchanged: number, author: author) }
            return Decision(author: author, device: device, .group(.allMuted(isOn)), in: number)
        case .setNickname(let nickname, let user, let id):
            let (number, subject) = try permittedMember(.setNickname, user, id, by: author)
            if try membership(of: subject, in: number)?.nickname.isSame(as: nickname) == true {
                return Decision(unchanged: number, author: author)
            }
            return Decision(
                author: author, device: device, .group(.nicknameChanged(subject, nickname)), in: number)
        case .announce(let text, let id):
            let (number, _) = try require(.announce, in: id, by: author)
            if try written.announcement(of: number)?.text.isSame(as: text) ?? (text == nil) {
                return Decision(unchanged: number, author: author)
            }
            return Decision(author: author, device: device, .group(.announced(text)), in: number)
        case .join, .request, .withdrawRequest, .answerRequest, .invite, .withdrawInvitation, .answerInvitation:
            return try decideJoining(action, by: author, on: device)
        }
    }

    private mutating func decideMute(
        _ user: UserID, _ id: GroupID, until: Timestamp?, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        let (number, subject) = try permittedMember(.mute, user, id, by: author)
        if let until, until <= now { throw IMError(.malformedArgument, "a member is muted until a moment to come") }
        guard let membership = try membership(of: subject, in: number) else { throw unknownGroup(id) }
        if (membership.isMuted(at: now) ? membership.mutedUntil : nil) == until {
            return Decision(unchanged: number, author: author)
        }
        return Decision(author: author, device: device, .group(.memberMuted(subject, until: until)), in: number)
    }

    private mutating func decideBan(
        _ user: UserID, _ id: GroupID, isOn: Bool, by author: UserNumber, on device: DeviceNumber
    ) throws -> Decision {
        guard let number = try groupNumber(id) else { throw unknownGroup(id) }
        let found = try userNumber(user)
        let standing = try found.map { try subject($0, in: number, by: author) } ?? .outsider
        let record = try require(.ban, in: number, by: author, on: standing, to: user)
        guard let subject = found else { throw unknownUser(user) }
        if (standing == .banned) == isOn { return Decision(unchanged: number, author: author) }
        let event = Event.group(.banChanged(subject, isOn: isOn))
        guard isOn else { return Decision(author: author, device: device, event, in: number) }
        _ = try existingUser(user)
        guard record.banCount < UInt64(limits.bansPerGroup) else {
            throw IMError(.limitReached, "group \(id) has banned \(record.banCount) users: Limits.bansPerGroup")
        }
        guard standing.isMember else {
            var decision = Decision(author: author, device: device, event, in: number)
            if let request = try request(of: subject, in: number, record) {
                decision.others = endings(of: request, of: subject, in: number, record, .rejected)
            }
            return decision
        }
        var decision = Decision(author: author, device: device, .memberRemoved(subject), in: number)
        decision.others = [
            Decision.Draft(conversation: number, event: event),
            Decision.Draft(conversation: .personal(subject), event: .removedFromGroup(number)),
        ]
        return decision
    }
}

extension String? {
    /// Whether the bytes are: a change from one spelling of a letter to another is a change.
    fileprivate func isSame(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.utf8.elementsEqual(other.utf8)
    }
}

extension String {
    fileprivate func isSame(as other: String?) -> Bool {
        Optional(self).isSame(as: other)
    }
}
