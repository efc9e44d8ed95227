internal import TokenIM

extension TranscriptVerb {
    /// Groups and their members.
    static let groups: [TranscriptVerb] = [
        TranscriptVerb(
            "group", "GROUP owner= [members=] [name=] [avatar=] [attributes=] [by=] [key=]", "creates a group",
            part: { transaction, command in
                let receipt = try transaction.createGroup(
                    try command.group(), try command.profile, owner: try command.user("owner"),
                    members: try command.users("members"), key: try command.key)
                return receipt.isDuplicate ? [TranscriptNotation.unchanged(receipt)] : []
            },
            { stage, command in
                let profile = try command.profile
                let receipt = try await stage.groups(command).create(
                    try command.group(), name: profile.name, avatar: profile.avatar, attributes: profile.attributes,
                    owner: try command.user("owner"), members: try command.users("members"), key: try command.key)
                return try stage.check(receipt)
            }),
        TranscriptVerb(
            "update-group", "GROUP [name=] [avatar=] [attributes=] [by=] [key=]", "replaces a group's profile"
        ) { stage, command in
            let receipt = try await stage.groups(command).update(
                try command.group(), try command.profile, key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb(
            "add", "GROUP USERS… [by=] [key=]", "adds members",
            part: { transaction, command in
                try transaction.add(try command.users(), to: try command.group(), key: try command.key)
                return []
            },
            { stage, command in
                let receipt = try await stage.groups(command).add(
                    try command.users(), to: try command.group(), key: try command.key)
                return try stage.check(receipt)
            }),
        TranscriptVerb(
            "remove", "GROUP USER [by=] [key=]", "removes a member",
            part: { transaction, command in
                try transaction.remove(try command.user(), from: try command.group(), key: try command.key)
                return []
            },
            { stage, command in
                let receipt = try await stage.groups(command).remove(
                    try command.user(), from: try command.group(), key: try command.key)
                return try stage.check(receipt)
            }),
        TranscriptVerb("leave", "GROUP USER [by=] [key=]", "lets a member leave") { stage, command in
            let receipt = try await stage.groups(command).leave(
                try command.user(), try command.group(), key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb("role", "GROUP USER ROLE [by=] [key=]", "gives a role: member or admin") { stage, command in
            let receipt = try await stage.groups(command).setRole(
                try command.role, of: try command.user(), in: try command.group(), key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb("transfer", "GROUP USER [by=] [key=]", "makes another the owner") { stage, command in
            let receipt = try await stage.groups(command).transfer(
                try command.group(), to: try command.user(), key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb("dissolve", "GROUP [by=] [key=]", "dissolves a group") { stage, command in
            try stage.check(try await stage.groups(command).dissolve(try command.group(), key: try command.key))
        },
        TranscriptVerb("show-group", "GROUP [by=]", "a group as one sees it") { stage, command in
            guard let group = try stage.groups(command).get(try command.group()) else { return ["nothing"] }
            return [TranscriptNotation.describe(group)]
        },
        TranscriptVerb("members", "GROUP [after=] [limit=] [by=]", "the members of a group") { stage, command in
            let members = try stage.groups(command).members(
                of: try command.group(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return members.map { "\($0.user) \($0.role) from \($0.joinedSequence)" }.orNothing
        },
        TranscriptVerb("groups", "USER [by=]", "the groups of a user") { stage, command in
            try stage.groups(command).list(of: try command.user()).map(TranscriptNotation.describe).orNothing
        },
    ]
}

extension TranscriptCommand {
    fileprivate var role: Role {
        get throws {
            let name = try text("ROLE")
            guard let role = [Role.member, .admin, .owner].first(where: { $0.description == name }) else {
                throw failure("there is no role \(name)")
            }
            return role
        }
    }
}

extension TranscriptNotation {
    static func describe(_ group: Group) -> String {
        var words = ["#\(group.id)", "owner=\(group.owner)", "members=\(group.memberCount)"]
        if group.isDissolved { words.append("dissolved") }
        return (words + describe(group.profile)).joined(separator: " ")
    }
}
