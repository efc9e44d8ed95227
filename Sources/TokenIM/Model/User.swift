/// Somebody who sends and receives.
public struct User: Hashable, Sendable {
    /// What a user may do at present. More may come.
    public struct Status: Hashable, Sendable, CustomStringConvertible {
        let rawValue: UInt8
        public var description: String {
            switch self {
            case .active: "active"
            case .suspended: "suspended"
            default: "deleted"
            }
        }
        public static let active = Status(rawValue: 0)
        /// Keeps everything, but may neither connect nor act until reinstated.
        public static let suspended = Status(rawValue: 1)
        /// Gone; the name is never given again.
        public static let deleted = Status(rawValue: 2)
    }

    public let id: UserID
    public let profile: Profile
    public let status: Status
    /// What the host lets it do.
    public let permissions: Permissions
    public let createdAt: Timestamp
}

/// What others see of a user or a group.
public struct Profile: Hashable, Sendable {
    public var name: String?
    /// The address of a picture. The engine does not look at it.
    public var avatar: String?
    /// Free attributes of the host, in order of their keys when listed.
    public var attributes: [String: String]

    public init(name: String? = nil, avatar: String? = nil, attributes: [String: String] = [:]) {
        self.name = name
        self.avatar = avatar
        self.attributes = attributes
    }

    /// In order of the keys' bytes. Swift's own order of strings (6.3) is no order for some that have combining
    /// characters, so that the same profile would not always be the same bytes.
    var sortedAttributes: [(key: String, value: String)] {
        attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    // Equal when the bytes are: a change from one spelling of a letter to another is a change.
    public static func == (left: Profile, right: Profile) -> Bool {
        func isSame(_ one: String?, _ other: String?) -> Bool {
            guard let one, let other else { return one == nil && other == nil }
            return one.utf8.elementsEqual(other.utf8)
        }
        guard isSame(left.name, right.name), isSame(left.avatar, right.avatar),
            left.attributes.count == right.attributes.count
        else { return false }
        return zip(left.sortedAttributes, right.sortedAttributes).allSatisfy { isSame($0.key, $1.key) && isSame($0.value, $1.value) }
    }
}
