/// A user inside the store: 1, 2, 3 … up to 2^31 - 1, never given twice. 0 stands for the host.
typealias UserNumber = UInt32

/// A device inside the store: 1, 2, 3 …, never given twice. 0 stands for no device.
typealias DeviceNumber = UInt32

/// A conversation inside the store.
///
/// The two top bits are the kind. A personal conversation is its user's number and a direct one the numbers of its two
/// users, so neither needs a table that maps names to numbers, and the chats of one user lie near each other.
struct ConversationNumber: Hashable, Comparable, Sendable {
    let rawValue: UInt64

    static let greatestUser: UserNumber = .max >> 1

    private static let tagShift: UInt64 = 62
    private static let userMask = UInt64(greatestUser)

    /// The engine's own bookkeeping: devices, cursors, consumers. Nobody reads it and it is never delivered.
    static let engine = ConversationNumber(rawValue: 0)

    static func personal(_ user: UserNumber) -> ConversationNumber {
        ConversationNumber(rawValue: 1 << tagShift | UInt64(user))
    }

    static func direct(_ one: UserNumber, _ other: UserNumber) -> ConversationNumber {
        ConversationNumber(rawValue: 2 << tagShift | UInt64(min(one, other)) << 31 | UInt64(max(one, other)))
    }

    static func group(_ number: UInt64) -> ConversationNumber {
        ConversationNumber(rawValue: 3 << tagShift | number)
    }

    enum Kind: UInt64 {
        case engine = 0
        case personal = 1
        case direct = 2
        case group = 3
    }

    var kind: Kind {
        Kind(rawValue: rawValue >> Self.tagShift) ?? .engine
    }

    /// The users of a direct conversation, lower number first.
    var directUsers: (low: UserNumber, high: UserNumber) {
        (UserNumber(rawValue >> 31 & Self.userMask), UserNumber(rawValue & Self.userMask))
    }

    var personalUser: UserNumber {
        UserNumber(rawValue & Self.userMask)
    }

    /// Which side of a direct conversation a user is.
    func side(of user: UserNumber) -> DirectSide? {
        guard kind == .direct else { return nil }
        let (low, high) = directUsers
        return user == low ? .low : user == high ? .high : nil
    }

    static func < (left: ConversationNumber, right: ConversationNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One of the two users of a direct conversation, by the order of their numbers.
enum DirectSide {
    case low
    case high
}
