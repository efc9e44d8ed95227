extension Action {
    /// What can be refused without looking at any state. Runs on the caller's thread, before the command is accepted.
    func validate(_ limits: Limits) throws(IMError) {
        switch self {
        case .send(let message, let target): try message.validate(limits, to: target)
        case .forward(_, _, let target, let options): try options.validate(limits, to: target)
        case .edit(_, let conversation, let content, let mentions):
            try content.validate(limits)
            try mentions.validate(limits, isDirect: conversation.kind != .group)
        case .react(let reaction, _, _, _): try Self.validate(reaction: reaction)
        case .group(let action): try action.validate(limits)
        case .person(let action): try action.validate(limits)
        case .setting(let action): try action.validate(limits)
        case .createUser(_, let profile), .updateUser(_, let profile), .updateGroup(_, let profile):
            try Self.validate(profile, limits)
        case .createGroup(_, let profile, let owner, let members, _, _):
            try Self.validate(profile, limits)
            try Self.validate(members, limits)
            if members.contains(owner) {
                throw IMError(.malformedArgument, "user \(owner) is named as owner and as member")
            }
        case .addMembers(let users, _):
            if users.isEmpty { throw IMError(.malformedArgument, "no users to add") }
            try Self.validate(users, limits)
        case .setRole(let role, _, _):
            if role == .owner {
                throw IMError(.malformedArgument, "a group has one owner: use transfer")
            }
        case .addDevice(_, _, _, let details): try details.validate()
        case .markRead, .trim, .setUserStatus, .moveCursors, .acknowledge, .removeMember, .leaveGroup,
            .transferGroup, .dissolveGroup, .recall, .pin, .cancelScheduled, .due, .createConsumer, .changeConsumer,
            .deleteConsumer:
            break
        }
    }

    private static func validate(_ profile: Profile, _ limits: Limits) throws(IMError) {
        var count = (profile.name?.utf8.count ?? 0) + (profile.avatar?.utf8.count ?? 0)
        for (key, value) in profile.attributes { count += key.utf8.count + value.utf8.count + 2 }
        guard count <= limits.profileBytes else {
            throw IMError(.profileTooLarge, "a profile of \(count) bytes; the limit is \(limits.profileBytes)")
        }
    }

    private static func validate(reaction: String) throws(IMError) {
        guard (1...64).contains(reaction.utf8.count), reaction.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw IMError(.malformedArgument, "a reaction has 1 to 64 bytes of UTF-8 without control characters")
        }
    }

    private static func validate(_ users: [UserID], _ limits: Limits) throws(IMError) {
        guard users.count <= limits.membersPerCommand else {
            throw IMError(
                .requestTooLarge, "\(users.count) users in one command; the limit is \(limits.membersPerCommand)")
        }
        var seen: Set<UserID> = []
        for user in users where !seen.insert(user).inserted {
            throw IMError(.malformedArgument, "user \(user) is named twice")
        }
    }
}
