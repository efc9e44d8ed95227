/// Who has read a message, as far as one call looked.
public struct ReadersPage: Sendable {
    /// In the order in which they became users.
    public let readers: [UserID]
    /// Where the next call goes on; nil when all members have been looked at.
    public let next: UserID?
}

extension Snapshot {
    /// The members of a group who have read a message, other than its author, after a member. Who is no member any
    /// more is told of none.
    ///
    /// - Throws: `not-found` when the user may not see the message; `not-allowed` where the group has read receipts
    ///   off, and for the plain members of a channel; `malformed-argument` in a direct conversation;
    ///   `request-too-large`.
    /// - Cost: one row for each member that it looks at, at most `Limits.readersExamined`.
    public func readers(
        of sequence: SequenceNumber, in conversation: Conversation, for user: UserID, after last: UserID? = nil,
        limit: Int? = nil
    ) throws(IMError) -> ReadersPage {
        let limit = try limits.page(limit, default: 100)
        return try IMError.mapping { () throws -> ReadersPage in
            let number = try visibleMessage(sequence, in: conversation, for: user)
            guard number.kind == .group else {
                throw IMError(.malformedArgument, "of a direct conversation ask for the state of the message")
            }
            guard let group = try written.group(number), group.policies.hasReadReceipts else {
                throw IMError(.notAllowed, "\(conversation) has read receipts off")
            }
            let viewer = try userNumber(user)
            if try areMembersHidden(in: number, from: viewer) { throw IMError(.channelMembers, in: group.id) }
            if try departure(of: viewer, from: number) != nil { return ReadersPage(readers: [], next: nil) }
            guard let position = try position(of: sequence, in: number),
                let author = try written.entry(at: position)?.header.author
            else { throw IMError(.corrupt, "\(conversation) has no entry \(sequence)") }
            var readers: [UserID] = []
            var examined = 0
            var next: UserNumber?
            var lastExamined: UserNumber = 0
            let first = try last.map { try userNumber($0) } ?? 0
            try written.forEachMembership(in: number, after: first) { member, membership in
                guard readers.count < limit, examined < limits.readersExamined else {
                    next = lastExamined
                    return false
                }
                examined += 1
                lastExamined = member
                guard member != author, membership.isMember, membership.sees(sequence) else { return true }
                if try marker(of: member, in: number).sequence >= sequence { readers.append(try userID(member)) }
                return true
            }
            return ReadersPage(readers: readers, next: try next.map { try userID($0) })
        }
    }
}
