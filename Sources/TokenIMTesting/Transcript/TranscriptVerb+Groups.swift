internal import TokenIM

extension TranscriptVerb {
    /// Groups, their members, and those who want to be members.
    static let groups: [TranscriptVerb] = groupChanges + memberChanges + joining + groupReadings

    private static let groupChanges: [TranscriptVerb] = [
        .change(
            "group",
            "GROUP owner= [members=] [channel] \(TranscriptCommand.policiesUsage) [name=] [avatar=] [attributes=] "
                + "[by=]",
            "creates a group or a channel"
        ) { command in
            .createGroup(
                try command.group(), try command.profile, owner: try command.user("owner"),
                members: try command.users("members"), kind: command.has("channel") ? .channel : .group,
                policies: command.saysPolicies ? try command.policies : nil)
        },
        .change("update-group", "GROUP [name=] [avatar=] [attributes=] [by=]", "replaces a group's profile") {
            .updateGroup(try $0.group(), try $0.profile)
        },
        .change(
            "policies", "GROUP [channel] \(TranscriptCommand.policiesUsage) [by=]",
            "sets who may do what; what is not said is as a group, or a channel, begins with"
        ) {
            .setPolicies(try $0.policies, of: try $0.group())
        },
        .change("announce", "GROUP [TEXT] [by=]", "announces something, or nothing any more") {
            .announce($0.optional("TEXT"), in: try $0.group())
        },
        .change("transfer", "GROUP USER [by=]", "makes another the owner") {
            .transferGroup(try $0.group(), to: try $0.user())
        },
        .change("dissolve", "GROUP [by=]", "dissolves a group") { .dissolveGroup(try $0.group()) },
        .change("mute-all", "GROUP [off] [by=]", "keeps all but the admins and the owner from speaking") {
            .muteAll(in: try $0.group(), isOn: !$0.has("off"))
        },
    ]

    private static let memberChanges: [TranscriptVerb] = [
        .change("add", "GROUP USERS… [by=]", "adds members") {
            .addMembers(try $0.users(), to: try $0.group())
        },
        .change("remove", "GROUP USER [by=]", "removes a member") {
            .removeMember(try $0.user(), from: try $0.group())
        },
        .change("leave", "GROUP USER [by=]", "lets a member leave") {
            .leaveGroup(try $0.group(), try $0.user())
        },
        .change("role", "GROUP USER ROLE [by=]", "gives a role: member or admin") {
            .setRole(try $0.role, of: try $0.user(), in: try $0.group())
        },
        .change("ban", "GROUP USER [off] [by=]", "keeps a user out of a group") {
            .ban(try $0.user(), from: try $0.group(), isOn: !$0.has("off"))
        },
        .change("mute", "GROUP USER [until=] [off] [by=]", "keeps a member from speaking") {
            .mute(
                try $0.user(), in: try $0.group(),
                until: $0.has("off") ? nil : try $0.moment("until") ?? .distantFuture)
        },
        .change("nickname", "GROUP USER [TEXT] [by=]", "gives a member a name in a group, or takes it away") {
            .setNickname($0.optional("TEXT"), of: try $0.user(), in: try $0.group())
        },
    ]

    private static let joining: [TranscriptVerb] = [
        .change("join", "WHO GROUP", "becomes a member") { .joinGroup(try $0.group()) },
        .change("request", "WHO GROUP [TEXT]", "asks to become a member") {
            .requestToJoin(try $0.group(), text: $0.optional("TEXT") ?? "")
        },
        .change("withdraw-request", "WHO GROUP", "takes one's request back") { .withdrawRequest(to: try $0.group()) },
        .change("answer-request", "GROUP USER ANSWER [by=]", "answers a request: approve or reject") {
            .answerRequest(
                of: try $0.user(), to: try $0.group(), isApproved: try $0.answer(yes: "approve", no: "reject"))
        },
        TranscriptVerb(
            "invite", "GROUP USERS [TEXT] [by=] [key=]", "invites users",
            change: { command in
                .invite(try command.users(), to: try command.group(), text: command.optional("TEXT") ?? "")
            }, part: nil,
            { stage, command in
                let results = try await stage.groups(command).invite(
                    try command.users(), to: try command.group(), text: command.optional("TEXT") ?? "",
                    key: try command.key)
                return results.compactMap { result in
                    result.refusal.map { "\(result.user): error: \($0.name) (\($0.number))" }
                }
            }),
        .change("withdraw-invitation", "GROUP USER [by=]", "takes an invitation back") {
            .withdrawInvitation(of: try $0.user(), to: try $0.group())
        },
        .change("answer-invitation", "WHO GROUP ANSWER", "answers an invitation: accept or decline") {
            .answerInvitation(to: try $0.group(), isAccepted: try $0.answer(yes: "accept", no: "decline"))
        },
    ]

    private static let groupReadings: [TranscriptVerb] = [
        TranscriptVerb("show-group", "GROUP [by=]", "a group as one sees it") { stage, command in
            guard let group = try stage.groups(command).get(try command.group()) else { return ["nothing"] }
            return [try stage.notation.describe(group)]
        },
        TranscriptVerb("groups", "USER [by=]", "the groups of a user") { stage, command in
            try stage.groups(command).list(of: try command.user()).map(try stage.notation.describe).orNothing
        },
        TranscriptVerb("members", "GROUP [after=] [limit=] [by=]", "the members of a group") { stage, command in
            let members = try stage.groups(command).members(
                of: try command.group(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return members.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb(
            "member-changes", "GROUP [since=] [limit=] [by=]", "whose place changed since the last time, or a position"
        ) { stage, command in
            let group = try command.group()
            let since = try command.number("since") ?? stage.memberPositions[group] ?? 0
            let changes = try stage.groups(command).memberChanges(
                of: group, since: since, limit: try command.count("limit"))
            stage.memberPositions[group] = changes.next
            let notation = try stage.notation
            let lines = changes.changes.map { change in
                change.member.map(notation.describe) ?? "\(change.user) is gone"
            }
            return (lines + (changes.isComplete ? [] : ["and more"])).orNothing
        },
        TranscriptVerb("bans", "GROUP [after=] [limit=] [by=]", "those who may not be members") { stage, command in
            let bans = try stage.groups(command).bans(
                of: try command.group(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return bans.map { "\($0.user) by \($0.author?.rawValue ?? "host")" }.orNothing
        },
        TranscriptVerb(
            "requests-to", "GROUP [after=] [limit=] [by=]", "the requests and invitations of a group that wait"
        ) { stage, command in
            let requests = try stage.groups(command).joinRequests(
                to: try command.group(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return requests.map(try stage.notation.describe).orNothing
        },
        TranscriptVerb(
            "requests-of", "USER [after=] [limit=] [by=]", "the requests and invitations of a user that wait"
        ) { stage, command in
            let requests = try stage.groups(command).joinRequests(
                of: try command.user(), after: try command.has("after") ? command.group("after") : nil,
                limit: try command.count("limit"))
            return requests.map(try stage.notation.describe).orNothing
        },
    ]
}

extension TranscriptCommand {
    fileprivate static let policiesUsage =
        "[joining=] [inviting=] [posting=] [editing=] [mentioning-all=] [pinning=] [newcomers-see=] [receipts=]"

    fileprivate var saysPolicies: Bool {
        names.contains { Self.policiesUsage.split(separator: " ").contains("[\($0)=]") }
    }

    fileprivate var role: Role {
        get throws { try one(of: [.member, .admin, .owner], "ROLE") ?? .member }
    }

    fileprivate var policies: GroupPolicies {
        get throws {
            typealias Level = GroupPolicies.Level
            let levels: [Level] = [.all, .admins, .owner]
            var policies: GroupPolicies = has("channel") ? .channel : GroupPolicies()
            policies.joining = try one(of: [.anyone, .onApproval, .invitedOnly], "joining") ?? policies.joining
            policies.inviting = try one(of: levels, "inviting") ?? policies.inviting
            policies.posting = try one(of: levels, "posting") ?? policies.posting
            policies.editingInformation = try one(of: levels, "editing") ?? policies.editingInformation
            policies.mentioningAll = try one(of: levels, "mentioning-all") ?? policies.mentioningAll
            policies.pinning = try one(of: levels, "pinning") ?? policies.pinning
            switch optional("newcomers-see") {
            case nil: break
            case "all": policies.history = .all
            case "nothing": policies.history = .none
            default: policies.history = .last(try count("newcomers-see") ?? 0)
            }
            if has("receipts") { policies.hasReadReceipts = try text("receipts") == "on" }
            return policies
        }
    }

    /// One of some values, by its description.
    private func one<Value: CustomStringConvertible>(of values: [Value], _ label: String) throws -> Value? {
        guard let name = optional(label) else { return nil }
        guard let value = values.first(where: { $0.description == name }) else {
            throw failure("\(label) is one of \(values.map(\.description).joined(separator: ", ")), not \(name)")
        }
        return value
    }

    fileprivate func answer(yes: String, no: String) throws -> Bool {
        let answer = try text("ANSWER")
        guard [yes, no].contains(answer) else { throw failure("an answer is \(yes) or \(no), not \(answer)") }
        return answer == yes
    }
}

extension TranscriptNotation {
    func describe(_ group: Group) -> String {
        var words = ["#\(group.id)", "owner=\(group.owner)", "members=\(group.memberCount)"]
        if group.kind != .group { words.append(group.kind.description) }
        if group.isDissolved { words.append("dissolved") }
        if group.isMuted { words.append("muted") }
        if let announcement = group.announcement {
            words.append("announces=\(Self.quote(announcement.text)) by \(announcement.author?.rawValue ?? "host")")
        }
        let usual = group.kind == .channel ? GroupPolicies.channel : GroupPolicies()
        words += differences(group.policies, from: usual)
        return (words + Self.describe(group.profile)).joined(separator: " ")
    }

    func describe(_ member: Member) -> String {
        var words = ["\(member.user) \(member.role) from \(member.joinedSequence)"]
        if member.historySequence != member.joinedSequence { words.append("sees from \(member.historySequence)") }
        if let nickname = member.nickname { words.append("called \(Self.quote(nickname))") }
        if let moment = member.mutedUntil { words.append("muted until \(describe(moment))") }
        return words.joined(separator: " ")
    }

    func describe(_ request: JoinRequest) -> String {
        let direction = request.isInvitation ? "is invited by \(request.author?.rawValue ?? "host") to" : "asks to join"
        let text = request.text.isEmpty ? "" : " \(Self.quote(request.text))"
        return "\(request.user) \(direction) #\(request.group) until \(describe(request.expiresAt))\(text)"
    }
}
