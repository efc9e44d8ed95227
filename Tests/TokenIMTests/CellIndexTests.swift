import Testing
import TokenIMTesting

@testable import TokenIM

@Suite struct CellIndexTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func itIsADictionaryOfConversations(_ seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var index = CellIndex()
        var reference: [ConversationNumber: Int] = [:]
        for place in 0..<5_000 {
            let number: ConversationNumber =
                switch chance.next() % 4 {
                case 0: place == 0 ? .engine : .personal(UserNumber(place))
                case 1: .group(chance.next() % 100_000)
                default: .direct(UserNumber(chance.next() % 300), UserNumber(chance.next() % 300))
                }
            #expect(index[number] == reference[number])
            if reference[number] == nil {
                index.insert(number, at: place)
                reference[number] = place
            }
        }
        #expect(reference.count > 4_000)
        for (number, place) in reference where index[number] != place { #expect(index[number] == place) }
        #expect(index[.direct(400, 401)] == nil)
    }

    @Test func anEmptyOneHoldsNothing() {
        #expect(CellIndex()[.engine] == nil)
        #expect(CellIndex()[.direct(1, 2)] == nil)
    }

    @Test func aCopyStaysAsItWas() {
        var index = CellIndex()
        index.insert(.direct(1, 2), at: 0)
        let copy = index
        for place in 1..<200 { index.insert(.direct(1, UserNumber(place + 2)), at: place) }
        #expect(copy[.direct(1, 2)] == 0)
        #expect(copy[.direct(1, 3)] == nil)
        #expect(index[.direct(1, 201)] == 199)
    }
}
