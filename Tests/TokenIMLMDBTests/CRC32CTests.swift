import Testing

@testable import TokenIMLMDB

@Suite struct CRC32CTests {
    /// From RFC 3720, appendix B.4, and the usual check value.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func knownAnswers(bytes: [UInt8], expected: UInt32) {
        #expect(bytes.withUnsafeBytes { CRC32C.checksum(of: $0) } == expected)
        #expect(bytes.withUnsafeBytes { CRC32C.portableChecksum(of: $0) } == expected)
    }

    @Test func instructionAndTableAgreeAtAnyLengthAndAlignment() {
        var random = SeededGenerator(seed: 1)
        let bytes = random.bytes(600)
        bytes.withUnsafeBytes { bytes in
            for start in 0..<9 {
                for length in [0, 1, 7, 8, 9, 63, 64, 500] {
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                    #expect(CRC32C.checksum(of: part) == CRC32C.portableChecksum(of: part))
                }
            }
        }
    }

    @Test func continuingIsTheChecksumOfTheWhole() {
        let bytes = (0..<100).map { UInt8($0 * 2 + 1) }
        bytes.withUnsafeBytes { bytes in
            for split in 0...100 {
                let first = CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<split]))
                let rest = UnsafeRawBufferPointer(rebasing: bytes[split...])
                #expect(CRC32C.checksum(of: rest, continuing: first) == CRC32C.checksum(of: bytes))
                #expect(CRC32C.portableChecksum(of: rest, continuing: first) == CRC32C.checksum(of: bytes))
            }
        }
    }
}
