/// What a user changes about itself and those it knows, and the host about a user. What a user has is told to all its
/// devices through its personal conversation.
extension Change {
    /// Blocks a user, or no longer does. Who is blocked may neither send to the one who asks nor add it to a group, and
    /// is refused with `blocked`. The other way nothing changes, and the other is not told.
    ///
    /// - Throws: `unknown-user`; `malformed-argument` for oneself, or by the host; `limit-reached` beyond
    ///   `Limits.blocksPerUser`.
    public static func block(_ user: UserID, isOn: Bool = true) -> Change {
        Change(action: .person(.block(user, isOn: isOn)))
    }

    /// Puts a user into the address book of the one who asks, or changes its alias there.
    ///
    /// - Parameter alias: 1 to 128 bytes of UTF-8, or nil for none.
    /// - Throws: `unknown-user`; `malformed-argument`; `limit-reached` beyond `Limits.contactsPerUser`.
    public static func setContact(_ user: UserID, alias: String? = nil) -> Change {
        Change(action: .person(.setContact(user, alias: alias)))
    }

    /// Takes a user out of the address book of the one who asks. One that is not in there is left out.
    ///
    /// - Throws: `unknown-user`.
    public static func removeContact(_ user: UserID) -> Change {
        Change(action: .person(.removeContact(user)))
    }

    /// Says what a user may do. For the host. What is withheld is refused with `not-allowed`.
    ///
    /// - Throws: `unknown-user`; `not-allowed` for a user.
    public static func setPermissions(_ permissions: Permissions, of user: UserID) -> Change {
        Change(action: .person(.setPermissions(permissions, of: user)))
    }

    /// Sets what the one who asks says about itself, or takes it away with nil.
    ///
    /// - Throws: `malformed-argument` for a text that is empty or of more than 256 bytes, or a time that is over.
    public static func setCustomStatus(_ status: CustomStatus?) -> Change {
        Change(action: .person(.setCustomStatus(status)))
    }

    /// Makes the one who asks look offline to others, whatever it does, or no longer. They do not see when it was
    /// connected last either, nor its status.
    public static func setHidden(_ isHidden: Bool) -> Change {
        Change(action: .person(.setHidden(isHidden)))
    }

    /// Says what a device runs on and where a push service reaches it, in place of what was said before. For its user
    /// and the host.
    ///
    /// - Parameters:
    ///   - platform: 1 to 64 bytes of UTF-8, or nil for none.
    ///   - pushToken: 1 to 4,096 bytes of UTF-8, or nil for none.
    /// - Throws: `unknown-user`; `not-found`; `not-allowed` for another's device; `malformed-argument`.
    public static func setDevice(
        _ device: DeviceID, of user: UserID, platform: String?, pushToken: String?
    ) -> Change {
        let details = DeviceDetails(platform: platform, pushToken: pushToken)
        return Change(action: .person(.setDevice(device, of: user, details)))
    }

    /// Removes a device: its session is closed with `session-kicked`, its place in the journal is forgotten, and
    /// another may be registered instead. One that connects under the same name later is a new one. For its user and
    /// the host.
    ///
    /// - Throws: `unknown-user`; `not-found`; `not-allowed` for another's device.
    public static func removeDevice(_ device: DeviceID, of user: UserID) -> Change {
        Change(action: .person(.removeDevice(device, of: user)))
    }
}
