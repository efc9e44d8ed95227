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
        TranscriptVerb("delete-user", "USER [key=]", "deletes a user") { stage, command in
            try stage.check(try await stage.engine.users.delete(try command.user(), key: try command.key))
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
        ([user.id.rawValue, user.status.description] + describe(user.profile)).joined(separator: " ")
    }
}
