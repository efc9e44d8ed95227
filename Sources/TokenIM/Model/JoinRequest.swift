/// Somebody who asks to become a member of a group, or who was invited to. It waits for an answer until it expires.
public struct JoinRequest: Hashable, Sendable {
    public let group: GroupID
    /// The one who would become a member.
    public let user: UserID
    /// Whether the group asks the user, rather than the user the group.
    public let isInvitation: Bool
    /// Who asked: the user itself, or the one who invited it; nil when the host did.
    public let author: UserID?
    public let text: String
    public let timestamp: Timestamp
    public let expiresAt: Timestamp
}

/// What became of inviting one user.
public struct InvitationResult: Hashable, Sendable {
    public let user: UserID
    /// Why the user was not invited; nil when it was.
    ///
    /// `unknown-user`, `already-member`, `banned`; `already-exists` when it is invited already or asks to join;
    /// `limit-reached` beyond `Limits.requestsPerGroup`; a number of 6000 and above when the
    /// host's own policy said so.
    public let refusal: IMError.Code?
}
