import Testing

@testable import TokenIMLMDB

@Suite struct ByteCoderTests {
    @Test func goldenBytes() {
        var writer = ByteWriter(capacity: 0)
        writer.uint8(0x01)
        writer.uint16(0x0203)
        writer.uint32(0x0405_0607)
        writer.uint64(0x0809_0A0B_0C0D_0E0F)
        #expect(Array(writer.bytes) == Array(1...15))
        writer.removeAll()
        #expect(writer.count == 0)
        writer.string("hé")
        writer.bytes([9, 8])
        [7, 6, 5].withUnsafeBytes { writer.bytes(UnsafeRawBufferPointer(rebasing: $0[..<1])) }
        [UInt8]([1, 2]).withUnsafeBytes { writer.lengthPrefixed($0) }
        #expect(Array(writer.bytes) == [3, 0x68, 0xC3, 0xA9, 9, 8, 7, 2, 1, 2])
        #expect(writer.count == 10)
    }

    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 0x01]), (300, [0xAC, 0x02]), (16_383, [0xFF, 0x7F]),
            (16_384, [0x80, 0x80, 0x01]), (UInt64(UInt32.max), [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            (UInt64.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        ] as [(UInt64, [UInt8])])
    func goldenVarints(value: UInt64, bytes: [UInt8]) throws {
        var writer = ByteWriter()
        writer.varint(value)
        #expect(Array(writer.bytes) == bytes)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        #expect(reader.offset == bytes.count)
        try reader.finish()
    }

    /// Zeros that add nothing, too many bits, and an end within the number.
    @Test(
        arguments: [
            [0x80, 0x00], [0xFF, 0x80, 0x00],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
            [0x80], [],
        ] as [[UInt8]])
    func refusesVarint(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(throws: DecodingFailure.self) { try reader.varint() }
            #expect(reader.offset == 0, "a failure reads nothing")
        }
    }

    @Test func readsBackWhatWasWritten() throws {
        var random = SeededGenerator(seed: 3)
        var writer = ByteWriter(capacity: 1)
        for _ in 0..<200 {
            writer.removeAll()
            let number = UInt64.random(in: .min ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
            let text = String(repeating: "añ🙂", count: Int.random(in: 0..<50, using: &random))
            let blob = random.bytes(Int.random(in: 0..<300, using: &random))
            writer.uint64(number)
            writer.varint(number)
            writer.uint16(UInt16(truncatingIfNeeded: number))
            writer.string(text)
            blob.withUnsafeBytes { writer.lengthPrefixed($0) }
            writer.uint8(UInt8(truncatingIfNeeded: number))
            writer.bytes(blob)

            var reader = ByteReader(writer.bytes)
            #expect(try reader.uint64() == number)
            #expect(try reader.varint() == number)
            #expect(try reader.uint16() == UInt16(truncatingIfNeeded: number))
            #expect(try reader.string() == text)
            #expect(try Array(reader.lengthPrefixed()) == blob)
            #expect(try reader.uint8() == UInt8(truncatingIfNeeded: number))
            #expect(reader.remaining == blob.count)
            #expect(try Array(reader.bytes(count: blob.count)) == blob)
            try reader.finish()
        }
    }

    @Test func everyReadStopsAtTheEnd() {
        [UInt8](repeating: 0x7F, count: 7).withUnsafeBytes { bytes in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<1]))
            #expect(throws: DecodingFailure("the bytes end too early", offset: 0)) { try reader.uint16() }
            reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<3]))
            #expect(throws: DecodingFailure.self) { try reader.uint32() }
            reader = ByteReader(bytes)
            #expect(throws: DecodingFailure.self) { try reader.uint64() }
            #expect(throws: DecodingFailure.self) { try reader.bytes(count: 8) }
            #expect(throws: DecodingFailure.self) { try reader.bytes(count: -1) }
            #expect(throws: DecodingFailure.self) { try reader.lengthPrefixed() }
            #expect(throws: DecodingFailure("bytes after the end", offset: 0)) { try reader.finish() }
            #expect(reader.remaining == 7, "a failure reads nothing")
            reader = ByteReader(UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(throws: DecodingFailure.self) { try reader.uint8() }
        }
    }

    @Test(arguments: [[2, 0xC3, 0x28], [1, 0xFF], [3, 0xED, 0xA0, 0x80]] as [[UInt8]])
    func refusesStringsThatAreNotUTF8(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(throws: DecodingFailure("a string that is not UTF-8", offset: 0)) { try reader.string() }
        }
    }

    /// Whatever the bytes are, a decoder reads within them or throws.
    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            let bytes = random.bytes(Int.random(in: 0..<24, using: &random))
            bytes.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                do throws(DecodingFailure) {
                    while reader.remaining > 0 {
                        switch Int.random(in: 0..<7, using: &random) {
                        case 0: _ = try reader.uint8()
                        case 1: _ = try reader.uint16()
                        case 2: _ = try reader.uint32()
                        case 3: _ = try reader.uint64()
                        case 4: _ = try reader.varint()
                        case 5: _ = try reader.string()
                        default: _ = try reader.lengthPrefixed()
                        }
                    }
                } catch {
                    #expect(error.offset <= bytes.count)
                }
                #expect((0...bytes.count).contains(reader.offset))
            }
        }
    }
}
