#if DEBUG || LIBFUZZER

@testable import TokenIM
import TokenIMLMDB

/// What is stored: what can be read back is written as it was, and everything else is refused.
extension FuzzTarget {
    /// The rows of the journal, with every event.
    static let entries = codec(
        "entries", "rows of the journal",
        seeds: {
            // The shortest of each kind that is all zeros.
            EventCoding.Kind.allCases.compactMap { kind in
                (0..<80).lazy.map { [1, kind.rawValue, 0] + [UInt8](repeating: 0, count: $0) }.first { bytes in
                    (try? bytes.withUnsafeBytes { try EntryCoding.decode(1, $0) }) != nil
                }
            }
        },
        decode: { try EntryCoding.decode(1, $0) },
        encode: { EntryCoding.encode($0.header, $0.event, into: &$1) })

    static let bodies = codec(
        "bodies", "bodies of messages",
        seeds: { [[0, 1, 2, 104, 105], [3, 0x7F, 2, 2, 3, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 8, 1, 1, 120]] },
        decode: { bytes in
            var reader = ByteReader(bytes)
            let body = try MessageBody(reading: &reader)
            try reader.finish()
            return body
        },
        encode: { $0.encode(into: &$1) })

    /// A target whose property is that what is decoded is encoded to the same bytes.
    static func codec<Value: SendableMetatype>(
        _ name: String, _ what: String, seeds: @escaping @Sendable () -> [[UInt8]],
        decode: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Value,
        encode: @escaping @Sendable (Value, inout ByteWriter) -> Void
    ) -> FuzzTarget {
        FuzzTarget(
            name: name, summary: "\(what): refused, or encoded to the same bytes again", seeds: seeds
        ) { bytes in
            try roundTrip(bytes, decode: decode, encode: encode)
        }
    }

    static func roundTrip<Value>(
        _ bytes: [UInt8], decode: (UnsafeRawBufferPointer) throws -> Value, encode: (Value, inout ByteWriter) -> Void
    ) throws -> String {
        let value: Value
        do {
            value = try bytes.withUnsafeBytes { try decode($0) }
        } catch {
            return try refusal(error)
        }
        var writer = ByteWriter(capacity: bytes.count)
        encode(value, &writer)
        guard writer.bytes.elementsEqual(bytes) else {
            throw Finding("is read as \(value) and written as \(hexadecimal(Array(writer.bytes)))")
        }
        return "fine \(bytes.first ?? 0) \(bytes.dropFirst().first ?? 0) \(bytes.count.bitWidth)"
    }

    /// What a decoder may say to bytes that are not its own.
    static func refusal(_ error: any Error) throws -> String {
        switch error {
        case let failure as DecodingFailure: return "\(failure.reason) \(min(failure.offset, 24))"
        case let error as IMError where [.corrupt, .unreadableStore].contains(error.code):
            return String(error.message.prefix { !$0.isNumber })
        case is UndecodableValue: return "\(error)"
        default: throw Finding("is refused with \(error)")
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

#endif
