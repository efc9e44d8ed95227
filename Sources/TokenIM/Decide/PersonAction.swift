/// What is asked about a user and its devices, beside its profile and its status. The user is the one who asks.
enum PersonAction: Sendable {
    case block(UserID, isOn: Bool)

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        switch self {
        case .block(let user, let isOn):
            digest.combine(1)
            digest.combine(user.rawValue)
            digest.combine(isOn ? 1 : 0)
        }
    }

    func validate(_ limits: Limits) throws(IMError) {}
}
