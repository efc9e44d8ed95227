import Testing
import TokenIM
import TokenIMTesting

/// Misuse of the clock traps instead of hanging a test or showing it wrong times.
@Suite struct ManualTimeMisuseTests {
    @Test func advancingByLessThanNothing() async {
        await #expect(processExitsWith: .failure) {
            ManualTime().advance(by: .microseconds(-1))
        }
    }

    @Test func advancingToThePast() async {
        await #expect(processExitsWith: .failure) {
            let time = ManualTime()
            time.advance(to: time.now().advanced(by: .microseconds(-1)))
        }
    }

    @Test func advancingFromWithinARing() async {
        await #expect(processExitsWith: .failure) {
            let time = ManualTime()
            time.makeAlarm { time.advance(by: .seconds(1)) }.set(time.now())
            time.advance(by: .seconds(1))
        }
    }

    @Test func aRingThatSetsItselfForNoLater() async {
        await #expect(processExitsWith: .failure) {
            let time = ManualTime()
            let slot = AlarmSlot()
            slot.alarm = time.makeAlarm { slot.alarm?.set(time.now()) }
            slot.alarm?.set(time.now())
            time.advance(by: .zero)
        }
    }
}
