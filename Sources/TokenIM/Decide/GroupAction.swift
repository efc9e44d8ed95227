/// What is asked of a group, beside its members and its profile.
enum GroupAction: Sendable {
    case setPolicies(GroupPolicies, of: GroupID)
    case join(GroupID)
    case request(GroupID, text: String)
    case withdrawRequest(GroupID)
    case answerRequest(of: UserID, GroupID, isApproved: Bool)
    case invite([UserID], GroupID, text: String)
    case withdrawInvitation(of: UserID, GroupID)
    case answerInvitation(GroupID, isAccepted: Bool)
    case ban(UserID, GroupID, isOn: Bool)
    /// Until a moment; nil lets the member speak again.
    case mute(UserID, GroupID, until: Timestamp?)
    case muteAll(GroupID, isOn: Bool)
    case setNickname(String?, of: UserID, GroupID)
    case announce(String?, GroupID)

    var group: GroupID {
        switch self {
        case .setPolicies(_, let id), .join(let id), .request(let id, _), .withdrawRequest(let id),
            .answerRequest(_, let id, _), .invite(_, let id, _), .withdrawInvitation(_, let id),
            .answerInvitation(let id, _), .ban(_, let id, _), .mute(_, let id, _), .muteAll(let id, _),
            .setNickname(_, _, let id), .announce(_, let id):
            id
        }
    }

    /// The conversation of the entry that answers, when the one who asks is a user, or the host.
    func conversation(of user: UserID?) -> Conversation {
        switch self {
        case .answerRequest(let subject, _, isApproved: false), .withdrawInvitation(let subject, _):
            .personal(user ?? subject)
        case .request, .withdrawRequest, .answerInvitation(_, isAccepted: false):
            // The host has no requests and no invitations: without a user it comes to a refusal.
            .personal(user ?? UserID(trusted: ""))
        default: .group(group)
        }
    }

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        func begin(_ tag: UInt64, _ id: GroupID) {
            digest.combine(tag)
            digest.combine(id.rawValue)
        }
        switch self {
        case .setPolicies(let policies, let id):
            begin(1, id)
            digest.combine(policies)
        case .join(let id): begin(2, id)
        case .request(let id, let text):
            begin(3, id)
            digest.combine(text)
        case .withdrawRequest(let id): begin(4, id)
        case .answerRequest(let user, let id, let isApproved):
            begin(5, id)
            digest.combine(user.rawValue)
            digest.combine(isApproved ? 1 : 0)
        case .invite(let users, let id, let text):
            begin(6, id)
            digest.combine(users)
            digest.combine(text)
        case .withdrawInvitation(let user, let id):
            begin(7, id)
            digest.combine(user.rawValue)
        case .answerInvitation(let id, let isAccepted):
            begin(8, id)
            digest.combine(isAccepted ? 1 : 0)
        case .ban(let user, let id, let isOn):
            begin(9, id)
            digest.combine(user.rawValue)
            digest.combine(isOn ? 1 : 0)
        case .mute(let user, let id, let until):
            begin(10, id)
            digest.combine(user.rawValue)
            digest.combine(until)
        case .muteAll(let id, let isOn):
            begin(11, id)
            digest.combine(isOn ? 1 : 0)
        case .setNickname(let nickname, let user, let id):
            begin(12, id)
            digest.combine(user.rawValue)
            digest.combine(nickname == nil ? 0 : 1)
            digest.combine(nickname ?? "")
        case .announce(let text, let id):
            begin(13, id)
            digest.combine(text == nil ? 0 : 1)
            digest.combine(text ?? "")
        }
    }

    func validate(_ limits: Limits) throws(IMError) {
        switch self {
        case .request(_, let text): try Self.validate(text, limits)
        case .invite(let users, _, let text):
            if users.isEmpty { throw IMError(.malformedArgument, "no users to invite") }
            guard users.count <= limits.invitationsPerCommand else {
                throw IMError(
                    .requestTooLarge,
                    "\(users.count) users in one invitation; the limit is \(limits.invitationsPerCommand)")
            }
            var seen: Set<UserID> = []
            for user in users where !seen.insert(user).inserted {
                throw IMError(.malformedArgument, "user \(user) is named twice")
            }
            try Self.validate(text, limits)
        case .setNickname(let nickname?, _, _):
            do throws(IMError) {
                _ = try Identifier<Member>(nickname)
            } catch {
                throw IMError(.malformedArgument, "a nickname: \(error.message)")
            }
        case .announce(let text?, _):
            if text.isEmpty { throw IMError(.malformedArgument, "an announcement needs at least one byte") }
            guard text.utf8.count <= limits.profileBytes else {
                throw IMError(
                    .profileTooLarge,
                    "an announcement of \(text.utf8.count) bytes; the limit is \(limits.profileBytes)")
            }
        default: break
        }
    }

    private static func validate(_ text: String, _ limits: Limits) throws(IMError) {
        guard text.utf8.count <= limits.requestBytes else {
            throw IMError(
                .requestTooLarge, "a request's text of \(text.utf8.count) bytes; the limit is \(limits.requestBytes)")
        }
    }
}

extension Digest {
    mutating func combine(_ policies: GroupPolicies) {
        combine(UInt64(policies.joining.rawValue))
        for level in policies.levels { combine(UInt64(level.rawValue)) }
        combine(policies.history.count)
        combine(policies.hasReadReceipts ? 1 : 0)
    }
}
