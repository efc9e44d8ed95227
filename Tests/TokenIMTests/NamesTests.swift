import Testing

@testable import TokenIM

@Suite struct NamesTests {
    @Test func whatWasRememberedIsKnownBothWays() {
        let names = Names(seed: 7)
        #expect(names.number(of: "alice") == nil)
        names.remember(1, of: "alice")
        names.remember(2, of: "bob")
        #expect(names.number(of: "alice") == 1)
        #expect(names.number(of: "bob") == 2)
        #expect(names.number(of: "carol") == nil)
        #expect(names.user(2) == "bob")
    }

    @Test func aNameThatWasPushedOutIsAskedForAgain() {
        let names = Names(seed: 7)
        let far = UserNumber(1) + UserNumber(1 << 16)
        for _ in 0..<3 {
            names.remember(1, of: "alice")
            #expect(names.number(of: "alice") == 1)
            names.remember(far, of: "bob")
            #expect(names.number(of: "alice") == nil)
            #expect(names.number(of: "bob") == far)
        }
    }
}
