import Foundation
import Synchronization
import Testing
import TokenIM
import TokenIMTesting

@Suite struct ManualTimeTests {
    private let start = Timestamp(seconds: 1_000)
    private let time: ManualTime
    private let record = Record()

    init() { time = ManualTime(start) }

    /// An alarm that notes its name and how many seconds after the start it rang.
    private func makeAlarm(_ name: String, then action: @escaping @Sendable () -> Void = {}) -> any Alarm {
        time.makeAlarm { [time, record, start] in
            record.note("\(name) \(time.now().duration(since: start).components.seconds)")
            action()
        }
    }

    @Test func standsWhereItStarts() {
        #expect(time.now() == start)
        #expect(time.now() == start)
    }

    @Test func startsInItsTimeByDefault() {
        #expect(ManualTime().now() > Timestamp(seconds: 1_600_000_000))
        #expect(ManualTime().now() == ManualTime().now())
    }

    @Test func advancesByADuration() {
        time.advance(by: .milliseconds(1_500))
        #expect(time.now() == start.advanced(by: .milliseconds(1_500)))
    }

    @Test func advancesToAMoment() {
        time.advance(to: start + 7)
        #expect(time.now() == start + 7)
        time.advance(to: start + 7)
        #expect(time.now() == start + 7)
    }

    @Test func stopsAtTheEndOfTime() {
        time.advance(by: .seconds(Int64.max))
        #expect(time.now() == .distantFuture)
    }

    @Test func ringsAtTheDeadlineAndNotBefore() {
        makeAlarm("a").set(start + 10)
        time.advance(to: (start + 10).advanced(by: .microseconds(-1)))
        #expect(record.all == [])
        time.advance(by: .microseconds(1))
        #expect(record.all == ["a 10"])
    }

    @Test func ringsOnceForEachTimeItIsSet() {
        let alarm = makeAlarm("a")
        alarm.set(start + 1)
        time.advance(by: .seconds(5))
        time.advance(by: .seconds(5))
        #expect(record.all == ["a 1"])
        alarm.set(start + 11)
        time.advance(by: .seconds(5))
        #expect(record.all == ["a 1", "a 11"])
    }

    @Test func ringsInTheOrderOfDeadlinesWithTheClockAtEach() {
        for seconds in [30, 10, 20] { makeAlarm("at \(seconds):").set(start + seconds) }
        time.advance(by: .seconds(60))
        #expect(record.all == ["at 10: 10", "at 20: 20", "at 30: 30"])
        #expect(time.now() == start + 60)
    }

    @Test func ringsInTheOrderOfCreationAtOneDeadline() {
        let alarms = ["a", "b", "c"].map { makeAlarm($0) }
        for alarm in alarms.reversed() { alarm.set(start + 10) }
        time.advance(by: .seconds(10))
        #expect(record.all == ["a 10", "b 10", "c 10"])
    }

    @Test func aNewDeadlineReplacesTheOneBefore() {
        let alarm = makeAlarm("a")
        alarm.set(start + 10)
        alarm.set(start + 20)
        time.advance(by: .seconds(15))
        #expect(record.all == [])
        alarm.set(start + 17)
        time.advance(by: .seconds(15))
        #expect(record.all == ["a 17"])
    }

    @Test func noDeadlineSilencesUntilItIsSetAgain() {
        let alarm = makeAlarm("a")
        alarm.set(start + 10)
        alarm.set(nil)
        time.advance(by: .seconds(20))
        #expect(record.all == [])
        alarm.set(start + 30)
        time.advance(by: .seconds(20))
        #expect(record.all == ["a 30"])
    }

    @Test func whatHasPassedRingsAtTheNextAdvanceEvenByNothing() {
        time.advance(by: .seconds(100))
        let alarm = makeAlarm("a")
        alarm.set(start + 10)
        #expect(record.all == [])
        time.advance(by: .zero)
        #expect(record.all == ["a 100"])
        alarm.set(time.now())
        time.advance(to: time.now())
        #expect(record.all == ["a 100", "a 100"])
        #expect(time.now() == start + 100)
    }

    @Test func lateAlarmsKeepTheOrderOfTheirDeadlines() {
        time.advance(by: .seconds(100))
        makeAlarm("a").set(start + 110)
        makeAlarm("b").set(start + 20)
        makeAlarm("c").set(start + 10)
        time.advance(by: .seconds(50))
        #expect(record.all == ["c 100", "b 100", "a 110"])
    }

    @Test func whatIsSetWhileRingingRingsInTheSameAdvanceWhenDue() {
        let inTime = makeAlarm("in time")
        let tooLate = makeAlarm("too late")
        let passed = makeAlarm("passed")
        makeAlarm("first") { [start] in
            inTime.set(start + 50)
            tooLate.set(start + 51)
            passed.set(start + 3)
        }.set(start + 10)
        makeAlarm("last").set(start + 40)
        time.advance(to: start + 50)
        #expect(record.all == ["first 10", "passed 10", "last 40", "in time 50"])
        time.advance(to: start + 51)
        #expect(record.all.last == "too late 51")
    }

    @Test func anAlarmThatSetsItselfAgainTicks() {
        let slot = AlarmSlot()
        slot.alarm = makeAlarm("tick") { [time] in slot.alarm?.set(time.now() + 10) }
        slot.alarm?.set(start + 10)
        time.advance(to: start + 35)
        #expect(record.all == ["tick 10", "tick 20", "tick 30"])
    }

    @Test func ringsOnTheThreadThatAdvances() {
        let thread = Mutex<ObjectIdentifier?>(nil)
        time.makeAlarm { thread.withLock { $0 = ObjectIdentifier(Thread.current) } }.set(start)
        time.advance(by: .zero)
        #expect(thread.withLock { $0 } == ObjectIdentifier(Thread.current))
    }

    @Test func everythingButAdvancingCanBeDoneWhileRinging() {
        makeAlarm("outer") { [time, start, record] in
            let inner = time.makeAlarm { record.note("inner") }
            inner.set(start + 1)
            inner.cancel()
            time.makeAlarm { record.note("other") }.set(time.nextDeadline ?? time.now())
        }.set(start + 1)
        time.advance(by: .seconds(1))
        #expect(record.all == ["outer 1", "other"])
    }

    @Test func tellsTheEarliestDeadline() {
        #expect(time.nextDeadline == nil)
        let alarm = makeAlarm("a")
        alarm.set(start + 20)
        makeAlarm("b").set(start + 10)
        #expect(time.nextDeadline == start + 10)
        time.advance(by: .seconds(10))
        #expect(time.nextDeadline == start + 20)
        alarm.set(start + -5)
        #expect(time.nextDeadline == start + -5)
        alarm.cancel()
        #expect(time.nextDeadline == nil)
    }
}
