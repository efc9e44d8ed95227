import TokenIMLMDB

/// A group, with everything that judging what happens in it needs: kept at hand by the writer.
struct GroupRecord: Record, Equatable {
    var id: GroupID
    var kind: Group.Kind
    var profile: Profile
    var policies: GroupPolicies
    var owner: UserNumber
    /// In order of their numbers.
    var admins: [UserNumber] = []
    var memberCount: UInt64
    /// How many requests to join and invitations have a row, those that have expired included.
    var requestCount: UInt64 = 0
    var banCount: UInt64 = 0
    /// All but the admins and the owner.
    var isMuted = false
    var isDissolved = false
    var createdAt: Timestamp

    init(_ group: NewGroup, createdAt: Timestamp) {
        id = group.id
        kind = group.kind
        profile = group.profile
        policies = group.policies
        owner = group.owner
        memberCount = UInt64(group.members.count) + 1
        self.createdAt = createdAt
    }

    /// Who is told of requests to join, and may answer them.
    var approvers: [UserNumber] {
        policies.inviting.admits(.admin) ? [owner] + admins : [owner]
    }

    mutating func addAdmin(_ user: UserNumber) {
        admins.insert(user, at: admins.partitioningIndex { $0 > user })
    }

    mutating func removeAdmin(_ user: UserNumber) {
        admins.removeAll { $0 == user }
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let muted = Flags(rawValue: 1)
        static let dissolved = Flags(rawValue: 2)
        static let all: Flags = [.muted, .dissolved]
    }

    init(reading reader: inout ByteReader) throws {
        id = GroupID(trusted: try reader.string())
        kind = Group.Kind(rawValue: try reader.uint8())
        let flags = Flags(rawValue: try reader.uint8())
        guard flags.isSubset(of: .all) else {
            throw IMError(.unreadableStore, "a group with unknown flags \(flags.rawValue)")
        }
        isMuted = flags.contains(.muted)
        isDissolved = flags.contains(.dissolved)
        profile = try EventCoding.decodeProfile(&reader)
        policies = try GroupPolicies(reading: &reader)
        owner = try reader.number()
        admins = try reader.numbers()
        memberCount = try reader.varint()
        requestCount = try reader.varint()
        banCount = try reader.varint()
        createdAt = try reader.timestamp()
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(id.rawValue)
        writer.uint8(kind.rawValue)
        var flags: Flags = []
        if isMuted { flags.insert(.muted) }
        if isDissolved { flags.insert(.dissolved) }
        writer.uint8(flags.rawValue)
        EventCoding.encode(profile, into: &writer)
        policies.encode(into: &writer)
        writer.varint(UInt64(owner))
        writer.numbers(admins)
        writer.varint(memberCount)
        writer.varint(requestCount)
        writer.varint(banCount)
        writer.timestamp(createdAt)
    }
}
