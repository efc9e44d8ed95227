import Synchronization
import Testing
import TokenIM
import TokenIMTesting

@Suite struct ManualTimeJumpTests {
    private let start = Timestamp(seconds: 1_000)
    private let time: ManualTime
    private let record = Record()

    init() { time = ManualTime(start) }

    @Test func setsTheClockBackWithoutRinging() {
        time.makeAlarm { [record] in record.note("rang") }.set(start + -3)
        time.jump(to: start + -5)
        #expect(time.now() == start + -5)
        #expect(record.all == [])
    }

    @Test func alarmsKeepTheirDeadlinesWhenTheClockIsSetBack() {
        time.makeAlarm { [record] in record.note("rang") }.set(start + 10)
        time.jump(to: start + -100)
        time.advance(to: start + 9)
        #expect(record.all == [])
        time.advance(to: start + 10)
        #expect(record.all == ["rang"])
    }

    @Test func whatAJumpForwardsPassesRingsAtTheNextAdvance() {
        time.makeAlarm { [time, record] in record.note("\(time.now().microseconds)") }.set(start + 10)
        time.jump(to: start + 100)
        #expect(record.all == [])
        time.advance(by: .zero)
        #expect(record.all == ["\((start + 100).microseconds)"])
    }

    @Test(arguments: [-50, 5, 500])
    func aJumpWithinAnAdvanceEndsIt(seconds: Int) {
        time.makeAlarm { [time, start, record] in
            record.note("first")
            time.jump(to: start + seconds)
        }.set(start + 10)
        time.makeAlarm { [record] in record.note("second") }.set(start + 20)
        time.advance(by: .seconds(100))
        #expect(record.all == ["first"])
        #expect(time.now() == start + seconds)
        time.advance(to: max(time.now(), start + 20))
        #expect(record.all == ["first", "second"])
    }
}
