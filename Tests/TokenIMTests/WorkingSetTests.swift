import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct WorkingSetTests {
    private let chat = ConversationNumber.direct(1, 2)
    private let group = ConversationNumber.group(1)

    /// Positions 101 … 110: odd ones in the chat, even ones in the group; every third is no message.
    private func filled() -> WorkingSet {
        var set = WorkingSet(first: 101)
        var base = ConversationHead()
        base.sequence = 10
        base.counted = 8
        base.lastPosition = 90
        base.lastMessage = 9
        base.lastMessagePosition = 89
        set.begin(chat, base: base)
        set.begin(group, base: ConversationHead())
        for position in 101...110 as ClosedRange<Position> {
            let conversation = position % 2 == 1 ? chat : group
            let isCounted = position % 3 != 0
            let tail = set.append(
                position, to: conversation, isCounted: isCounted,
                by: conversation == chat && isCounted ? (position % 4 == 1 ? .low : .high) : nil)
            if conversation == group, isCounted {
                set.mark(7, of: group, Marker(sequence: tail.sequence, counted: tail.counted), at: position)
            }
            set.addKey(position * 1_000, at: position)
            set.moveCursor(of: 3, to: position - 1, at: position)
        }
        set.mark(.low, of: chat, Marker(sequence: 15, counted: 11), at: 110)
        set.addChat(chat, of: 1, at: 101)
        return set
    }

    @Test func anEmptySetKnowsNothing() {
        let set = WorkingSet(first: 5)
        #expect(set.isEmpty)
        #expect(set.count == 0)
        #expect(set.last == 4)
        #expect(set.head(of: chat) == nil)
        #expect(set.position(of: 1, in: chat) == nil)
        #expect(set.counted(through: 1, in: chat) == nil)
        #expect(set.firstSequence(above: 1, in: chat) == nil)
        #expect(set.positions(from: 1, in: chat, limit: 9) == [])
        #expect(set.marker(of: 1, in: group) == nil)
        #expect(set.cursor(of: 1) == nil)
        #expect(set.chats(of: 1) == [])
        #expect(set.lastSequence(of: chat) == nil)
    }

    @Test func entriesGoOnFromTheBase() {
        let set = filled()
        #expect(set.count == 10)
        #expect(set.last == 110)
        #expect(set.lastSequence(of: chat) == 15)
        #expect(set.lastSequence(of: group) == 5)
        #expect((11...15).map { set.position(of: $0, in: chat) } == [101, 103, 105, 107, 109])
        #expect(set.position(of: 10, in: chat) == nil)
        #expect(set.position(of: 16, in: chat) == nil)
        #expect((11...15).map { set.counted(through: $0, in: chat) } == [9, 10, 10, 11, 12])
        #expect(set.positions(from: 12, in: chat, limit: 3) == [103, 105, 107])
        #expect(set.positions(from: 14, in: chat, limit: 9) == [107, 109])
        #expect(set.positions(from: 10, in: chat, limit: 9) == [])
        #expect(set.chats(of: 1) == [chat])
    }

    @Test func aReaderIsBoundToItsMoment() {
        let set = filled()
        for bound in 95...112 as ClosedRange<Position> {
            let entries = (101...110).filter { $0 % 2 == 1 && $0 <= bound }
            let head = set.head(of: chat, through: bound)
            #expect(head?.sequence == 10 + UInt64(entries.count))
            #expect(head?.lastPosition == entries.last ?? 90)
            #expect(head?.counted == 8 + UInt64(entries.count { $0 % 3 != 0 }))
            #expect(head?.lastMessagePosition == entries.last { $0 % 3 != 0 } ?? 89)
            let cursor = set.cursor(of: 3, through: bound)
            #expect(cursor == (bound < 101 ? nil : min(bound, 110) - 1))
            let marker = set.marker(of: 7, in: group, through: bound)
            #expect(
                marker?.sequence
                    == (102...110).filter { $0 % 2 == 0 && $0 % 3 != 0 && $0 <= bound }.last
                    .map { UInt64($0 - 100) / 2 })
            #expect(set.chats(of: 1, through: bound).isEmpty == (bound < 101))
        }
    }

    @Test func sendingAndReadingMoveTheSidesOfADirectConversation() {
        let set = filled()
        // 101, 105, 109 are of the low side (105 is no message), 103 and 107 of the high one.
        #expect(set.head(of: chat, through: 101)?.low == Marker(sequence: 11, counted: 9))
        #expect(set.head(of: chat, through: 101)?.high == Marker.none)
        #expect(set.head(of: chat, through: 103)?.high == Marker(sequence: 12, counted: 10))
        #expect(set.head(of: chat, through: 108)?.low == Marker(sequence: 11, counted: 9))
        #expect(set.head(of: chat)?.low == Marker(sequence: 15, counted: 12))
        #expect(set.head(of: chat)?.high == Marker(sequence: 14, counted: 11))
    }

    @Test func theFirstSequenceAboveAPosition() {
        let set = filled()
        #expect(set.firstSequence(above: 89, in: chat) == nil)
        #expect(
            (90...110).map { set.firstSequence(above: $0, in: chat) } == [
                11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16,
            ])
        #expect(set.firstSequence(above: 0, in: group) == 1)
    }

    @Test(arguments: 100...110 as ClosedRange<Position>)
    func rollingBackLeavesWhatWasThereBefore(_ bound: Position) {
        var set = filled()
        let reference = filled()
        let keys = set.rollBack(to: bound)
        #expect(keys.map(\.position) == (100...110).filter { $0 > bound && $0 > 100 })
        #expect(set.last == bound)
        #expect(set.count == Int(bound - 100))
        for conversation in [chat, group] where set.head(of: conversation) != nil {
            #expect(set.head(of: conversation) == reference.head(of: conversation, through: bound))
        }
        #expect(set.cursor(of: 3) == reference.cursor(of: 3, through: bound))
        #expect(set.marker(of: 7, in: group) == reference.marker(of: 7, in: group, through: bound))
        #expect(set.chats(of: 1) == reference.chats(of: 1, through: bound))
        #expect(set.keys.map(\.position) == (100...110).filter { $0 <= bound && $0 > 100 })
    }

    @Test func aSetThatWasRolledBackGoesOnAsIfNothingHadBeen() {
        var set = filled()
        _ = set.rollBack(to: 105)
        for position in 106...110 as ClosedRange<Position> {
            let conversation = position % 2 == 1 ? chat : group
            if set.lastSequence(of: conversation) == nil { set.begin(conversation, base: ConversationHead()) }
            let isCounted = position % 3 != 0
            _ = set.append(
                position, to: conversation, isCounted: isCounted,
                by: conversation == chat && isCounted ? (position % 4 == 1 ? .low : .high) : nil)
        }
        set.mark(.low, of: chat, Marker(sequence: 15, counted: 11), at: 110)
        for conversation in [chat, group] { #expect(set.head(of: conversation) == filled().head(of: conversation)) }
    }

    @Test func aConversationThatOnlyAFailedBatchBeganIsNotThere() {
        var set = filled()
        set.begin(.direct(5, 6), base: ConversationHead())
        _ = set.append(111, to: .direct(5, 6), isCounted: true, by: .low)
        _ = set.rollBack(to: 110)
        #expect(set.cells.map(\.number) == [chat, group])
    }
}
