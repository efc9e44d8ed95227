import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

@Suite struct RecordCodingTests {
    private func encode(_ record: some Record) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(type(of: record).version)
        record.encode(into: &writer)
        return Array(writer.bytes)
    }

    private func decode<Value: Record>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try bytes.withUnsafeBytes { try Value($0) }
    }

    /// Holds the bytes of a record, that it comes back, and that no damage to it traps or goes unnoticed in its length.
    private func check<Value: Record & Equatable>(
        _ record: Value, _ golden: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let bytes = encode(record)
        #expect(EntryCodingTests.hex(bytes) == golden, sourceLocation: sourceLocation)
        #expect(try decode(Value.self, bytes) == record, sourceLocation: sourceLocation)
        for count in bytes.indices {
            #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
                try decode(Value.self, Array(bytes[..<count]))
            }
        }
        #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try decode(Value.self, bytes + [0]) }
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            _ = try? decode(Value.self, damaged)
        }
        await expect(.unreadableStore, sourceLocation: sourceLocation) {
            try decode(Value.self, [Value.version + 1] + bytes.dropFirst())
        }
    }

    @Test func usersHaveTheirBytes() async throws {
        var record = UserRecord(
            id: "eve", profile: Profile(name: "E", attributes: ["k": "v"]), createdAt: Timestamp(microseconds: 258),
            createdPosition: 300)
        try await check(
            record,
            "01" + "03657665" + "01014501016b0176" + "00" + "0000000000000102" + "ac02" + "00" + "00" + "0000" + "00")
        record.status = .deleted
        record.profile = Profile()
        record.permissions = .all.subtracting([.createGroup, .invite])
        record.presence = PresenceSetting(isHidden: true, customStatus: CustomStatus("x", until: .zero))
        record.contactCount = 200
        record.blockCount = 3
        record.erased = ErasurePlace(conversation: .direct(1, 2), sequence: 300)
        try await check(
            record,
            "01" + "03657665" + "0000" + "02" + "0000000000000102" + "ac02" + "0a" + "0701780000000000000000"
                + "c80103" + "01" + "8000000080000002" + "ac02")
    }

    @Test func groupsHaveTheirBytes() async throws {
        let group = NewGroup(
            id: "g", profile: Profile(), owner: 7, members: [], kind: .channel, policies: .channel)
        var record = GroupRecord(group, createdAt: Timestamp(microseconds: -1))
        let policies = "00" + "0101010101" + "ffffffffffffffffff01" + "00"
        try await check(
            record,
            "01" + "0167" + "01" + "00" + "0000" + policies + "07" + "00" + "01" + "00" + "00" + "ffffffffffffffff")
        record.isDissolved = true
        record.isMuted = true
        record.addAdmin(200)
        record.addAdmin(3)
        record.memberCount = 200
        record.requestCount = 1
        record.banCount = 2
        try await check(
            record,
            "01" + "0167" + "01" + "03" + "0000" + policies + "07" + "0203c801" + "c801" + "01" + "02"
                + "ffffffffffffffff")
    }

    @Test func requestsBansAndAnnouncementsHaveTheirBytes() async throws {
        try await check(
            RequestRecord(
                isInvitation: true, author: 300, text: "t", timestamp: Timestamp(microseconds: 1),
                until: Timestamp(microseconds: 2)),
            "01" + "01" + "ac02" + "0174" + "0000000000000001" + "0000000000000002")
        try await check(BanRecord(author: 5, timestamp: Timestamp(microseconds: 1)), "01" + "05" + "0000000000000001")
        try await check(
            AnnouncementRecord(text: "t", author: 5, timestamp: Timestamp(microseconds: 1)),
            "01" + "0174" + "05" + "0000000000000001")
    }

    @Test func devicesHaveTheirBytes() async throws {
        var record = DeviceRecord(user: 5, id: "phone", start: 130)
        try await check(record, "01" + "05" + "0570686f6e65" + "8201" + "0000" + "00")
        record.details = DeviceDetails(platform: "p", pushToken: "t")
        record.isRemoved = true
        try await check(record, "01" + "05" + "0570686f6e65" + "8201" + "01700174" + "01")
    }

    @Test func relationsHaveTheirBytes() async throws {
        try await check(RelationRecord(since: Timestamp(microseconds: 258)), "01" + "0000000000000102" + "00")
        try await check(RelationRecord(since: .zero, alias: "a"), "01" + "0000000000000000" + "0161")
    }

    @Test func markersAndTrimsHaveTheirBytes() async throws {
        try await check(Marker(sequence: 300, counted: 5), "01ac0205")
        try await check(TrimRecord(through: 300, counted: 5), "01ac0205")
    }

    @Test func settingsHaveTheirBytes() async throws {
        try await check(SettingRecord(), "01" + "00" + "00" + "0000" + "00")
        var record = SettingRecord()
        (record.setting.isPinned, record.setting.isArchived) = (true, true)
        (record.setting.isHidden, record.hiddenAt) = (true, 300)
        (record.setting.isMarkedUnread, record.markedAt) = (true, 2)
        record.setting.mutedUntil = Timestamp(microseconds: 5)
        (record.setting.draft, record.draftedAt) = ("hm", 301)
        record.cleared = Marker(sequence: 4, counted: 3)
        record.deletedCount = 7
        try await check(
            record, "01" + "1f" + "0000000000000005" + "ac02" + "02" + "ad02" + "02686d" + "0403" + "07")
    }

    @Test func deletionsHaveTheirBytes() async throws {
        var record = DeletionRecord()
        (record.deleted, record.counted) = (1 << 63 | 1, 1)
        try await check(record, "01" + "8000000000000001" + "0000000000000001")
    }

    @Test func membershipsHaveTheirBytes() async throws {
        var record = MembershipRecord(
            role: .admin, .init(historyFrom: 1, from: 3, countedBefore: 1, through: nil))
        try await check(record, "01" + "01" + "00" + "00" + "01" + "03020100")
        record.nickname = "left behind"
        record.end(through: 9)
        record.rejoin(role: .member, .init(historyFrom: 20, from: 20, countedBefore: 15, through: nil))
        record.mutedUntil = Timestamp(microseconds: 5)
        record.nickname = "n"
        record.changedAt = 300
        try await check(
            record,
            "01" + "00" + "03" + "ac02" + "0000000000000005" + "016e" + "02" + "03020109" + "14000f00")
    }

    @Test func aMembershipThatCannotBeIsCorrupt() async {
        await expect(.corrupt) { try decode(MembershipRecord.self, [1, 0, 0, 0, 0]) }
        await expect(.corrupt) {
            try decode(MembershipRecord.self, [1, 0, 0, 0, 33] + [UInt8](repeating: 1, count: 199))
        }
        await expect(.corrupt) { try decode(MembershipRecord.self, [1, 0, 0, 0, 1, 3, 4, 0, 0]) }
        await expect(.unreadableStore) { try decode(MembershipRecord.self, [1, 0, 4, 0, 1, 3, 0, 0, 0]) }
    }

    @Test func whatConsumersGaveBackHasItsBytes() async throws {
        try await check(
            ConsumerEntryRecord(isBuried: true, deliveries: 8, notBefore: Timestamp(microseconds: 1)),
            "01" + "01" + "08" + "0000000000000001")
    }

    @Test func amendmentsHaveTheirBytes() async throws {
        var record = AmendmentRecord()
        record.edits = [300, 301]
        record.count("+", isOn: true)
        record.count("+", isOn: true)
        record.count("-", isOn: true)
        record.count("+", isOn: false)
        try await check(record, "01" + "02ac0201" + "02" + "012b01" + "012d01")
        try await check(AmendmentRecord(), "01" + "00" + "00")
        await expect(.corrupt) {
            try decode(AmendmentRecord.self, [1, 2] + [UInt8](repeating: 0xFF, count: 9) + [1, 1, 0])
        }
    }

    @Test func whatBurnsHasItsBytes() async throws {
        var record = BurningRecord(author: 5, after: 300)
        try await check(record, "01" + "05" + "ac02" + "00")
        record.moment = Timestamp(microseconds: 258)
        try await check(record, "01" + "05" + "ac02" + "01" + "0000000000000102")
    }

    @Test func timelineBlocksHaveTheirBytes() async throws {
        var block = TimelineBlock()
        try await check(block, "01" + "00" + "0000000000000000" + "00")
        block.countedBefore = 300
        block.append(1_000, isCounted: true)
        block.append(1_001, isCounted: false)
        block.append(1_300, isCounted: true)
        try await check(block, "01" + "ac02" + "0000000000000005" + "03" + "e807" + "01" + "ab02")
        await expect(.corrupt) { try decode(TimelineBlock.self, [1, 0] + [UInt8](repeating: 0, count: 8) + [65]) }
    }

    @Test func conversationsHaveTheirBytes() async throws {
        var row = ConversationRow()
        row.head.sequence = 1
        row.head.counted = 2
        row.head.lastPosition = 3
        row.head.lastMessage = 4
        row.head.lastMessagePosition = 5
        row.head.withdrawn = 10
        row.head.low = Marker(sequence: 6, counted: 7)
        row.head.high = Marker(sequence: 8, counted: 9)
        row.newest.append(3, isCounted: true)
        let golden = "01" + "0102030405" + "0a" + "0607" + "0809" + "00" + "0000000000000001" + "01" + "03"
        try await check(row, golden)
        let head = try encode(row).withUnsafeBytes { try ConversationRow.head(of: $0) }
        #expect(head == row.head)
    }

    @Test func aFullBlockCountsItsMessages() throws {
        var block = TimelineBlock()
        block.countedBefore = 10
        for index in 0..<64 as Range<UInt64> { block.append(100 + index * 3, isCounted: index % 3 != 1) }
        #expect(block.isFull)
        let copy = try decode(TimelineBlock.self, encode(block))
        #expect(copy == block)
        for index in 0..<64 {
            let expected = (0...index).count { $0 % 3 != 1 }
            #expect(copy.counted(through: index) == UInt64(10 + expected))
        }
    }

    @Test func aProfileIsAlwaysTheSameBytes() throws {
        // Keys of which Swift's order of strings says, of each, that it comes before the other.
        let (one, other) = (("e\u{301}", "1"), ("\u{E9}a", "2"))
        var records: [[UInt8]] = []
        for pairs in [[one, other], [other, one]] {
            for capacity in 0..<8 {
                var profile = Profile()
                profile.attributes.reserveCapacity(capacity * 10)
                for (key, value) in pairs { profile.attributes[key] = value }
                records.append(
                    encode(UserRecord(id: "u", profile: profile, createdAt: .zero, createdPosition: 1)))
            }
        }
        #expect(Set(records).count == 1)
    }

    @Test func randomRecordsComeBackAsTheyWere() throws {
        var chance = SeededGenerator(seed: 21)
        for _ in 0..<1_000 {
            var user = UserRecord(
                id: RandomRecords.name(&chance), profile: RandomRecords.profile(&chance),
                createdAt: Timestamp(microseconds: Int64(bitPattern: RandomRecords.word(&chance))),
                createdPosition: RandomRecords.word(&chance))
            user.status = .suspended
            user.permissions = Permissions(rawValue: RandomRecords.number(&chance))
            user.presence = RandomRecords.presence(&chance)
            #expect(try decode(UserRecord.self, encode(user)) == user)
            let group = GroupRecord(RandomRecords.group(&chance), createdAt: .zero)
            #expect(try decode(GroupRecord.self, encode(group)) == group)
            var block = TimelineBlock()
            var position: Position = 0
            for _ in 0..<Int.random(in: 0...64, using: &chance) {
                position += UInt64.random(in: 1...1_000_000, using: &chance)
                block.append(position, isCounted: .random(using: &chance))
            }
            #expect(try decode(TimelineBlock.self, encode(block)) == block)
        }
    }

    @Test func noBytesTrap() {
        var chance = SeededGenerator(seed: 22)
        for _ in 0..<5_000 {
            let bytes =
                [1]
                + (0..<Int.random(in: 0..<40, using: &chance)).map { _ in
                    UInt8.random(in: 0...255, using: &chance)
                }
            _ = try? decode(UserRecord.self, bytes)
            _ = try? decode(GroupRecord.self, bytes)
            _ = try? decode(DeviceRecord.self, bytes)
            _ = try? decode(RelationRecord.self, bytes)
            _ = try? decode(MembershipRecord.self, bytes)
            _ = try? decode(TimelineBlock.self, bytes)
            _ = try? decode(ConversationRow.self, bytes)
            _ = try? decode(ConsumerEntryRecord.self, bytes)
            _ = try? decode(Marker.self, bytes)
            _ = try? decode(RequestRecord.self, bytes)
            _ = try? decode(BanRecord.self, bytes)
            _ = try? decode(AnnouncementRecord.self, bytes)
            _ = try? decode(SettingRecord.self, bytes)
            _ = try? decode(DeletionRecord.self, bytes)
        }
    }

    @Test func rowKeysSortAsTheirNumbersDo() {
        func bytes(_ key: RowKey) -> [UInt8] { key.withBytes { Array($0) } }
        #expect(EntryCodingTests.hex(bytes(RowKey(258))) == "0000000000000102")
        #expect(EntryCodingTests.hex(bytes(RowKey(1, 2))) == "00000000000000010000000000000002")
        bytes(RowKey(7, .max)).withUnsafeBytes { key in
            #expect(RowKey.word(0, of: key) == 7)
            #expect(RowKey.word(1, of: key) == .max)
            #expect(RowKey.word(2, of: key) == 0)
        }
    }

    @Test func conversationNumbersSayWhatTheyAre() {
        let greatest = ConversationNumber.greatestUser
        for (one, other) in [(1, 2), (5, 5), (1, greatest), (greatest - 1, greatest)] as [(UserNumber, UserNumber)] {
            let direct = ConversationNumber.direct(one, other)
            #expect(direct == .direct(other, one))
            #expect(direct.kind == .direct)
            #expect(direct.directUsers == (min(one, other), max(one, other)))
            #expect(direct.side(of: one) == .low)
            #expect(direct.side(of: other) == (one == other ? .low : .high))
            #expect(direct.side(of: 3) == nil)
        }
        #expect(ConversationNumber.personal(greatest).kind == .personal)
        #expect(ConversationNumber.personal(greatest).personalUser == greatest)
        #expect(ConversationNumber.group(1).kind == .group)
        #expect(ConversationNumber.engine.kind == .engine)
        #expect(ConversationNumber.group(1).side(of: 1) == nil)
    }
}
