/// Changes of groups. Whatever one may not see of a group looks like one that is not there: `not-found`. In a dissolved
/// group everything but leaving throws `not-allowed`.
extension Change {
    /// Creates a group or a channel. Its members see it from its first entry on.
    ///
    /// - Parameters:
    ///   - members: without the owner; at most `Limits.membersPerCommand`, add more later.
    ///   - policies: nil for what the kind begins with.
    /// - Throws: `already-exists`, `unknown-user`, `too-many-groups`, `group-full`, `request-too-large`,
    ///   `profile-too-large`, `malformed-argument` for a user who is named twice, `not-allowed` for a user who names
    ///   another as owner; what the host's own policy says.
    public static func createGroup(
        _ id: GroupID, _ profile: Profile = Profile(), owner: UserID, members: [UserID] = [],
        kind: Group.Kind = .group, policies: GroupPolicies? = nil
    ) -> Change {
        let policies = policies ?? .standard(for: kind)
        return Change(
            action: .createGroup(id, profile, owner: owner, members: members, kind, policies))
    }

    /// Replaces a group's profile. For those whom `GroupPolicies.editingInformation` allows it.
    ///
    /// - Throws: `not-found`, `not-allowed`, `profile-too-large`.
    public static func updateGroup(_ id: GroupID, _ profile: Profile) -> Change {
        Change(action: .updateGroup(id, profile))
    }

    /// Replaces a group's policies. For the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`.
    public static func setPolicies(_ policies: GroupPolicies, of id: GroupID) -> Change {
        Change(action: .group(.setPolicies(policies, of: id)))
    }

    /// Announces something to all members, now and to those who come later, until it is replaced; nil takes it down.
    /// For admins and the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`; `malformed-argument` for an empty text; `profile-too-large` for one of
    ///   more than `Limits.profileBytes`.
    public static func announce(_ text: String?, in id: GroupID) -> Change {
        Change(action: .group(.announce(text, id)))
    }

    /// Adds members at once; all, or none when one of them is refused. For admins and the owner, the owner alone where
    /// `GroupPolicies.inviting` says so.
    ///
    /// - Throws: `not-found`, `not-allowed`, `unknown-user`, `already-member`, `banned`, `group-full`,
    ///   `too-many-groups`, `request-too-large`, `malformed-argument`; what the host's own policy says.
    public static func addMembers(_ users: [UserID], to id: GroupID) -> Change {
        Change(action: .addMembers(users, to: id))
    }

    /// Removes a member, who learns of it through the personal conversation. Admins remove members, the owner also
    /// admins.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`.
    public static func removeMember(_ user: UserID, from id: GroupID) -> Change {
        Change(action: .removeMember(user, from: id))
    }

    /// Lets a member leave: users themselves only. The owner transfers the group first.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`.
    public static func leaveGroup(_ id: GroupID, _ user: UserID) -> Change {
        Change(action: .leaveGroup(user, id))
    }

    /// Makes a member an admin, or an admin a member again. For the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`; `limit-reached` beyond `Limits.adminsPerGroup`;
    ///   `malformed-argument` for the role of the owner.
    public static func setRole(_ role: Role, of user: UserID, in id: GroupID) -> Change {
        Change(action: .setRole(role, of: user, in: id))
    }

    /// Makes another member the owner; the present one becomes an admin. For the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`; `limit-reached` beyond `Limits.adminsPerGroup`.
    public static func transferGroup(_ id: GroupID, to user: UserID) -> Change {
        Change(action: .transferGroup(id, to: user))
    }

    /// Dissolves a group: nobody can send to it or change it any more. Its history stays readable. For the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`.
    public static func dissolveGroup(_ id: GroupID) -> Change {
        Change(action: .dissolveGroup(id))
    }
}

/// Changes of members and those who are not to be members.
extension Change {
    /// Bans a user, who cannot become a member again, and removes it if it is one; or lifts the ban. Admins ban members
    /// and those who are none, the owner also admins.
    ///
    /// - Throws: `not-found`, `not-allowed`, `unknown-user`; `limit-reached` beyond `Limits.bansPerGroup`.
    public static func ban(_ user: UserID, from id: GroupID, isOn: Bool = true) -> Change {
        Change(action: .group(.ban(user, id, isOn: isOn)))
    }

    /// Keeps a member from speaking until a moment, `Timestamp.distantFuture` for as long as nobody changes it; nil
    /// lets it speak again. Leaving and coming back does not get around it. Admins mute members, the owner also admins.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`; `malformed-argument` for a moment that has passed.
    public static func mute(_ user: UserID, in id: GroupID, until moment: Timestamp?) -> Change {
        Change(action: .group(.mute(user, id, until: moment)))
    }

    /// Keeps all but the admins and the owner from speaking, or lets them speak again. For admins and the owner.
    ///
    /// - Throws: `not-found`, `not-allowed`.
    public static func muteAll(in id: GroupID, isOn: Bool = true) -> Change {
        Change(action: .group(.muteAll(id, isOn: isOn)))
    }

    /// Gives a member a name in this group: 1 to 128 bytes of UTF-8 without control characters; nil takes it away. For
    /// the member itself, and those of a higher role.
    ///
    /// - Throws: `not-found`, `not-allowed`, `not-member`, `malformed-argument`.
    public static func setNickname(_ nickname: String?, of user: UserID, in id: GroupID) -> Change {
        Change(action: .group(.setNickname(nickname, of: user, id)))
    }
}

/// Changes by which users become members.
extension Change {
    /// Becomes a member: of a group that anyone may join, or to which one is invited. The group shows a newcomer as
    /// much of what was before as `GroupPolicies.history` says; it is not delivered.
    ///
    /// - Throws: `not-found` when one has to be invited and is not; `not-allowed` when one has to ask; `banned`,
    ///   `already-member`, `group-full`, `too-many-groups`; what the host's own policy says.
    public static func joinGroup(_ id: GroupID) -> Change {
        Change(action: .group(.join(id)))
    }

    /// Asks to become a member, which the admins and the owner learn of. Asking again with other words replaces the
    /// request; it lapses after `Limits.requestExpiry`.
    ///
    /// - Parameter text: at most `Limits.requestBytes`.
    /// - Throws: `not-found` for a group that only the invited may join; `not-allowed` for one that anyone may, or when
    ///   one is invited; `banned`, `already-member`; `limit-reached` beyond `Limits.requestsPerGroup`;
    ///   `request-too-large`; what the host's own policy says.
    public static func requestToJoin(_ id: GroupID, text: String = "") -> Change {
        Change(action: .group(.request(id, text: text)))
    }

    /// Takes one's request to join back.
    ///
    /// - Throws: `not-found` when none waits.
    public static func withdrawRequest(to id: GroupID) -> Change {
        Change(action: .group(.withdrawRequest(id)))
    }

    /// Approves a request, which makes the user a member, or rejects it. For admins and the owner, the owner alone
    /// where `GroupPolicies.inviting` says so.
    ///
    /// - Throws: `not-found` when none waits; `not-allowed`, `unknown-user`, `group-full`, `too-many-groups`; what the
    ///   host's own policy says.
    public static func answerRequest(of user: UserID, to id: GroupID, isApproved: Bool) -> Change {
        Change(action: .group(.answerRequest(of: user, id, isApproved: isApproved)))
    }

    /// Invites users. For those whom `GroupPolicies.inviting` allows it: who accepts becomes a member without having to
    /// ask. Those who cannot be invited are left out; ``Groups/invite(_:to:text:key:)`` says who and why.
    ///
    /// - Parameters:
    ///   - users: at most `Limits.invitationsPerCommand`.
    ///   - text: at most `Limits.requestBytes`.
    /// - Throws: `not-found`, `not-allowed`, `request-too-large`, `malformed-argument` for a user who is named twice;
    ///   when nobody can be invited, why the first cannot: `unknown-user`, `already-member`, `banned`,
    ///   `already-exists`, `limit-reached`, or what the host's own policy says.
    public static func invite(_ users: [UserID], to id: GroupID, text: String = "") -> Change {
        Change(action: .group(.invite(users, id, text: text)))
    }

    /// Takes an invitation back. For the one who made it, and those who may answer requests.
    ///
    /// - Throws: `not-found` when none waits; `not-allowed`.
    public static func withdrawInvitation(of user: UserID, to id: GroupID) -> Change {
        Change(action: .group(.withdrawInvitation(of: user, id)))
    }

    /// Accepts an invitation, which makes one a member, or declines it, which the one who invited learns of.
    ///
    /// - Throws: `not-found` when none waits; when accepting as ``joinGroup(_:)``.
    public static func answerInvitation(to id: GroupID, isAccepted: Bool) -> Change {
        Change(action: .group(.answerInvitation(id, isAccepted: isAccepted)))
    }
}
