/// Who may do what in a group: one pure function.
enum Rights {
    enum GroupAction {
        case send
        case addMembers
        case removeMember
        case update
        case setRole
        case transfer
        case dissolve
    }

    /// How somebody stands to a group.
    enum Standing: Equatable {
        case host
        case member(Role)
        case outsider
    }

    enum Verdict: Equatable {
        case allowed
        /// Refused, naming the rule.
        case denied(String)
        /// Refused without giving away that the group exists.
        case hidden
    }

    /// - Parameter subject: the role of the member that it is done to, when there is one.
    static func verdict(_ action: GroupAction, by standing: Standing, on subject: Role? = nil) -> Verdict {
        guard case .member(let role) = standing else { return standing == .host ? .allowed : .hidden }
        switch action {
        case .send:
            return .allowed
        case .addMembers, .update:
            return role >= .admin ? .allowed : .denied("only admins and the owner may")
        case .removeMember:
            if role < .admin { return .denied("only admins and the owner may remove members") }
            return subject ?? .member < role ? .allowed : .denied("only those of a lower role may be removed")
        case .setRole, .transfer, .dissolve:
            return role == .owner ? .allowed : .denied("only the owner may")
        }
    }
}
