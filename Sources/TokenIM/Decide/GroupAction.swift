/// What is asked of a group, beside its members and its profile.
enum GroupAction: Sendable {
    case setPolicies(GroupPolicies, of: GroupID)

    var group: GroupID {
        switch self {
        case .setPolicies(_, let id): id
        }
    }

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        switch self {
        case .setPolicies(let policies, let id):
            digest.combine(1)
            digest.combine(id.rawValue)
            digest.combine(policies.history.count)
        }
    }

    func validate(_ limits: Limits) throws(IMError) {}
}
