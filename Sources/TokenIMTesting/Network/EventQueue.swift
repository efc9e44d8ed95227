/// What is going to happen, in the order in which it will: by moment, and at one moment as it was asked for.
struct EventQueue {
    enum Event {
        case toServer(Packet, SimulatedDevice)
        case toDevice(Packet, SimulatedDevice)
        case timer(DeviceTimer, SimulatedDevice)
        case restart
        case action(() -> Void)
    }

    private struct Scheduled {
        var moment: Duration
        var event: Event
    }

    /// The next one last. Few are under way at a time, and most go close to where they are taken from.
    private var scheduled: [Scheduled] = []

    var nextMoment: Duration? { scheduled.last?.moment }

    mutating func schedule(_ event: Event, at moment: Duration) {
        var (low, high) = (0, scheduled.count)
        while low < high {
            let middle = (low + high) / 2
            if scheduled[middle].moment > moment { low = middle + 1 } else { high = middle }
        }
        // Before those of the same moment, which come first then.
        scheduled.insert(Scheduled(moment: moment, event: event), at: low)
    }

    mutating func popFirst() -> Event? { scheduled.popLast()?.event }
}
