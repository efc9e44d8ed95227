internal import TokenIM

extension TranscriptVerb {
    /// Users.
    static let users: [TranscriptVerb] = [
        TranscriptVerb("users", "USERS…", "creates users") { stage, command in
            var output: [String] = []
            for user in try command.users() { output += try stage.check(try await stage.engine.users.create(user)) }
            return output
        },
        TranscriptVerb(
            "user", "USER [name=] [avatar=] [attributes=] [key=]", "creates a user",
            part: { transaction, command in
                let receipt = try transaction.createUser(try command.user(), try command.profile, key: try command.key)
                return receipt.isDuplicate ? [TranscriptNotation.unchanged(receipt)] : []
            },
            { stage, command in
                let profile = try command.profile
                let receipt = try await stage.engine.users.create(
                    try command.user(), name: profile.name, avatar: profile.avatar, attributes: profile.attributes,
                    key: try command.key)
                return try stage.check(receipt)
            }),
        TranscriptVerb(
            "update-user", "USER [name=] [avatar=] [attributes=] [key=]", "replaces a profile"
        ) { stage, command in
            try stage.check(
                try await stage.engine.users.update(try command.user(), try command.profile, key: try command.key))
        },
        TranscriptVerb("suspend", "USER [key=]", "suspends a user") { stage, command in
            try stage.check(try await stage.engine.users.suspend(try command.user(), key: try command.key))
        },
        TranscriptVerb("reinstate", "USER [key=]", "lifts a suspension") { stage, command in
            try stage.check(try await stage.engine.users.reinstate(try command.user(), key: try command.key))
        },
        TranscriptVerb(
            "delete-user", "USER [with-messages] [key=]", "deletes a user, on request with what it sent"
        ) { stage, command in
            let receipt = try await stage.engine.users.delete(
                try command.user(), erasesMessages: command.has("with-messages"), key: try command.key)
            return try stage.check(receipt)
        },
        TranscriptVerb("show-user", "USER", "a user as the host sees it") { stage, command in
            guard let user = try stage.engine.users.get(try command.user()) else { return ["nothing"] }
            return [TranscriptNotation.describe(user)]
        },
        TranscriptVerb("list-users", "[after=] [limit=]", "users in order of their names") { stage, command in
            let after = try command.optional("after").map { try UserID($0) }
            let users = try stage.engine.users.list(after: after, limit: try command.count("limit"))
            return users.map(TranscriptNotation.describe).orNothing
        },
    ]
}

extension TranscriptNotation {
    static func describe(_ user: User) -> String {
        let permissions = user.permissions == .all ? [] : ["permissions=\(quote(user.permissions.description))"]
        return ([user.id.rawValue, user.status.description] + permissions + describe(user.profile))
            .joined(separator: " ")
    }
}

extension TranscriptVerb {
    /// What users say about themselves and each other, and the host about them.
    static let people: [TranscriptVerb] = [
        .change("block", "WHO USER [off]", "blocks a user, or no longer does") {
            .block(try $0.user(), isOn: !$0.has("off"))
        },
        TranscriptVerb("blocked", "USER [after=] [limit=]", "those whom a user blocks") { stage, command in
            let users = try stage.engine.users.blocked(
                by: try command.user(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return users.map(\.rawValue).orNothing
        },
        .change("contact", "WHO USER [alias=]", "puts a user into one's address book") {
            .setContact(try $0.user(), alias: $0.optional("alias"))
        },
        .change("remove-contact", "WHO USER", "takes a user out of one's address book") {
            .removeContact(try $0.user())
        },
        TranscriptVerb("contacts", "USER [after=] [limit=]", "a user's address book") { stage, command in
            let contacts = try stage.engine.users.contacts(
                of: try command.user(), after: try command.optional("after").map { try UserID($0) },
                limit: try command.count("limit"))
            return contacts.map { contact in
                "\(contact.user)" + (contact.alias.map { " \(TranscriptNotation.quote($0))" } ?? "")
            }.orNothing
        },
        .change("permissions", "USER PERMISSIONS [by=]", "says what a user may do: a list, all or none") {
            .setPermissions(try $0.permissions, of: try $0.user())
        },
        .change("status", "WHO [TEXT] [until=]", "says something about oneself, or nothing any more") { command in
            let until = try command.moment("until")
            return .setCustomStatus(command.optional("TEXT").map { CustomStatus($0, until: until) })
        },
        .change("hide", "WHO [off]", "makes one look offline to others") { .setHidden(!$0.has("off")) },
    ]
}

extension TranscriptCommand {
    fileprivate var permissions: Permissions {
        get throws {
            let named: [String: Permissions] = [
                "send": .send, "create-group": .createGroup, "join": .join, "invite": .invite, "upload": .upload,
                "all": .all, "none": [],
            ]
            return try list("PERMISSIONS").reduce(into: Permissions()) { permissions, name in
                guard let permission = named[name] else { throw failure("there is no permission \(name)") }
                permissions.formUnion(permission)
            }
        }
    }
}
