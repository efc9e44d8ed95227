#if DEBUG || LIBFUZZER

@testable import TokenIM
@testable import TokenIMLMDB

/// The parts that the other forms are made of, and what hosts may hand in.
extension FuzzTarget {
    /// The forms of values and keys of typed tables, and values with their checksum.
    static let values = FuzzTarget(
        name: "values", summary: "values of typed tables: refused, or encoded to the same bytes again",
        seeds: { [[0], [1] + [UInt8](repeating: 9, count: 8), [2, 0xC3, 0xA9], [3, 1, 2, 3, 4, 5, 6]] },
        examine: { bytes in
            let rest = Array(bytes.dropFirst())
            switch (bytes.first ?? 0) % 5 {
            case 0: return try value(UInt64.self, rest)
            case 1: return try value(Int64.self, rest)
            case 2: return try value(String.self, rest)
            case 3: return try value([UInt8].self, rest)
            default: return try sealed(rest)
            }
        })

    private static func value<Value: TableValue & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> String {
        try roundTrip(bytes, decode: { try Value(decoding: $0.bytes) }) { value, writer in
            var form: [UInt8] = []
            value.encode(into: &form)
            writer.bytes(form)
        }
    }

    /// No value passes whose checksum is not its own, and one that was sealed is opened.
    private static func sealed(_ bytes: [UInt8]) throws -> String {
        let table = Table(name: "fuzz", handle: 1, environment: 1)
        return try bytes.withUnsafeBytes { bytes in
            let key = UnsafeRawBufferPointer(rebasing: bytes.prefix(8))
            let seal = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count + SealedValue.overhead, alignment: 8)
            defer { seal.deallocate() }
            guard let address = seal.baseAddress else { throw Finding("there is no memory") }
            SealedValue.write(bytes, key: key, table: table, to: address)
            guard try SealedValue.open(UnsafeRawBufferPointer(seal), key: key, table: table).elementsEqual(bytes)
            else { throw Finding("is opened as something else") }
            if let flipped = bytes.first.map({ Int($0) % seal.count }) {
                seal[flipped] ^= 1 << ((bytes.last ?? 0) % 8)
                if (try? SealedValue.open(UnsafeRawBufferPointer(seal), key: key, table: table)) != nil {
                    throw Finding("is opened although a bit of byte \(flipped) is flipped")
                }
            }
            return (try? SealedValue.open(bytes, key: key, table: table)) == nil ? "unsealed" : "sealed"
        }
    }

    /// The reader of bytes itself: the first half says what is read out of the second.
    static let numbers = FuzzTarget(
        name: "numbers", summary: "the reader of bytes: never beyond the end, and a failure reads nothing",
        seeds: { [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [4, 4, 4, 0x80, 0x01, 0x7F], [5, 6, 2, 0x61, 0x62, 1, 0xFF]] },
        examine: { bytes in
            let (steps, rest) = (bytes.prefix(bytes.count / 2), Array(bytes.dropFirst(bytes.count / 2)))
            return try rest.withUnsafeBytes { rest in
                var reader = ByteReader(rest)
                var last = "nothing"
                for step in steps {
                    let before = reader.offset
                    do throws(DecodingFailure) {
                        try read(step % 8, &reader)
                    } catch {
                        last = "\(step % 8) \(error.reason)"
                        guard reader.offset == before, error.offset <= rest.count else {
                            throw Finding("a failure at \(before) reads up to \(reader.offset)")
                        }
                    }
                    guard (before...rest.count).contains(reader.offset) else {
                        throw Finding("\(reader.offset) of \(rest.count) bytes are read")
                    }
                }
                return last
            }
        })

    private static func read(_ kind: UInt8, _ reader: inout ByteReader) throws(DecodingFailure) {
        switch kind {
        case 0: _ = try reader.uint8()
        case 1: _ = try reader.uint16()
        case 2: _ = try reader.uint32()
        case 3: _ = try reader.uint64()
        case 4: _ = try reader.varint()
        case 5: _ = try reader.string()
        case 6: _ = try reader.lengthPrefixed()
        default: _ = try reader.bytes(count: reader.remaining < 5 ? -1 : reader.remaining / 3)
        }
    }

    /// Names, as a host hands them in.
    static let tokens = FuzzTarget(
        name: "tokens", summary: "names: kept to the byte, or refused with malformed-identifier", maximumLength: 160,
        seeds: { [Array("ada".utf8), Array("é".utf8), [], [0x7F], [UInt8](repeating: 0x61, count: 128)] },
        examine: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let id: UserID
            do {
                id = try UserID(text)
            } catch let error as IMError {
                guard error.code == .malformedIdentifier else { throw Finding("is refused with \(error)") }
                return "refused"
            }
            guard id.rawValue.utf8.elementsEqual(text.utf8) else { throw Finding("is kept as \(id)") }
            guard (1...128).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { throw Finding("is taken for a name") }
            return "name \(text.utf8.count / 16)"
        })

    /// Times at the ends of their ranges.
    static let times = FuzzTarget(
        name: "times", summary: "moments and durations: no overflow, and in order", maximumLength: 24,
        seeds: { [[UInt8](repeating: 0x7F, count: 24), [UInt8](repeating: 0x80, count: 24)] },
        examine: { bytes in
            func word(_ index: Int) -> Int64 {
                bytes.withUnsafeBytes { Int64(bitPattern: RowKey.word(index, of: $0)) }
            }
            let (one, other) = (Timestamp(microseconds: word(0)), Timestamp(microseconds: word(1)))
            // Seconds of both signs with a fraction; no whole number of microseconds.
            let duration = Duration(
                secondsComponent: word(2), attosecondsComponent: word(1) % 1_000_000_000_000_000_000)
            let later = one.advanced(by: duration)
            if duration > .zero, later < one { throw Finding("\(one) plus \(duration) is \(later)") }
            if duration < .zero, later > one { throw Finding("\(one) plus \(duration) is \(later)") }
            let between = other.duration(since: one)
            guard (between < .zero) == (other < one) else { throw Finding("\(other) since \(one) is \(between)") }
            let whole = duration.wholeMicroseconds
            guard (whole < 0) == (duration <= .microseconds(-1)) else { throw Finding("\(duration) is \(whole)") }
            return "\(whole == .max) \(whole == .min) \(one < other)"
        })
}

#endif
