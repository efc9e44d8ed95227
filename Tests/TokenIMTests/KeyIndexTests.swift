import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct KeyIndexTests {
    @Test(arguments: [0, 1, 100, 5_000, 100_000])
    func everyKeyIsFoundWhateverTheCapacity(_ capacity: Int) {
        let index = KeyIndex(capacity: capacity)
        for position in 1...20_000 as ClosedRange<Position> {
            index.insert(position &* 0x9E37_79B9_7F4A_7C15, position)
        }
        #expect(index.count == 20_000)
        for position in 1...20_000 as ClosedRange<Position> {
            let found = index.position(of: position &* 0x9E37_79B9_7F4A_7C15) { _ in true }
            if found != position { #expect(found == position) }
        }
        #expect(index.position(of: 12_345) { _ in true } == nil)
    }

    @Test func oneDigestMayHaveSeveralPositions() {
        let index = KeyIndex(capacity: 16)
        for position in 1...9 as ClosedRange<Position> { index.insert(77, position) }
        for position in 1...9 as ClosedRange<Position> {
            #expect(index.position(of: 77) { $0 == position } == position)
        }
        #expect(index.position(of: 77) { _ in false } == nil)
        index.remove(77, 5)
        #expect(index.count == 8)
        #expect(index.position(of: 77) { $0 == 5 } == nil)
        #expect(index.position(of: 77) { $0 == 9 } == 9)
        index.remove(77, 5)
        #expect(index.count == 8)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func itIsADictionaryUnderAnySequenceOfInsertionsAndRemovals(_ seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let index = KeyIndex(capacity: 8)
        var reference: [Position: UInt64] = [:]
        var next: Position = 1
        for _ in 0..<4_000 {
            if Int.random(in: 0..<100, using: &chance) < 55 || reference.isEmpty {
                // Few different digests, which lie next to each other: long runs that wrap around.
                let digest =
                    UInt64.max - UInt64.random(in: 0..<40, using: &chance) &+ .random(in: 0..<20, using: &chance)
                index.insert(digest, next)
                reference[next] = digest
                next += 1
            } else {
                let positions = reference.keys.sorted()
                let position = positions[Int.random(in: 0..<positions.count, using: &chance)]
                index.remove(reference[position]!, position)
                reference[position] = nil
            }
        }
        #expect(index.count == reference.count)
        for (position, digest) in reference {
            if index.position(of: digest, where: { $0 == position }) != position {
                Issue.record("position \(position) is lost")
            }
        }
        let sorted = reference.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        #expect(index.sorted() == sorted.map { KeyDigest(digest: $0.value, position: $0.key) })
    }
}
