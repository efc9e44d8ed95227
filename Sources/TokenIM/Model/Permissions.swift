/// What the host lets a user do. Everything, unless it says otherwise.
public struct Permissions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Sending messages.
    public static let send = Permissions(rawValue: 1)
    /// Creating groups.
    public static let createGroup = Permissions(rawValue: 2)
    /// Joining groups, or asking to.
    public static let join = Permissions(rawValue: 4)
    /// Inviting others into groups, or adding them.
    public static let invite = Permissions(rawValue: 8)
    /// Sending images, audio, video and files.
    public static let upload = Permissions(rawValue: 16)

    /// All there are, also those that later versions bring.
    public static let all = Permissions(rawValue: .max)
}

extension Permissions: CustomStringConvertible {
    private static let names: [(Permissions, String)] = [
        (.send, "send"), (.createGroup, "create-group"), (.join, "join"), (.invite, "invite"), (.upload, "upload"),
    ]

    /// The names of those that are given, such as `send, join`.
    public var description: String {
        Self.names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}
