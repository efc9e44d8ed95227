import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct BoundedCacheTests {
    @Test func itHoldsAtLeastItsCapacityOfTheNewest() {
        var cache = BoundedCache<Int, Int>(capacity: 10)
        for number in 0..<1_000 {
            cache.insert(number * 2, for: number)
            for newest in max(0, number - 9)...number {
                var copy = cache
                #expect(copy[newest] == newest * 2)
            }
        }
        #expect((0..<1_000).count { cache[$0] != nil } <= 20)
    }

    @Test func whatIsUsedStays() {
        var cache = BoundedCache<Int, Int>(capacity: 4)
        cache.insert(1, for: -1)
        for number in 0..<100 {
            cache.insert(number, for: number)
            #expect(cache[-1] == 1)
        }
        #expect(cache[0] == nil)
    }

    @Test func itNeverGivesAnOldValue() {
        var chance = SeededGenerator(seed: 3)
        var cache = BoundedCache<Int, Int>(capacity: 5)
        var reference: [Int: Int] = [:]
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<14, using: &chance)
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<5:
                cache.insert(step, for: key)
                reference[key] = step
            case 5:
                cache.remove(key)
                reference[key] = nil
            default:
                if let value = cache[key] { #expect(value == reference[key]) }
            }
        }
        cache.removeAll()
        #expect((0..<14).allSatisfy { cache[$0] == nil })
    }
}
