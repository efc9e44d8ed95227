extension State {
    /// Refuses what somebody may not do in a group. Everything that happens in a group is judged here.
    ///
    /// - Parameters:
    ///   - author: the user who asks; 0 for the host.
    ///   - user: to whom it is done, to be named in a refusal.
    /// - Returns: the group.
    @discardableResult
    mutating func require(
        _ action: Rights.GroupAction, in number: ConversationNumber, by author: UserNumber,
        on subject: Rights.Subject = .nobody, to user: UserID? = nil
    ) throws -> GroupRecord {
        guard let record = try group(number) else {
            throw IMError(.broken, "group \(number.rawValue) has a number and no record")
        }
        var circumstances = Rights.Circumstances(
            kind: record.kind, policies: record.policies, isDissolved: record.isDissolved,
            areAllMuted: record.isMuted)
        let standing: Rights.Standing
        if author == 0 {
            standing = .host
        } else if let membership = try membership(of: author, in: number), membership.isMember {
            standing = .member(membership.role)
            circumstances.isMuted = membership.isMuted(at: now)
        } else {
            standing = try request(of: author, in: number, record)?.isInvitation == true ? .invited : .outsider
        }
        let rule = Rights.rule(action, by: standing, on: subject, in: circumstances)
        if rule.code == nil {
            self.rule = rule
            return record
        }
        throw IMError(rule, in: record.id, to: user)
    }

    /// Refuses what somebody may not do in a group of a name.
    mutating func require(
        _ action: Rights.GroupAction, in id: GroupID, by author: UserNumber, on subject: Rights.Subject = .nobody
    ) throws -> (ConversationNumber, GroupRecord) {
        guard let number = try groupNumber(id) else { throw unknownGroup(id) }
        return (number, try require(action, in: number, by: author, on: subject))
    }

    /// How somebody stands to a group, as the one to whom something is done.
    mutating func subject(
        _ user: UserNumber, in number: ConversationNumber, by author: UserNumber
    ) throws -> Rights.Subject {
        if let membership = try membership(of: user, in: number), membership.isMember {
            return user == author ? .itself : .member(membership.role)
        }
        guard let record = try group(number), record.banCount > 0 else { return .outsider }
        return try written.ban(of: user, in: number) == nil ? .outsider : .banned
    }

    func unknownGroup(_ id: GroupID) -> IMError {
        IMError(.noSuchGroup, in: id)
    }

    /// A request to join or an invitation that waits for its answer.
    func request(
        of user: UserNumber, in number: ConversationNumber, _ record: GroupRecord
    ) throws -> RequestRecord? {
        guard record.requestCount > 0, let request = try written.request(of: user, in: number), request.until > now
        else { return nil }
        return request
    }
}
