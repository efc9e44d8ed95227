import TokenIMLMDB

/// What changed about a group, beside its members and its profile. Kinds are never renumbered.
enum GroupChange: Equatable {
    case policies(GroupPolicies)
    /// Until a moment; nil lets the member speak again.
    case memberMuted(UserNumber, until: Timestamp?)
    case allMuted(Bool)
    case banChanged(UserNumber, isOn: Bool)
    case nicknameChanged(UserNumber, String?)
    case announced(String?)
    /// In the group: who was invited; and when not all could be, the number of the code that refused each of those who
    /// were named, or 0.
    case invited([UserNumber], text: String, until: Timestamp, refusals: [UInt32])
    /// In the personal conversation of the one who is invited.
    case invitation(ConversationNumber, text: String, until: Timestamp)
    /// In the personal conversation of the one who asks to join, and in those of the ones who may approve.
    case requested(ConversationNumber, UserNumber, text: String, until: Timestamp)
    /// In the personal conversation of the one who asked or was invited, and in those of others who have to know.
    case requestEnded(ConversationNumber, UserNumber, RequestOutcome)

    private enum Kind: UInt8 {
        case policies = 1
        case memberMuted = 2
        case allMuted = 3
        case banChanged = 4
        case nicknameChanged = 5
        case announced = 6
        case invited = 7
        case invitation = 8
        case requested = 9
        case requestEnded = 10
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .policies(let policies):
            writer.uint8(Kind.policies.rawValue)
            policies.encode(into: &writer)
        case .memberMuted(let user, let until):
            writer.uint8(Kind.memberMuted.rawValue)
            writer.varint(UInt64(user))
            writer.uint8(until == nil ? 0 : 1)
            if let until { writer.timestamp(until) }
        case .allMuted(let isOn):
            writer.uint8(Kind.allMuted.rawValue)
            writer.uint8(isOn ? 1 : 0)
        case .banChanged(let user, let isOn):
            writer.uint8(Kind.banChanged.rawValue)
            writer.varint(UInt64(user))
            writer.uint8(isOn ? 1 : 0)
        case .nicknameChanged(let user, let nickname):
            writer.uint8(Kind.nicknameChanged.rawValue)
            writer.varint(UInt64(user))
            writer.optionalString(nickname)
        case .announced(let text):
            writer.uint8(Kind.announced.rawValue)
            writer.optionalString(text)
        case .invited, .invitation, .requested, .requestEnded: encodeJoining(into: &writer)
        }
    }

    private func encodeJoining(into writer: inout ByteWriter) {
        switch self {
        case .invited(let users, let text, let until, let refusals):
            writer.uint8(Kind.invited.rawValue)
            writer.numbers(users)
            writer.string(text)
            writer.timestamp(until)
            writer.numbers(refusals)
        case .invitation(let group, let text, let until):
            writer.uint8(Kind.invitation.rawValue)
            writer.uint64(group.rawValue)
            writer.string(text)
            writer.timestamp(until)
        case .requested(let group, let user, let text, let until):
            writer.uint8(Kind.requested.rawValue)
            writer.uint64(group.rawValue)
            writer.varint(UInt64(user))
            writer.string(text)
            writer.timestamp(until)
        case .requestEnded(let group, let user, let outcome):
            writer.uint8(Kind.requestEnded.rawValue)
            writer.uint64(group.rawValue)
            writer.varint(UInt64(user))
            writer.uint8(outcome.rawValue)
        default: break
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        switch Kind(rawValue: raw) {
        case .policies: self = .policies(try GroupPolicies(reading: &reader))
        case .memberMuted:
            let user = try reader.number()
            self = .memberMuted(user, until: try reader.flag() ? try reader.timestamp() : nil)
        case .allMuted: self = .allMuted(try reader.flag())
        case .banChanged:
            let user = try reader.number()
            self = .banChanged(user, isOn: try reader.flag())
        case .nicknameChanged:
            let user = try reader.number()
            self = .nicknameChanged(user, try reader.optionalString())
        case .announced: self = .announced(try reader.optionalString())
        case .invited:
            let (users, text, until) = (try reader.numbers(), try reader.string(), try reader.timestamp())
            self = .invited(users, text: text, until: until, refusals: try reader.numbers())
        case .invitation:
            let (group, text) = (ConversationNumber(rawValue: try reader.uint64()), try reader.string())
            self = .invitation(group, text: text, until: try reader.timestamp())
        case .requested:
            let (group, user) = (ConversationNumber(rawValue: try reader.uint64()), try reader.number())
            let text = try reader.string()
            self = .requested(group, user, text: text, until: try reader.timestamp())
        case .requestEnded:
            let (group, user) = (ConversationNumber(rawValue: try reader.uint64()), try reader.number())
            self = .requestEnded(group, user, RequestOutcome(rawValue: try reader.uint8()))
        case nil: throw IMError(.unreadableStore, "a group's change of unknown kind \(raw)")
        }
    }
}

/// How a request to join or an invitation ended.
struct RequestOutcome: Equatable {
    let rawValue: UInt8

    static let approved = RequestOutcome(rawValue: 1)
    static let rejected = RequestOutcome(rawValue: 2)
    static let withdrawn = RequestOutcome(rawValue: 3)
    static let accepted = RequestOutcome(rawValue: 4)
    static let declined = RequestOutcome(rawValue: 5)
    static let expired = RequestOutcome(rawValue: 6)

    var name: String {
        switch self {
        case .approved: "approved"
        case .rejected: "rejected"
        case .withdrawn: "withdrawn"
        case .accepted: "accepted"
        case .declined: "declined"
        default: "expired"
        }
    }
}

extension GroupPolicies {
    /// In the order in which they are stored.
    var levels: [Level] { [inviting, posting, editingInformation, mentioningAll, pinning] }

    func encode(into writer: inout ByteWriter) {
        writer.uint8(joining.rawValue)
        for level in levels { writer.uint8(level.rawValue) }
        writer.varint(history.count)
        writer.uint8(hasReadReceipts ? 1 : 0)
    }

    init(reading reader: inout ByteReader) throws {
        joining = Joining(rawValue: try reader.uint8())
        inviting = Level(rawValue: try reader.uint8())
        posting = Level(rawValue: try reader.uint8())
        editingInformation = Level(rawValue: try reader.uint8())
        mentioningAll = Level(rawValue: try reader.uint8())
        pinning = Level(rawValue: try reader.uint8())
        history = History(count: try reader.varint())
        hasReadReceipts = try reader.flag()
    }
}
