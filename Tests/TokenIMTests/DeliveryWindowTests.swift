import Testing
@testable import TokenIM

/// What a session is told of, what it is to read, what it owes.
@Suite struct DeliveryWindowTests {
    private let now = Timestamp(seconds: 1_000)

    private func delivery(_ position: Position) -> Delivery {
        Delivery(Gap(from: position, through: position), of: .group("team"), at: position)
    }

    /// A window that has searched through position 10.
    private func window() throws -> DeliveryWindow {
        var window = DeliveryWindow(size: 4, cursor: 5, head: 10)
        _ = try window.begin(limit: 1)
        window.searched([], through: 10, now: now)
        return window
    }

    /// Begins to receive, which must be with a search.
    private func search(_ window: inout DeliveryWindow) throws -> Position? {
        if case .search(let position, limit: 4) = try window.begin(limit: 100) { position } else { nil }
    }

    private func begin(_ window: inout DeliveryWindow, limit: Int = 100) throws -> [Position]? {
        if case .read(let positions) = try window.begin(limit: limit) { positions } else { nil }
    }

    private func receive(_ window: inout DeliveryWindow, limit: Int = 100) throws -> [Position]? {
        guard let positions = try begin(&window, limit: limit) else { return nil }
        window.read(positions, positions.map(delivery), now: now)
        return positions
    }

    @Test func itIsReadInOrderAsFarAsThereIsRoom() throws {
        var window = try window()
        window.hint(11...12)
        window.hint(13...13)
        window.hint(20...25)
        #expect(try receive(&window, limit: 1) == [11])
        #expect(try receive(&window) == [12, 13, 20])
        #expect(try receive(&window) == nil)
        #expect(!window.hasMore)
        #expect(try window.acknowledge(through: 13, now: now) == true)
        #expect(window.hasMore)
        #expect(try receive(&window) == [21, 22, 23])
        #expect(try window.acknowledge(through: 13, now: now) == false)
    }

    @Test func whatASearchHasMetIsNotReadAgain() throws {
        var window = try window()
        window.hint(9...12)
        #expect(try receive(&window) == [11, 12])
        window.hint(12...12)
        #expect(try receive(&window) == nil)
    }

    @Test func aSearchComesBeforeWhatIsSaidMeanwhile() throws {
        var window = DeliveryWindow(size: 4, cursor: 5, head: 10)
        #expect(try search(&window) == 5)
        window.hint(11...13)
        window.searched([delivery(8)], through: 12, now: now)
        #expect(try receive(&window) == [13])
    }

    @Test func whatGathersInTooManyPiecesIsSearchedFor() throws {
        var window = try window()
        for piece in 1...100 { window.hint(Position(piece * 10 + 1)...Position(piece * 10 + 2)) }
        #expect(try search(&window) == 10)
        // It did not reach what overflowed, so there is more to search for.
        window.searched([], through: 500, now: now)
        #expect(try search(&window) == 500)
        window.searched([], through: 1_002, now: now)
        #expect(try receive(&window) == nil)
    }

    @Test func whatCouldNotBeReadIsSearchedFor() throws {
        var window = try window()
        window.hint(11...12)
        #expect(try begin(&window) == [11, 12])
        window.abandon()
        #expect(try search(&window) == 10)
    }

    @Test func aDeadlineIsSetOnceAndMovesWithTheAcknowledgements() throws {
        let wait = Duration.seconds(30)
        var window = try window()
        #expect(window.nextDeadline(after: wait) == nil)
        window.hint(11...12)
        _ = try receive(&window)
        let first = now.advanced(by: wait)
        #expect(window.nextDeadline(after: wait) == first)
        #expect(window.nextDeadline(after: wait) == nil)
        let later = now.advanced(by: .seconds(10))
        #expect(try window.acknowledge(through: 11, now: later) == true)
        #expect(window.isOverdue(at: first, now: first, after: wait) == false)
        #expect(window.nextDeadline(after: wait) == later.advanced(by: wait))
        #expect(window.isOverdue(at: later.advanced(by: wait), now: later.advanced(by: wait), after: wait) == true)
    }

    @Test func whatIsToBeWrittenIsSaidOnceUntilItIsTaken() throws {
        var window = try window()
        window.hint(11...13)
        _ = try receive(&window)
        #expect(try window.acknowledge(through: 11, now: now) == true)
        #expect(window.makesUnwrittenKnown(now: now) == true)
        #expect(try window.acknowledge(through: 12, now: now) == true)
        #expect(window.makesUnwrittenKnown(now: now) == false)
        // So that what was to be written soon by the former clock is not written late by this one.
        #expect(window.makesUnwrittenKnown(now: Timestamp(seconds: 1)) == true)
        #expect(window.takeUnwritten() == 12)
        #expect(window.makesUnwrittenKnown(now: now) == true)
    }
}
