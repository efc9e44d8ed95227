/// How many sessions one user may have at a time. A new one closes those that it leaves no room for, with
/// `session-replaced`. Whatever the policy, one device has one session.
public struct SessionPolicy: Hashable, Sendable {
    private let value: UInt8

    /// One for each of its devices.
    public static let all = SessionPolicy(value: 0)
    /// One for each platform; devices that name none share one.
    public static let onePerPlatform = SessionPolicy(value: 1)
    /// One.
    public static let one = SessionPolicy(value: 2)
}
