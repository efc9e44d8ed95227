import TokenIMLMDB

/// What changed about a user and its devices, beside its profile and its status. Kinds are never renumbered.
enum PersonChange: Equatable {
    case block(UserNumber, isOn: Bool)

    private enum Kind: UInt8 {
        case block = 1
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .block(let user, let isOn):
            writer.uint8(Kind.block.rawValue)
            writer.varint(UInt64(user))
            writer.uint8(isOn ? 1 : 0)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        switch Kind(rawValue: raw) {
        case .block:
            let user = try reader.number()
            self = .block(user, isOn: try reader.uint8() != 0)
        case nil: throw IMError(.unreadableStore, "a user's change of unknown kind \(raw)")
        }
    }
}
