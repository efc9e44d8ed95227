import Dispatch
import Foundation
import Synchronization
import Testing
import TokenIM
import TokenIMTesting

@Suite struct ManualTimeCancelTests {
    private let start = Timestamp(seconds: 1_000)
    private let time: ManualTime
    private let record = Record()

    init() { time = ManualTime(start) }

    @Test func aCancelledAlarmNeverRings() {
        let alarm = time.makeAlarm { [record] in record.note("rang") }
        alarm.set(start + 10)
        alarm.cancel()
        time.advance(by: .seconds(20))
        alarm.set(start + 30)
        #expect(time.nextDeadline == nil)
        time.advance(by: .seconds(20))
        alarm.cancel()
        #expect(record.all == [])
        #expect(time.now() == start + 40)
    }

    @Test func cancellingWithinItsOwnRingMakesThatTheLast() {
        let slot = AlarmSlot()
        slot.alarm = time.makeAlarm { [start, record] in
            record.note("rang")
            slot.alarm?.cancel()
            slot.alarm?.set(start + 11)
        }
        slot.alarm?.set(start + 10)
        time.advance(by: .seconds(20))
        #expect(record.all == ["rang"])
    }

    @Test func aRingCanCancelAnotherThatIsDueAtTheSameMoment() {
        let second = AlarmSlot()
        time.makeAlarm { [record] in
            record.note("first")
            second.alarm?.cancel()
        }.set(start + 10)
        second.alarm = time.makeAlarm { [record] in record.note("second") }
        second.alarm?.set(start + 10)
        time.advance(by: .seconds(20))
        #expect(record.all == ["first"])
    }

    @Test func cancellingReleasesWhatTheRingRefersTo() {
        weak var referred: Record?
        let alarm: any Alarm
        do {
            let record = Record()
            referred = record
            alarm = time.makeAlarm { record.note("rang") }
            alarm.set(start + 10)
        }
        #expect(referred != nil)
        alarm.cancel()
        #expect(referred == nil)
    }

    @Test func whatGoesAwayWithARingMayUseTheClock() {
        /// Looks at the clock when nothing refers to it any more.
        final class Last: Sendable {
            let time: ManualTime
            let record: Record
            init(_ time: ManualTime, _ record: Record) { (self.time, self.record) = (time, record) }
            deinit { record.note("\(time.now().microseconds)") }
        }
        let alarm: any Alarm
        do {
            let last = Last(time, record)
            alarm = time.makeAlarm { _ = last }
        }
        alarm.cancel()
        #expect(record.all == ["\(start.microseconds)"])
    }

    @Test(.timeLimit(.minutes(1)))
    func cancellingFromAnotherThreadWaitsForTheRing() {
        let ringing = DispatchSemaphore(value: 0)
        let cancelling = DispatchSemaphore(value: 0)
        let cancelled = DispatchSemaphore(value: 0)
        let alarm = time.makeAlarm { [record] in
            ringing.signal()
            cancelling.wait()
            // Time enough for a cancel that does not wait to be noted first.
            for _ in 0..<1_000 { sched_yield() }
            record.note("the ring ends")
        }
        alarm.set(start)
        Thread.detachNewThread { [record] in
            ringing.wait()
            cancelling.signal()
            alarm.cancel()
            record.note("cancelled")
            cancelled.signal()
        }
        time.advance(by: .seconds(1))
        cancelled.wait()
        #expect(record.all == ["the ring ends", "cancelled"])
    }

    @Test(.timeLimit(.minutes(1)))
    func cancellingFromAnotherThreadDoesNotWaitForOtherAlarms() {
        let other = time.makeAlarm {}
        other.set(start + 10)
        let cancelled = DispatchSemaphore(value: 0)
        time.makeAlarm { [record] in
            Thread.detachNewThread {
                other.cancel()
                cancelled.signal()
            }
            cancelled.wait()
            record.note("the ring ends")
        }.set(start)
        time.advance(by: .seconds(1))
        #expect(record.all == ["the ring ends"])
    }

    @Test(.timeLimit(.minutes(1)))
    func anAdvanceWaitsForTheOneThatIsUnderWay() {
        let advanced = DispatchSemaphore(value: 0)
        time.makeAlarm { [time, record] in
            let advancing = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                advancing.signal()
                time.advance(by: .seconds(1))
                advanced.signal()
            }
            advancing.wait()
            // Time enough for an advance that does not wait to ring the other alarm first.
            for _ in 0..<1_000 { sched_yield() }
            record.note("the first ends")
        }.set(start + 1)
        time.makeAlarm { [record] in record.note("the second") }.set(start + 2)
        time.advance(by: .seconds(1))
        advanced.wait()
        #expect(record.all == ["the first ends", "the second"])
        #expect(time.now() == start + 2)
    }

    @Test(.timeLimit(.minutes(1)))
    func advancesOfSeveralThreadsFollowEachOther() {
        let ringing = Atomic(0)
        let most = Atomic(0)
        for second in 1...400 {
            time.makeAlarm { [time, record] in
                most.max(ringing.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                sched_yield()
                record.note("\(second) \(time.now().microseconds)")
                ringing.subtract(1, ordering: .relaxed)
            }.set(start + second)
        }
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 1...100 { time.advance(by: .seconds(1)) }
        }
        #expect(time.now() == start + 400)
        #expect(most.load(ordering: .relaxed) == 1)
        #expect(record.all == (1...400).map { "\($0) \((start + $0).microseconds)" })
    }
}
