import Testing
import TokenIM

@testable import TokenIMTesting

@Suite struct SeededRandomTests {
    /// The first numbers of the algorithm from the state (1, 2, 3, 4), as other implementations publish them.
    @Test func isXoshiro256StarStar() {
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        let numbers = (0..<10).map { _ in generator.next() }
        #expect(
            numbers == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
                607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
                10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
            ])
    }

    /// The first numbers from the seed 1234567, as other implementations publish them.
    @Test func isSeededBySplitMix64() {
        var filler = SplitMix64(state: 1_234_567)
        let words = (0..<4).map { _ in filler.next() }
        #expect(
            words == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
            ])
        var generator = SeededGenerator(seed: 1_234_567)
        var reference = SeededGenerator(state: (words[0], words[1], words[2], words[3]))
        for _ in 0..<10 { #expect(generator.next() == reference.next()) }
    }

    @Test func aCopyGoesOnWithTheSameNumbers() {
        var generator = SeededGenerator(seed: 1)
        _ = generator.next()
        var copy = generator
        let numbers = (0..<5).map { _ in generator.next() }
        #expect((0..<5).map { _ in copy.next() } == numbers)
    }

    @Test func servesTheStandardLibrary() {
        var generator = SeededGenerator(seed: 1)
        var again = SeededGenerator(seed: 1)
        #expect(Array(0..<100).shuffled(using: &generator) == Array(0..<100).shuffled(using: &again))
        #expect(Array(0..<100).shuffled(using: &generator) != Array(0..<100))
    }

    @Test(arguments: [0, 1, .max])
    func theSourceGivesTheNumbersOfTheGenerator(seed: UInt64) {
        let source: any RandomSource = SeededRandom(seed: seed)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 { #expect(source.next() == generator.next()) }
    }

    @Test func otherSeedsGiveOtherNumbers() {
        #expect(Set((0..<1_000).map { SeededRandom(seed: $0).next() }).count == 1_000)
    }

    @Test func threadsShareOneSequence() async {
        let source = SeededRandom(seed: 5)
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 { group.addTask { (0..<500).map { _ in source.next() } } }
            return await group.reduce(into: Set<UInt64>()) { $0.formUnion($1) }
        }
        var generator = SeededGenerator(seed: 5)
        #expect(numbers == Set((0..<2_000).map { _ in generator.next() }))
    }
}
