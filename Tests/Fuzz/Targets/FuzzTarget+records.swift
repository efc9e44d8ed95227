#if DEBUG || LIBFUZZER

@testable import TokenIM
import TokenIMLMDB

/// Rows of tables.
extension FuzzTarget {
    /// The first byte picks the kind of the record.
    static let records = FuzzTarget(
        name: "records", summary: "values of rows: refused, or encoded to the same bytes again",
        seeds: {
            recordTypes.indices.flatMap { index in
                (1..<60).map { [UInt8(index), 1] + [UInt8](repeating: $0 % 3 == 0 ? 1 : 0, count: Int($0)) }
            }
        },
        examine: { bytes in
            guard let first = bytes.first else { return "empty" }
            let index = Int(first) % recordTypes.count
            return "\(index) " + (try recordTypes[index](Array(bytes.dropFirst())))
        })

    private static let recordTypes: [@Sendable ([UInt8]) throws -> String] = [
        { try record(UserRecord.self, $0) }, { try record(RelationRecord.self, $0) },
        { try record(DeviceRecord.self, $0) }, { try record(Marker.self, $0) }, { try record(TrimRecord.self, $0) },
        { try record(GroupRecord.self, $0) }, { try record(MembershipRecord.self, $0) },
        { try record(RequestRecord.self, $0) }, { try record(BanRecord.self, $0) },
        { try record(AnnouncementRecord.self, $0) }, { try record(AmendmentRecord.self, $0) },
        { try record(BurningRecord.self, $0) }, { try record(DeletionRecord.self, $0) },
        { try record(SettingRecord.self, $0) }, { try record(ConsumerEntryRecord.self, $0) },
        { try record(TimelineBlock.self, $0) }, { try record(ConversationRow.self, $0) },
    ]

    private static func record<Value: Record & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> String {
        try roundTrip(bytes, decode: { try Value($0) }) { record, writer in
            writer.uint8(Value.version)
            record.encode(into: &writer)
        }
    }

    /// What is read out of keys.
    static let keys = FuzzTarget(
        name: "keys", summary: "keys of rows: read within their bounds, and made again from what was read",
        maximumLength: 80,
        seeds: { [[UInt8](repeating: 7, count: 24), [UInt8](repeating: 0xFF, count: 16), []] },
        examine: { bytes in
            try bytes.withUnsafeBytes { key in
                let words = (0..<4).map { RowKey.word($0, of: key) }
                let reaction = ReactionKey.reaction(of: key)
                let moment = AlarmKey.moment(of: key)
                if key.count == 24 {
                    try expect(RowKey(words[0], words[1], words[2]), is: key)
                    let alarm = AlarmKey.row(moment, ConversationNumber(rawValue: words[1]), words[2])
                    try expect(alarm, is: key)
                }
                if key.count == 16 { try expect(RowKey(words[0], words[1]), is: key) }
                if key.count == 8 { try expect(RowKey(words[0]), is: key) }
                let conversation = ConversationNumber(rawValue: words[0])
                _ = (conversation.kind, conversation.directUsers, conversation.personalUser)
                let user = UserNumber(truncatingIfNeeded: words[2])
                if key.count >= 24, words[2] == UInt64(user), Array(reaction.utf8).elementsEqual(key.dropFirst(24)) {
                    try ReactionKey.withBytes(conversation, words[1], user, reaction) { again in
                        guard again.elementsEqual(key) else { throw Finding("is another key of a reaction") }
                    }
                }
                return "\(key.count / 8) \(conversation.kind) \(reaction.isEmpty)"
            }
        })

    private static func expect(_ made: RowKey, is key: UnsafeRawBufferPointer) throws {
        try made.withBytes { made in
            guard made.elementsEqual(key) else { throw Finding("is made again as \(hexadecimal(Array(made)))") }
        }
    }
}

#endif
