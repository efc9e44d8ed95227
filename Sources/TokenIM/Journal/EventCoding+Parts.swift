import TokenIMLMDB

extension EventCoding {
    private struct ProfileFlags: OptionSet {
        let rawValue: UInt8
        static let name = ProfileFlags(rawValue: 1)
        static let avatar = ProfileFlags(rawValue: 2)
        static let all: ProfileFlags = [.name, .avatar]
    }

    static func encode(_ profile: Profile, into writer: inout ByteWriter) {
        var flags: ProfileFlags = []
        if profile.name != nil { flags.insert(.name) }
        if profile.avatar != nil { flags.insert(.avatar) }
        writer.uint8(flags.rawValue)
        if let name = profile.name { writer.string(name) }
        if let avatar = profile.avatar { writer.string(avatar) }
        writer.varint(UInt64(profile.attributes.count))
        // Sorted, so that the same profile is always the same bytes.
        for (key, value) in profile.sortedAttributes {
            writer.string(key)
            writer.string(value)
        }
    }

    static func decodeProfile(_ reader: inout ByteReader) throws -> Profile {
        let flags = ProfileFlags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "a profile with unknown flags \(flags.rawValue)")
        }
        var profile = Profile()
        if flags.contains(.name) { profile.name = try reader.string() }
        if flags.contains(.avatar) { profile.avatar = try reader.string() }
        var last: String?
        for _ in 0..<(try reader.varint()) {
            let key = try reader.string()
            let isInOrder = last.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? true
            guard isInOrder, profile.attributes.updateValue(try reader.string(), forKey: key) == nil else {
                throw IMError(.corrupt, "attributes of a profile out of order")
            }
            last = key
        }
        return profile
    }

    private enum ChangeKind: UInt8 {
        case created = 1
        case moved = 2
        case parked = 3
        case buried = 4
        case settled = 5
        case deleted = 6
    }

    static func encode(_ change: ConsumerChange, into writer: inout ByteWriter) {
        switch change {
        case .created(let start):
            writer.uint8(ChangeKind.created.rawValue)
            writer.varint(start)
        case .moved(let position):
            writer.uint8(ChangeKind.moved.rawValue)
            writer.varint(position)
        case .parked(let position, let deliveries, let notBefore):
            writer.uint8(ChangeKind.parked.rawValue)
            writer.varint(position)
            writer.varint(deliveries)
            writer.timestamp(notBefore)
        case .buried(let position, let deliveries):
            writer.uint8(ChangeKind.buried.rawValue)
            writer.varint(position)
            writer.varint(deliveries)
        case .settled(let position):
            writer.uint8(ChangeKind.settled.rawValue)
            writer.varint(position)
        case .deleted:
            writer.uint8(ChangeKind.deleted.rawValue)
        }
    }

    static func decodeConsumerChange(_ reader: inout ByteReader) throws -> ConsumerChange {
        let raw = try reader.uint8()
        switch ChangeKind(rawValue: raw) {
        case .created: return .created(start: try reader.varint())
        case .moved: return .moved(try reader.varint())
        case .parked:
            let (position, deliveries) = (try reader.varint(), try reader.varint())
            return .parked(position, deliveries: deliveries, notBefore: try reader.timestamp())
        case .buried: return .buried(try reader.varint(), deliveries: try reader.varint())
        case .settled: return .settled(try reader.varint())
        case .deleted: return .deleted
        case nil: throw IMError(.unreadableStore, "consumer change of unknown kind \(raw)")
        }
    }
}
