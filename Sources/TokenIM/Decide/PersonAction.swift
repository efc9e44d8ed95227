/// What is asked about a user and its devices, beside its profile and its status. Where it names no user, it is the one
/// who asks.
enum PersonAction: Sendable {
    case block(UserID, isOn: Bool)
    /// Puts somebody into the address book, or changes its alias.
    case setContact(UserID, alias: String?)
    case removeContact(UserID)
    case setPermissions(Permissions, of: UserID)
    case setCustomStatus(CustomStatus?)
    case setHidden(Bool)
    case setDevice(DeviceID, of: UserID, DeviceDetails)
    case removeDevice(DeviceID, of: UserID)
    /// From the engine itself: when users were connected last.
    case noteSeen([UserSeen])
    /// One step of erasing what a deleted user wrote: in its personal conversation, or everywhere.
    case eraseContent(of: UserID, isEverywhere: Bool)

    /// The user that it is about, when it names one that may be another than the one who asks.
    var subject: UserID? {
        switch self {
        case .setPermissions(_, let user), .setDevice(_, let user, _), .removeDevice(_, let user),
            .eraseContent(let user, _):
            user
        default: nil
        }
    }

    /// Whether it makes room, so that it is allowed when the store is nearly full.
    var makesRoom: Bool {
        switch self {
        case .removeDevice, .eraseContent, .removeContact: true
        default: false
        }
    }

    /// Stored as the idempotency digest, so it never changes its meaning.
    func combine(into digest: inout Digest) {
        switch self {
        case .block(let user, let isOn):
            digest.combine(1)
            digest.combine(user.rawValue)
            digest.combine(isOn ? 1 : 0)
        case .setContact(let user, let alias):
            digest.combine(2)
            digest.combine(user.rawValue)
            digest.combine(alias ?? "")
        case .removeContact(let user):
            digest.combine(3)
            digest.combine(user.rawValue)
        case .setPermissions(let permissions, let user):
            digest.combine(4)
            digest.combine(UInt64(permissions.rawValue))
            digest.combine(user.rawValue)
        case .setCustomStatus(let status):
            digest.combine(5)
            digest.combine(status?.text ?? "")
            digest.combine(status?.until)
        case .setHidden(let isHidden):
            digest.combine(6)
            digest.combine(isHidden ? 1 : 0)
        case .setDevice(let device, let user, let details):
            digest.combine(7)
            digest.combine(device.rawValue)
            digest.combine(user.rawValue)
            digest.combine(details.platform ?? "")
            digest.combine(details.pushToken ?? "")
        case .removeDevice(let device, let user):
            digest.combine(8)
            digest.combine(device.rawValue)
            digest.combine(user.rawValue)
        case .noteSeen, .eraseContent:
            // From the engine itself, without a key.
            break
        }
    }

    func validate(_ limits: Limits) throws(IMError) {
        switch self {
        case .setContact(_, let alias):
            if let alias { try Self.require(alias, atMost: 128, "an alias") }
        case .setCustomStatus(let status):
            if let status { try Self.require(status.text, atMost: 256, "a status") }
        case .setDevice(_, _, let details): try details.validate()
        case .block, .removeContact, .setPermissions, .setHidden, .removeDevice, .noteSeen, .eraseContent: break
        }
    }

    private static func require(_ text: String, atMost limit: Int, _ what: String) throws(IMError) {
        guard (1...limit).contains(text.utf8.count) else {
            throw IMError(.malformedArgument, "\(what) of \(text.utf8.count) bytes; 1 to \(limit)")
        }
    }
}
