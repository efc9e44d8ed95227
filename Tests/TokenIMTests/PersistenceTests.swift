import Synchronization
import Testing
@testable import TokenIM
import TokenIMTesting

@Suite struct PersistenceTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func reopeningChangesNothingThatAnyoneCanSee(_ seed: UInt64) async throws {
        let stage = try Stage { $0.limits.foldEntries = 90 }
        try await Story.begin(stage.engine)
        var story = Story(seed: seed)
        for _ in 0..<5 {
            try await story.tell(60, to: stage.engine)
            // Closing would write who was seen last, which takes a position.
            stage.time.advance(by: .seconds(1))
            let portrait = try stage.engine.portrait()
            try stage.reopen()
            #expect(try stage.engine.portrait() == portrait)
        }
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    @Test(arguments: [1, 2, 3, 64, 65, 100_000])
    func foldsAreSeenByNobody(_ foldEntries: Int) async throws {
        let reference = try Stage()
        let stage = try Stage { configuration in
            configuration.limits.foldEntries = foldEntries
            configuration.limits.keyMergeEntries = 50
        }
        var (one, other) = (Story(seed: 4), Story(seed: 4))
        try await Story.begin(reference.engine)
        try await Story.begin(stage.engine)
        for _ in 0..<4 {
            try await one.tell(80, to: reference.engine)
            try await other.tell(80, to: stage.engine)
            let portrait = try reference.engine.portrait()
            #expect(try stage.engine.portrait() == portrait)
            try await stage.engine.fold()
            #expect(try stage.engine.portrait() == portrait)
        }
        #expect(try await stage.engine.verify().findings.map(\.description) == [])
    }

    @Test(arguments: [1, 7, 64, 65, 128, 129, 200])
    func conversationsOfSeveralBlocksAreTheSameBeforeAndAfterAFold(_ count: Int) async throws {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob")
        try await stage.engine.say(1...count, from: "alice", to: .user("bob"))
        let before = try stage.engine.portrait()
        try await stage.engine.fold()
        #expect(try stage.engine.portrait() == before)
        try await stage.engine.say("more", from: "bob", to: .user("alice"))
        let after = try stage.engine.portrait()
        try stage.reopen()
        #expect(try stage.engine.portrait() == after)
        #expect(try stage.engine.texts(of: .direct("alice", "bob"), for: "bob").count == count + 1)
    }

    @Test(arguments: [1, 13, 100_000])
    func aCrashLosesNothingThatWasAnswered(_ foldEntries: Int) async throws {
        let test = try TestEngine { $0.limits.foldEntries = foldEntries }
        try await Story.begin(test.engine)
        var story = Story(seed: 5)
        for _ in 0..<6 {
            try await story.tell(37, to: test.engine)
            let copy = try CrashedStore(test) { $0.limits.foldEntries = foldEntries }
            #expect(try copy.engine.portrait() == test.engine.portrait())
            #expect(try await copy.engine.verify().findings.map(\.description) == [])
        }
    }

    @Test func aCrashInTheMiddleOfAFoldLeavesTheCheckpointBefore() async throws {
        let test = try TestEngine()
        let store = test.directory.path + "/store"
        try await Story.begin(test.engine)
        var story = Story(seed: 6)
        try await story.tell(100, to: test.engine)
        try await test.engine.fold()
        let copy = try TemporaryDirectory()
        try StoreFiles.copy(from: store, to: copy.path + "/store", ["projections"])
        try await story.tell(100, to: test.engine)
        // The fold begins, and never commits: the journal goes on, the projections do not.
        try await test.engine.fold()
        try StoreFiles.copy(from: store, to: copy.path + "/store", ["journal"])
        let recovered = try CrashedStore(copy.path + "/store")
        #expect(try recovered.engine.portrait() == test.engine.portrait())
        #expect(try await recovered.engine.verify().findings.map(\.description) == [])
        recovered.engine.close()
    }

    @Test func aCrashBetweenAFoldAndTheMergeOfItsKeysLosesNoKey() async throws {
        let copies = Mutex<[TemporaryDirectory]>([])
        let path = Mutex("")
        let test = try TestEngine { configuration in
            configuration.limits.foldEntries = 10
            configuration.limits.keyMergeEntries = 10
            configuration.observer = { event in
                guard event.kind == .folded, let copy = try? TemporaryDirectory() else { return }
                try? StoreFiles.copy(from: path.withLock { $0 }, to: copy.path + "/store")
                copies.withLock { $0.append(copy) }
            }
        }
        path.withLock { $0 = test.directory.path + "/store" }
        try await test.engine.create("alice", "bob")
        try await test.engine.say(1...40, from: "alice", to: .user("bob"))
        let crashes = copies.withLock { $0 }
        try #require(crashes.count >= 4)
        for copy in crashes {
            let recovered = try CrashedStore(copy.path + "/store")
            let head = recovered.engine.head
            let count = try recovered.engine.inbox.total("bob")
            for number in 1...max(1, Int(count)) {
                #expect(try await recovered.engine.say("\(number)", from: "alice", to: .user("bob")).isDuplicate)
            }
            #expect(recovered.engine.head == head)
            #expect(try await recovered.engine.verify().findings.map(\.description) == [])
        }
    }

    @Test func theStoreFoldsByItselfAfterAQuietSecond() async throws {
        let events = Mutex<[String]>([])
        let test = try TestEngine { configuration in
            configuration.observer = { event in events.withLock { $0.append("\(event.kind.name) \(event.count)") } }
        }
        try await test.engine.create("alice", "bob")
        test.time.advance(by: .milliseconds(999))
        try await test.engine.say("1", from: "alice", to: .user("bob"))
        test.time.advance(by: .milliseconds(999))
        #expect(events.withLock { $0 } == [])
        test.time.advance(by: .milliseconds(1))
        #expect(events.withLock { $0 } == ["folded 3"])
        test.time.advance(by: .seconds(100))
        #expect(events.withLock { $0 } == ["folded 3"])
        try await test.engine.say("2", from: "alice", to: .user("bob"))
        test.time.advance(by: .seconds(1))
        #expect(events.withLock { $0 } == ["folded 3", "folded 1"])
    }

    @Test func openingReplaysWhatWasNotFolded() async throws {
        let test = try TestEngine()
        try await test.engine.create("alice", "bob")
        try await test.engine.fold()
        try await test.engine.say(1...7, from: "alice", to: .user("bob"))
        let events = Mutex<[String]>([])
        let copy = try CrashedStore(test) { configuration in
            configuration.observer = { event in events.withLock { $0.append("\(event.kind.name) \(event.count)") } }
        }
        #expect(events.withLock { $0 } == ["replayed 7"])
        #expect(try copy.engine.inbox.total("bob") == 7)
    }

    @Test func theSameRequestsGiveTheSameStoreToTheByte() async throws {
        var files: [[UInt8]] = []
        for _ in 0..<2 {
            let test = try TestEngine { $0.limits.foldEntries = 30 }
            try await Story.begin(test.engine)
            var story = Story(seed: 7)
            try await story.tell(150, to: test.engine)
            test.engine.close()
            for part in StoreFiles.parts {
                files.append(try StoreFiles.read("\(test.directory.path)/store/\(part)/data.mdb"))
            }
        }
        #expect(files[0] == files[2])
        #expect(files[1] == files[3])
    }

    // MARK: Time

    @Test func timestampsGrowWhateverTheClockDoes() async throws {
        let stage = try Stage()
        try await stage.engine.create("alice", "bob")
        var stamps: [Timestamp] = []
        func send() async throws {
            stamps.append(try await stage.engine.say("\(stamps.count)", from: "alice", to: .user("bob")).timestamp)
        }
        try await send()
        try await send()
        stage.time.jump(to: Timestamp(seconds: 5))
        try await send()
        try stage.reopen()
        stage.time.jump(to: .zero)
        try await send()
        stage.time.jump(to: Timestamp(seconds: 1_800_000_000))
        try await send()
        try await send()
        for (earlier, later) in zip(stamps, stamps.dropFirst()) { #expect(earlier < later) }
        #expect(stamps[1] == stamps[0].advanced(by: .microseconds(1)))
        #expect(stamps[4] == Timestamp(seconds: 1_800_000_000))
        #expect(stamps[5] == stamps[4].advanced(by: .microseconds(1)))
    }
}
