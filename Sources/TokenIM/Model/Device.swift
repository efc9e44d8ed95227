/// An endpoint of a user that keeps its own place in the journal, also while it is disconnected.
public struct Device: Hashable, Sendable {
    public let id: DeviceID
    /// Everything up to here has been acknowledged.
    public let cursor: Position
    /// Whether a session of it is open.
    public let isConnected: Bool
    /// What it runs on, as it said itself, such as `ios`.
    public let platform: String?
    /// Where a push service reaches it. The engine does not look at it.
    public let pushToken: String?
}

/// What a device says about itself.
struct DeviceDetails: Equatable, Sendable {
    var platform: String?
    var pushToken: String?

    // Equal when the bytes are.
    static func == (left: DeviceDetails, right: DeviceDetails) -> Bool {
        func isSame(_ one: String?, _ other: String?) -> Bool {
            guard let one, let other else { return one == nil && other == nil }
            return one.utf8.elementsEqual(other.utf8)
        }
        return isSame(left.platform, right.platform) && isSame(left.pushToken, right.pushToken)
    }

    var isEmpty: Bool { platform == nil && pushToken == nil }

    /// These, and what they do not say as it was.
    func filled(from older: DeviceDetails) -> DeviceDetails {
        DeviceDetails(platform: platform ?? older.platform, pushToken: pushToken ?? older.pushToken)
    }

    func validate() throws(IMError) {
        if let platform, !(1...64).contains(platform.utf8.count) {
            throw IMError(.malformedArgument, "a platform of \(platform.utf8.count) bytes; 1 to 64")
        }
        if let pushToken, !(1...4_096).contains(pushToken.utf8.count) {
            throw IMError(.malformedArgument, "a push token of \(pushToken.utf8.count) bytes; 1 to 4,096")
        }
    }
}
