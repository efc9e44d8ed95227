import Testing
@testable import TokenIMLMDB

@Suite struct CRC32CTests {
    @Test func knownAnswer() {
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { CRC32C.checksum(of: $0) } == 0xE306_9283)
        #expect(digits.withUnsafeBytes { CRC32C.portableChecksum(of: $0) } == 0xE306_9283)
    }
}
