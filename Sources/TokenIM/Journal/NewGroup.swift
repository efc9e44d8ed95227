import TokenIMLMDB

/// A group as it came into being.
struct NewGroup: Equatable {
    var id: GroupID
    var profile: Profile
    var owner: UserNumber
    /// Without the owner.
    var members: [UserNumber]
    var kind: Group.Kind
    var policies: GroupPolicies

    init(
        id: GroupID, profile: Profile, owner: UserNumber, members: [UserNumber], kind: Group.Kind = .group,
        policies: GroupPolicies = GroupPolicies()
    ) {
        self.id = id
        self.profile = profile
        self.owner = owner
        self.members = members
        self.kind = kind
        self.policies = policies
    }

    init(reading reader: inout ByteReader) throws {
        id = GroupID(trusted: try reader.string())
        profile = try EventCoding.decodeProfile(&reader)
        owner = try reader.number()
        members = try reader.numbers()
        kind = Group.Kind(rawValue: try reader.uint8())
        policies = try GroupPolicies(reading: &reader)
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(id.rawValue)
        EventCoding.encode(profile, into: &writer)
        writer.varint(UInt64(owner))
        writer.numbers(members)
        writer.uint8(kind.rawValue)
        policies.encode(into: &writer)
    }
}
