import TokenIMLMDB

/// What changed about a user and its devices, beside its profile and its status. Kinds are never renumbered.
enum PersonChange: Equatable {
    case block(UserNumber, isOn: Bool)
    /// Is in the address book from now on, or has another alias.
    case contact(UserNumber, alias: String?)
    case contactRemoved(UserNumber)
    case permissions(Permissions)
    case presence(PresenceSetting)
    case device(DeviceNumber, DeviceDetails)
    case deviceRemoved(DeviceNumber, DeviceID)
    /// In the engine's own conversation: when users were connected last.
    case seen([UserSeen])
    /// In the engine's own conversation: what a deleted user wrote has been erased up to a place.
    case erased(UserNumber, through: ErasurePlace)

    private enum Kind: UInt8 {
        case block = 1
        case contact = 2
        case contactRemoved = 3
        case permissions = 4
        case presence = 5
        case device = 6
        case deviceRemoved = 7
        case seen = 8
        case erased = 9
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .block(let user, let isOn):
            writer.uint8(Kind.block.rawValue)
            writer.varint(UInt64(user))
            writer.uint8(isOn ? 1 : 0)
        case .contact(let user, let alias):
            writer.uint8(Kind.contact.rawValue)
            writer.varint(UInt64(user))
            writer.optionalString(alias)
        case .contactRemoved(let user):
            writer.uint8(Kind.contactRemoved.rawValue)
            writer.varint(UInt64(user))
        case .permissions(let permissions):
            writer.uint8(Kind.permissions.rawValue)
            permissions.encode(into: &writer)
        case .presence(let setting):
            writer.uint8(Kind.presence.rawValue)
            setting.encode(into: &writer)
        case .device(let device, let details):
            writer.uint8(Kind.device.rawValue)
            writer.varint(UInt64(device))
            details.encode(into: &writer)
        case .deviceRemoved(let device, let id):
            writer.uint8(Kind.deviceRemoved.rawValue)
            writer.varint(UInt64(device))
            writer.string(id.rawValue)
        case .seen(let users):
            writer.uint8(Kind.seen.rawValue)
            writer.varint(UInt64(users.count))
            for seen in users {
                writer.varint(UInt64(seen.user))
                writer.timestamp(seen.moment)
            }
        case .erased(let user, let place):
            writer.uint8(Kind.erased.rawValue)
            writer.varint(UInt64(user))
            place.encode(into: &writer)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        switch Kind(rawValue: raw) {
        case .block:
            let user = try reader.number()
            self = .block(user, isOn: try reader.flag())
        case .contact:
            let user = try reader.number()
            self = .contact(user, alias: try reader.optionalString())
        case .contactRemoved: self = .contactRemoved(try reader.number())
        case .permissions: self = .permissions(try Permissions(reading: &reader))
        case .presence: self = .presence(try PresenceSetting(reading: &reader))
        case .device:
            let device = try reader.number()
            self = .device(device, try DeviceDetails(reading: &reader))
        case .deviceRemoved:
            let device = try reader.number()
            self = .deviceRemoved(device, DeviceID(trusted: try reader.string()))
        case .seen:
            var users: [UserSeen] = []
            for _ in 0..<(try reader.varint()) {
                users.append(UserSeen(user: try reader.number(), moment: try reader.timestamp()))
            }
            self = .seen(users)
        case .erased:
            let user = try reader.number()
            self = .erased(user, through: try ErasurePlace(reading: &reader))
        case nil: throw IMError(.unreadableStore, "a user's change of unknown kind \(raw)")
        }
    }

    /// The change without what a user wrote in it; nil when there is nothing to take out.
    var bare: PersonChange? {
        let bare: PersonChange
        switch self {
        case .contact(let user, _): bare = .contact(user, alias: nil)
        case .presence: bare = .presence(PresenceSetting())
        case .device(let device, _): bare = .device(device, DeviceDetails())
        default: return nil
        }
        return bare == self ? nil : bare
    }
}

/// A user was connected at a moment.
struct UserSeen: Equatable, Sendable {
    var user: UserNumber
    var moment: Timestamp
}

/// How far what a deleted user wrote has been erased: all its conversations below this one, and this one through a
/// sequence.
struct ErasurePlace: Equatable {
    var conversation: ConversationNumber
    var sequence: SequenceNumber
}

extension Permissions {
    /// What is withheld, so that nothing is for most.
    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(~rawValue))
    }

    init(reading reader: inout ByteReader) throws {
        self.init(rawValue: ~(try reader.number()))
    }
}

extension PresenceSetting {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hidden = Flags(rawValue: 1)
        static let status = Flags(rawValue: 2)
        static let until = Flags(rawValue: 4)
        static let all = Flags(rawValue: 7)
    }

    func encode(into writer: inout ByteWriter) {
        var flags: Flags = []
        if isHidden { flags.insert(.hidden) }
        if customStatus != nil { flags.insert(.status) }
        if customStatus?.until != nil { flags.insert(.until) }
        writer.uint8(flags.rawValue)
        if let customStatus { writer.string(customStatus.text) }
        if let until = customStatus?.until { writer.timestamp(until) }
    }

    init(reading reader: inout ByteReader) throws {
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all), flags.contains(.status) || !flags.contains(.until) else {
            throw IMError(.unreadableStore, "a presence with unknown flags \(flags.rawValue)")
        }
        isHidden = flags.contains(.hidden)
        guard flags.contains(.status) else { return }
        let text = try reader.string()
        customStatus = CustomStatus(text, until: flags.contains(.until) ? try reader.timestamp() : nil)
    }
}

extension DeviceDetails {
    func encode(into writer: inout ByteWriter) {
        writer.optionalString(platform)
        writer.optionalString(pushToken)
    }

    init(reading reader: inout ByteReader) throws {
        platform = try reader.optionalString()
        pushToken = try reader.optionalString()
    }
}

extension ErasurePlace {
    func encode(into writer: inout ByteWriter) {
        writer.uint64(conversation.rawValue)
        writer.varint(sequence)
    }

    init(reading reader: inout ByteReader) throws {
        conversation = ConversationNumber(rawValue: try reader.uint64())
        sequence = try reader.varint()
    }
}

extension ByteWriter {
    /// Nothing and the empty string are the same.
    mutating func optionalString(_ string: String?) {
        self.string(string ?? "")
    }
}

extension ByteReader {
    mutating func optionalString() throws -> String? {
        let string = try string()
        return string.isEmpty ? nil : string
    }
}
