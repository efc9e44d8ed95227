/// What a consumer has been given and not settled. Lost with the process: what was in flight is then given out again.
struct Consumption {
    struct InFlight {
        var deliveries: UInt64
        var deadline: Timestamp
        /// Whether it came from what the consumer had given back.
        var isParked: Bool
    }

    /// Everything up to here is settled, on disk.
    private(set) var floor: Position
    /// The journal has been read up to here.
    private var read: Position
    private var inFlight: [Position: InFlight] = [:]

    init(floor: Position) {
        self.floor = floor
        read = floor
    }

    /// Takes note of where the consumer stands on disk, which a host transaction may have moved.
    mutating func settled(through position: Position) {
        guard position > floor else { return }
        floor = position
        read = max(read, position)
        inFlight = inFlight.filter { $0.key > position || $0.value.isParked }
    }

    var count: Int { inFlight.count }
    /// Where to read on in the journal.
    var next: Position { read }
    var deadline: Timestamp? { inFlight.values.map(\.deadline).min() }

    func isInFlight(_ position: Position) -> Bool {
        inFlight[position] != nil
    }

    /// What has been held too long, in order.
    func overdue(at now: Timestamp) -> [(position: Position, deliveries: UInt64)] {
        inFlight.filter { $0.value.deadline <= now }.map { ($0.key, $0.value.deliveries) }.sorted {
            $0.position < $1.position
        }
    }

    mutating func give(_ position: Position, deliveries: UInt64, until deadline: Timestamp, isParked: Bool) {
        inFlight[position] = InFlight(deliveries: deliveries, deadline: deadline, isParked: isParked)
    }

    /// Notes that the journal has been read, whether or not there was something in it for the consumer.
    mutating func read(through position: Position) {
        read = max(read, position)
    }

    /// Takes back what was given. Nil when it was not.
    mutating func take(_ position: Position) -> InFlight? {
        inFlight.removeValue(forKey: position)
    }

    /// Everything up to here is settled, or parked: where the consumer may be moved.
    var reachable: Position {
        inFlight.filter { !$0.value.isParked }.keys.min().map { $0 - 1 } ?? read
    }
}
