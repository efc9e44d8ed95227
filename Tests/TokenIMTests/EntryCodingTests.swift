import Testing
@testable import TokenIM
import TokenIMLMDB
import TokenIMTesting

@Suite struct EntryCodingTests {
    static let header = EntryHeader(
        timestamp: Timestamp(microseconds: 0x0102_0304_0506_0708), conversation: .direct(1, 2), sequence: 300,
        author: 1, device: 0, request: nil)

    private static var everything: ConversationSetting {
        var setting = ConversationSetting()
        (setting.isPinned, setting.isArchived, setting.isHidden, setting.isMarkedUnread) = (true, true, true, true)
        setting.mutedUntil = Timestamp(microseconds: 5)
        return setting
    }

    /// Every event, and the bytes that it has on disk after the header. They never change.
    static let golden: [(event: Event, kind: UInt8, bytes: String)] = [
        (.message(MessageBody(.text("hi"))), 1, "0001026869"),
        (.message(MessageBody(.custom(type: "t", bytes: [0xFF, 0]), replyTo: 200)), 1, "9003" + "020174" + "02ff00"),
        (
            .message(
                MessageBody(
                    .text("x"), replyTo: 1,
                    extras: .init(
                        mentions: [2, 300], mentionsAll: true, isCounted: false, isSilent: true, expiresAfter: 5,
                        burnsAfter: 6, origin: .init(author: 7, timestamp: Timestamp(microseconds: 8))))), 1,
            "03" + "7f" + "0202ac02" + "05" + "06" + "070000000000000008" + "010178"
        ),
        (
            .message(
                MessageBody(
                    .image(
                        Media(
                            "r", mediaType: "m", size: 9, name: "n", width: 2, height: 3, duration: .milliseconds(4),
                            thumbnail: "t", digest: [0xFE], caption: "c")))), 1,
            "00" + "0307" + "1f" + "0172016d016e01740163" + "09" + "0203" + "04" + "01fe"
        ),
        (.message(MessageBody(.audio(Media("r")))), 1, "00" + "0400" + "03" + "017200" + "00"),
        (.message(MessageBody(.video(Media("r")))), 1, "00" + "0500" + "03" + "017200" + "00"),
        (.message(MessageBody(.file(Media("r")))), 1, "00" + "0600" + "03" + "017200" + "00"),
        (
            .message(MessageBody(.location(Location(latitude: 1, longitude: -2, name: "x")))), 1,
            "00" + "07" + "3ff0000000000000" + "c000000000000000" + "01" + "0178"
        ),
        (.message(MessageBody(.card(Card(.group("g"), avatar: "a")))), 1, "00" + "0801" + "05" + "01670161"),
        (.erased(.recalled, wasCounted: true), 2, "0101"),
        (.edited(3, MessageBody(.text("x"))), 21, "03" + "00010178"),
        (
            .withdrawn(
                [Withdrawal(sequence: 3, wasCounted: true), Withdrawal(sequence: 4, wasCounted: false)], .expired),
            22, "02" + "020708"
        ),
        (.reactionChanged(3, "+", isOn: true), 23, "03" + "012b" + "01"),
        (.pinChanged(3, isOn: false), 24, "0300"),
        (
            .scheduled(MessageBody(.text("x")), to: .direct(1, 2), at: Timestamp(microseconds: 5)), 25,
            "8000000080000002" + "0000000000000005" + "00010178"
        ),
        (.scheduleEnded(3, .sent(4)), 26, "030104"),
        (.scheduleEnded(3, .cancelled), 26, "0302"),
        (.scheduleEnded(3, .refused(2003)), 26, "0303d30f"),
        (.group(.policies(GroupPolicies.channel)), 27, "01" + "00" + "0101010101" + "ffffffffffffffffff01" + "00"),
        (.group(.memberMuted(5, until: Timestamp(microseconds: 6))), 27, "02" + "05" + "01" + "0000000000000006"),
        (.group(.memberMuted(5, until: nil)), 27, "02" + "05" + "00"),
        (.group(.allMuted(true)), 27, "03" + "01"),
        (.group(.banChanged(5, isOn: true)), 27, "04" + "05" + "01"),
        (.group(.nicknameChanged(5, "n")), 27, "05" + "05" + "016e"),
        (.group(.nicknameChanged(5, nil)), 27, "05" + "05" + "00"),
        (.group(.announced("a")), 27, "06" + "0161"),
        (
            .group(.invited([5, 300], text: "t", until: Timestamp(microseconds: 6), refusals: [0, 2017])), 27,
            "07" + "0205ac02" + "0174" + "0000000000000006" + "0200e10f"
        ),
        (
            .group(.invitation(.group(1), text: "t", until: Timestamp(microseconds: 6))), 27,
            "08" + "c000000000000001" + "0174" + "0000000000000006"
        ),
        (
            .group(.requested(.group(1), 5, text: "t", until: Timestamp(microseconds: 6))), 27,
            "09" + "c000000000000001" + "05" + "0174" + "0000000000000006"
        ),
        (.group(.requestEnded(.group(1), 5, .rejected)), 27, "0a" + "c000000000000001" + "05" + "02"),
        (.person(.block(5, isOn: true)), 28, "010501"),
        (.person(.contact(300, alias: "a")), 28, "02ac02" + "0161"),
        (.person(.contact(5, alias: nil)), 28, "0205" + "00"),
        (.person(.contactRemoved(5)), 28, "0305"),
        (.person(.permissions(.all)), 28, "0400"),
        (.person(.permissions(.send)), 28, "04" + "feffffff0f"),
        (.person(.presence(PresenceSetting())), 28, "0500"),
        (.person(.presence(PresenceSetting(isHidden: true, customStatus: CustomStatus("x")))), 28, "0503" + "0178"),
        (
            .person(.presence(PresenceSetting(customStatus: CustomStatus("x", until: Timestamp(microseconds: 5))))), 28,
            "0506" + "0178" + "0000000000000005"
        ),
        (.person(.device(7, DeviceDetails(platform: "p", pushToken: nil))), 28, "0607" + "0170" + "00"),
        (.person(.deviceRemoved(7, "p")), 28, "0707" + "0170"),
        (
            .person(.seen([UserSeen(user: 5, moment: Timestamp(microseconds: 6))])), 28,
            "0801" + "05" + "0000000000000006"
        ),
        (
            .person(.erased(5, through: ErasurePlace(conversation: .direct(1, 2), sequence: 200))), 28,
            "0905" + "8000000080000002" + "c801"
        ),
        (.setting(.set(.direct(1, 2), ConversationSetting())), 29, "01" + "8000000080000002" + "00"),
        (
            .setting(.set(.direct(1, 2), everything)), 29, "01" + "8000000080000002" + "1f" + "0000000000000005"
        ),
        (.setting(.drafted(.direct(1, 2), "hm")), 29, "02" + "8000000080000002" + "02686d"),
        (.setting(.drafted(.direct(1, 2), nil)), 29, "03" + "8000000080000002"),
        (.setting(.cleared(.direct(1, 2), through: 200, counted: 4)), 29, "04" + "8000000080000002" + "c80104"),
        (
            .setting(
                .deleted(
                    .direct(1, 2),
                    [Withdrawal(sequence: 3, wasCounted: true), Withdrawal(sequence: 64, wasCounted: false)])),
            29, "05" + "8000000080000002" + "02078001"
        ),
        (.userCreated(5, "eve", Profile()), 3, "05" + "03657665" + "0000"),
        (
            .userCreated(300, "eve", Profile(name: "E", avatar: "a", attributes: ["b": "2", "a": "1"])), 3,
            "ac02" + "03657665" + "03" + "0145" + "0161" + "02" + "01610131" + "01620132"
        ),
        (.userUpdated(5, Profile(name: "E")), 4, "05" + "01" + "0145" + "00"),
        (.userStatusChanged(5, .suspended), 5, "0501"),
        (.userStatusChanged(5, .deleted), 5, "0502"),
        (.userStatusChanged(5, .active), 5, "0500"),
        (.deviceAdded(7, user: 5, "p", start: 128), 6, "0705" + "0170" + "8001"),
        (.cursorsMoved([]), 7, "00"),
        (.cursorsMoved([CursorMove(device: 7, position: 1), CursorMove(device: 8, position: 300)]), 7, "02070108ac02"),
        (
            .groupCreated(NewGroup(id: "g", profile: Profile(avatar: "a"), owner: 1, members: [2, 3])), 8,
            "0167" + "02" + "0161" + "00" + "01" + "020203" + "00" + "02" + "0100010101" + "00" + "01"
        ),
        (.groupUpdated(Profile()), 9, "0000"),
        (.membersAdded([1, 200]), 10, "0201c801"),
        (.memberRemoved(9), 11, "09"),
        (.memberLeft(9), 12, "09"),
        (.roleChanged(9, .admin), 13, "0901"),
        (.roleChanged(9, .member), 13, "0900"),
        (.ownershipTransferred(9), 14, "09"),
        (.groupDissolved, 15, ""),
        (.removedFromGroup(.group(1)), 16, "c000000000000001"),
        (.readMarkerMoved(.direct(1, 2), 3, counted: 2), 17, "8000000080000002" + "0302"),
        (.historyTrimmed(through: 5, counted: 4), 18, "0504"),
        (
            .consumerChanged(
                "c",
                [
                    .created(start: 1), .moved(2), .parked(3, deliveries: 4, notBefore: Timestamp(microseconds: 5)),
                    .buried(6, deliveries: 7), .settled(8), .deleted,
                ]), 19,
            "0163" + "06" + "0101" + "0202" + "0303040000000000000005" + "040607" + "0508" + "06"
        ),
        (.unchanged(.personal(1), 2, 3), 20, "4000000000000001" + "0203"),
    ]

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func encode(_ header: EntryHeader, _ event: Event) -> [UInt8] {
        var writer = ByteWriter()
        EntryCoding.encode(header, event, into: &writer)
        return Array(writer.bytes)
    }

    static func decode(_ bytes: [UInt8]) throws -> JournalEntry {
        try bytes.withUnsafeBytes { try EntryCoding.decode(1, $0) }
    }

    @Test(arguments: golden.indices)
    func everyEventHasItsBytes(_ index: Int) throws {
        let (event, kind, bytes) = Self.golden[index]
        let kindText = Self.hex([kind])
        let head = "01" + kindText + "01" + "0102030405060708" + "8000000080000002" + "ac02" + "01"
        let encoded = Self.encode(Self.header, event)
        #expect(Self.hex(encoded) == head + bytes)
        let entry = try Self.decode(encoded)
        #expect(entry.event == event)
        #expect(entry.header == Self.header)
    }

    @Test func everyKindIsAmongTheGolden() {
        #expect(Set(Self.golden.map(\.kind)) == Set(EventCoding.Kind.allCases.map(\.rawValue)))
        for (event, kind, _) in Self.golden { #expect(EventCoding.kind(of: event).rawValue == kind) }
    }

    @Test func aHeaderSaysOnlyWhatIsThere() throws {
        var header = Self.header
        header.author = 0
        #expect(
            Self.hex(Self.encode(header, .groupDissolved)) == "010f000102030405060708" + "8000000080000002" + "ac02")
        header.author = 300
        header.device = 5
        header.request = EntryHeader.Request(key: "key", digest: 0x1122_3344_5566_7788)
        let encoded = Self.encode(header, .groupDissolved)
        #expect(
            Self.hex(encoded)
                == "010f070102030405060708" + "8000000080000002" + "ac02" + "ac02" + "05" + "036b6579"
                + "1122334455667788")
        #expect(try Self.decode(encoded).header == header)
    }

    @Test(arguments: golden.indices)
    func everyTruncationIsAnError(_ index: Int) {
        var header = Self.header
        header.device = 3
        header.request = EntryHeader.Request(key: "key", digest: 7)
        let encoded = Self.encode(header, Self.golden[index].event)
        for count in encoded.indices {
            #expect(throws: (any Error).self) { try Self.decode(Array(encoded[..<count])) }
        }
        #expect(throws: (any Error).self) { try Self.decode(encoded + [0]) }
    }

    @Test(arguments: golden.indices)
    func noFlippedBitTraps(_ index: Int) {
        let encoded = Self.encode(Self.header, Self.golden[index].event)
        var decoded = 0
        for bit in 0..<encoded.count * 8 {
            var bytes = encoded
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            if (try? Self.decode(bytes)) != nil { decoded += 1 }
        }
        #expect(decoded > 0)
    }

    @Test func noBytesTrap() {
        var chance = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<60, using: &chance)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
            if count > 3 { (bytes[0], bytes[1], bytes[2]) = (1, bytes[1] % 31, bytes[2] % 8) }
            _ = try? Self.decode(bytes)
        }
    }

    @Test func anUnknownVersionOrKindIsUnreadableAndNotCorrupt() async {
        var encoded = Self.encode(Self.header, .groupDissolved)
        encoded[1] = 200
        await expect(.unreadableStore) { try Self.decode(encoded) }
        encoded[0] = 2
        await expect(.unreadableStore) { try Self.decode(encoded) }
    }

    @Test func unknownFlagsAreUnreadable() async {
        var encoded = Self.encode(Self.header, .groupUpdated(Profile()))
        encoded[2] |= 0x80
        await expect(.unreadableStore) { try Self.decode(encoded) }
        encoded[2] = 1
        encoded[encoded.count - 2] = 4
        await expect(.unreadableStore) { try Self.decode(encoded) }
    }

    @Test func randomEntriesComeBackAsTheyWere() throws {
        var chance = SeededGenerator(seed: 12)
        for _ in 0..<2_000 {
            let header = RandomRecords.header(&chance)
            let event = RandomRecords.event(&chance)
            let entry = try Self.decode(Self.encode(header, event))
            #expect(entry.header == header)
            #expect(entry.event == event)
        }
    }
}
