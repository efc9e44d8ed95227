import Synchronization
import TokenIM

/// What happened, in order; the alarms of a test write into it.
final class Record: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func note(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Holds an alarm, so that what it rings can reach the alarm itself.
final class AlarmSlot: Sendable {
    private let slot = Mutex<(any Alarm)?>(nil)

    var alarm: (any Alarm)? {
        get { slot.withLock { $0 } }
        set { slot.withLock { $0 = newValue } }
    }
}

extension Timestamp {
    static func + (left: Timestamp, seconds: Int) -> Timestamp { left.advanced(by: .seconds(seconds)) }
}
