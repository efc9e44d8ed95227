internal import TokenIM

/// Decides which alarm of a ``ManualTime`` rings next, and where the clock stands then. Rings nothing itself.
struct AlarmSchedule {
    /// Names an alarm; the one that was made first has the lowest number.
    typealias Number = UInt64

    private struct Due: Comparable {
        let deadline: Timestamp
        let number: Number

        static func < (left: Due, right: Due) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    /// How often alarms may ring without the clock moving: more is a loop that no test would come out of.
    static let ringsAtOneMoment = 100_000

    private(set) var now: Timestamp
    private var lastNumber: Number = 0
    /// The alarms that are set, each at most once, in the order in which they ring.
    private var due: [Due] = []
    /// Where the advance that is under way ends; nil when there is none, or when a jump has ended it.
    private var target: Timestamp?
    private var rungAtThisMoment = 0

    init(now: Timestamp) {
        self.now = now
    }

    /// The earliest deadline that is set.
    var nextDeadline: Timestamp? { due.first?.deadline }

    /// A number for a new alarm.
    mutating func makeNumber() -> Number {
        lastNumber += 1
        return lastNumber
    }

    /// Sets an alarm to another deadline, or to none.
    mutating func set(_ number: Number, to deadline: Timestamp?) {
        due.removeAll { $0.number == number }
        guard let deadline else { return }
        let new = Due(deadline: deadline, number: number)
        due.insert(new, at: due.firstIndex { $0 > new } ?? due.endIndex)
    }

    /// Begins an advance, of which ``next()`` makes the steps.
    mutating func begin(to target: Timestamp) {
        self.target = target
        rungAtThisMoment = 0
    }

    /// The alarm that rings next, with the clock moved to its deadline. After the last one: nil, with the clock moved
    /// to where the advance ends.
    mutating func next() -> Number? {
        guard let target else { return nil }
        guard let first = due.first, first.deadline <= target else {
            move(to: target)
            self.target = nil
            return nil
        }
        due.removeFirst()
        move(to: first.deadline)
        rungAtThisMoment += 1
        precondition(
            rungAtThisMoment <= Self.ringsAtOneMoment,
            "alarms have rung \(Self.ringsAtOneMoment) times at one moment: one of them sets itself again for no later")
        return first.number
    }

    /// Sets the clock, and ends the advance that is under way.
    mutating func jump(to moment: Timestamp) {
        now = moment
        target = nil
    }

    /// Forwards only: an alarm that was set to a moment that has passed rings late, not back then.
    private mutating func move(to moment: Timestamp) {
        guard moment > now else { return }
        now = moment
        rungAtThisMoment = 0
    }
}
