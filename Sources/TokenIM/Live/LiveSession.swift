/// One live connection of a device, as the live side sees it.
///
/// Belongs to ``Live`` and is touched under its lock only. An object, because a value in a dictionary would be copied
/// each time.
final class LiveSession {
    let user: UserNumber
    let userID: UserID
    let device: DeviceNumber
    let deviceID: DeviceID
    let platform: String?
    let reception: Reception
    let signalBell: Doorbell

    var signals: [Signal] = []
    var watched: [UserNumber] = []

    /// More than a session may watch users, so that nobody's coming and going pushes out another's.
    static let greatestSignalCount = 1_024

    init(
        user: UserNumber, userID: UserID, device: DeviceNumber, deviceID: DeviceID, platform: String? = nil,
        reception: Reception, signalBell: Doorbell
    ) {
        self.user = user
        self.userID = userID
        self.device = device
        self.deviceID = deviceID
        self.platform = platform
        self.reception = reception
        self.signalBell = signalBell
    }

    /// Adds a signal; of the same kind, user and conversation only the newest stays.
    func add(_ signal: Signal) {
        if signal.kind != .message {
            signals.removeAll {
                $0.kind == signal.kind && $0.user == signal.user && $0.conversation == signal.conversation
            }
        }
        if signals.count >= Self.greatestSignalCount { signals.removeFirst() }
        signals.append(signal)
    }
}
