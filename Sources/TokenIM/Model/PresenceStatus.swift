/// Whether a user can be reached right now, and what it says about itself.
public struct PresenceStatus: Hashable, Sendable {
    /// Whether at least one session of the user is open.
    public let isOnline: Bool
    /// The devices with an open session, in order of their names. For the host and the user itself; empty for others.
    public let devices: [DeviceID]
    /// When it was connected last, as far as the store knows; nil while it is online, and when it never was.
    public let lastSeen: Timestamp?
    /// What it says about itself; nil once its time is over.
    public let customStatus: CustomStatus?
    /// Whether others see it as offline. For the host and the user itself; false for others.
    public let isHidden: Bool

    init(
        isOnline: Bool, devices: [DeviceID], lastSeen: Timestamp? = nil, customStatus: CustomStatus? = nil,
        isHidden: Bool = false
    ) {
        self.isOnline = isOnline
        self.devices = devices
        self.lastSeen = lastSeen
        self.customStatus = customStatus
        self.isHidden = isHidden
    }

    /// What others see of somebody who hides.
    static let hidden = PresenceStatus(isOnline: false, devices: [])
}

/// What a user says about itself, such as “in a meeting”.
public struct CustomStatus: Hashable, Sendable {
    /// 1 to 256 bytes of UTF-8.
    public var text: String
    /// From then on it is gone; nil for as long as it is not changed.
    public var until: Timestamp?

    public init(_ text: String, until: Timestamp? = nil) {
        self.text = text
        self.until = until
    }

    func isCurrent(at now: Timestamp) -> Bool {
        until.map { $0 > now } ?? true
    }

    // Equal when the bytes are: a change from one spelling of a letter to another is a change.
    public static func == (left: CustomStatus, right: CustomStatus) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8) && left.until == right.until
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(until)
    }
}

/// What a user has set about its presence.
struct PresenceSetting: Equatable, Sendable {
    var isHidden = false
    var customStatus: CustomStatus?
}
