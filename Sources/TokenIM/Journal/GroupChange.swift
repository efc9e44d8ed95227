import TokenIMLMDB

/// What changed about a group, beside its members and its profile. Kinds are never renumbered.
enum GroupChange: Equatable {
    case policies(GroupPolicies)

    private enum Kind: UInt8 {
        case policies = 1
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .policies(let policies):
            writer.uint8(Kind.policies.rawValue)
            policies.encode(into: &writer)
        }
    }

    init(reading reader: inout ByteReader) throws {
        let raw = try reader.uint8()
        switch Kind(rawValue: raw) {
        case .policies: self = .policies(try GroupPolicies(reading: &reader))
        case nil: throw IMError(.unreadableStore, "a group's change of unknown kind \(raw)")
        }
    }
}

extension GroupPolicies {
    func encode(into writer: inout ByteWriter) {
        writer.uint8(joining.rawValue)
        for level in [inviting, posting, editingInformation, mentioningAll, pinning] { writer.uint8(level.rawValue) }
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
        hasReadReceipts = try reader.uint8() != 0
    }
}
