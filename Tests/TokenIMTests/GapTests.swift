import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct GapTests {
    private let chat = Conversation.direct("alice", "bob")

    private func test() async throws -> TestEngine {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob", "carol")
        return test
    }

    /// What a client that keeps what it has not seen, and believes its gaps, ends with.
    private func sequences(_ deliveries: [Delivery], of conversation: Conversation) -> [SequenceNumber] {
        var seen: Set<SequenceNumber> = []
        for delivery in deliveries where delivery.conversation == conversation {
            if let gap = delivery.gap { seen.formUnion(gap.from...gap.through) }
            if let entry = delivery.entry { seen.insert(entry.sequence) }
        }
        return seen.sorted()
    }

    @Test func aDeviceThatWasOfflineGetsAGapForWhatWasTrimmed() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...10, from: "alice", to: .user("bob"))
        _ = try await engine.messages.trim(chat, through: 6)
        let deliveries = try await engine.connect("bob", device: "phone").drain()
        #expect(deliveries.first?.gap == Gap(from: 1, through: 6))
        #expect(deliveries.first?.entry == nil)
        #expect(deliveries.first?.conversation == chat)
        #expect(deliveries.first?.sequence == 6)
        #expect(deliveries.texts == ["7", "8", "9", "10"])
        #expect(deliveries.kinds.last == .historyTrimmed)
        #expect(sequences(deliveries, of: chat) == Array(1...11))
    }

    @Test func aDeviceInTheMiddleGetsAGapFromWhereItStands() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...10, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        phone.acknowledge(try phone.receive(maximum: 3)[2])
        phone.close()
        _ = try await engine.messages.trim(chat, through: 6)
        let deliveries = try await engine.connect("bob", device: "phone").drain()
        #expect(deliveries.first?.gap == Gap(from: 4, through: 6))
        #expect(sequences(deliveries, of: chat) == Array(4...11))
    }

    @Test func aDeviceThatHadEverythingGetsNoGap() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...10, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        _ = try phone.drain()
        _ = try await engine.messages.trim(chat, through: 6)
        let deliveries = try phone.drain()
        #expect(deliveries.kinds == [.historyTrimmed])
        #expect(deliveries.allSatisfy { $0.gap == nil })
    }

    @Test func aConnectedDeviceThatIsBehindGetsGaps() async throws {
        let test = try await test()
        let engine = test.engine
        let phone = try await engine.connect("bob", device: "phone")
        #expect(try phone.receive().isEmpty)
        try await engine.say(1...10, from: "alice", to: .user("bob"))
        _ = try await engine.messages.trim(chat, through: 6)
        let deliveries = try phone.drain()
        #expect(deliveries.compactMap(\.gap) == [Gap(from: 1, through: 6)])
        #expect(sequences(deliveries, of: chat) == Array(1...11))
        #expect(deliveries.texts == ["7", "8", "9", "10"])
    }

    @Test func aDeviceThatIsCatchingUpWhileHistoryIsTrimmedMissesNothingSilently() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.say(1...40, from: "alice", to: .user("bob"))
        let phone = try await engine.connect("bob", device: "phone")
        var deliveries = try phone.receive(maximum: 5)
        phone.acknowledge(deliveries[4])
        _ = try await engine.messages.trim(chat, through: 20)
        while deliveries.count < 100 {
            let found = try phone.receive(maximum: 3)
            guard let last = found.last else { break }
            deliveries += found
            phone.acknowledge(last)
        }
        #expect(sequences(deliveries, of: chat) == Array(1...41))
        #expect(deliveries.texts == ((1...5).map { "\($0)" } + (21...40).map { "\($0)" }))
        #expect(deliveries.last?.entry?.kind == .historyTrimmed)
        #expect(deliveries.allSatisfy { $0.entry?.kind != .erased })
    }

    @Test func gapsAndEntriesOfSeveralConversationsKeepTheOrderOfPositions() async throws {
        let test = try await test()
        let engine = test.engine
        for number in 1...20 {
            try await engine.say("a\(number)", from: "alice", to: .user("bob"))
            try await engine.say("c\(number)", from: "carol", to: .user("bob"))
        }
        _ = try await engine.messages.trim(chat, through: 10)
        let phone = try await engine.connect("bob", device: "phone")
        var all: [Delivery] = []
        // Connecting again after every few acknowledged deliveries must not skip anything.
        var session = phone
        while true {
            let found = try session.receive(maximum: 3)
            guard let first = found.first else { break }
            all.append(first)
            session.acknowledge(first)
            session.close()
            session = try await engine.connect("bob", device: "phone")
            if all.count > 100 { break }
        }
        #expect(all.map(\.position) == all.map(\.position).sorted())
        #expect(sequences(all, of: chat) == Array(1...21))
        #expect(sequences(all, of: .direct("bob", "carol")) == Array(1...20))
        #expect(all.texts.filter { $0.hasPrefix("c") } == (1...20).map { "c\($0)" })
    }

    @Test func noticesThatWereTrimmedAreGoneToo() async throws {
        let test = try await test()
        let engine = test.engine
        try await engine.groups.create("team", owner: "alice", members: ["bob"])
        try await engine.groups.add(["carol"], to: "team")
        try await engine.say(1...3, from: "alice", to: .group("team"))
        _ = try await engine.messages.trim(.group("team"), through: 4)
        let deliveries = try await engine.connect("bob", device: "phone").drain()
        #expect(deliveries.first?.gap == Gap(from: 1, through: 4))
        #expect(deliveries.texts == ["3"])
        // Carol came in at the second entry.
        let carols = try await engine.connect("carol", device: "phone").drain()
        #expect(carols.first?.gap == Gap(from: 2, through: 4))
    }
}
