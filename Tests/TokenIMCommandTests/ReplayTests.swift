import Foundation
import Testing
import TokenIM
import TokenIMReplay
import TokenIMTesting

@Suite("A replay")
struct ReplayTests {
    private let directory: TemporaryDirectory
    private let recording = RecordingConsole()

    init() throws { directory = try TemporaryDirectory() }

    private static let log = """
        [10:00] <ada> one
        === ben [b@c]  has joined #c
        === eve [e@c]  has left #c []
        [10:01] <ben> two
        [10:01] <ada>
        === ben [b@c]  has left #c []
        === topic
        [10:02] <ada> three
        === ben is now known as bob
        [10:03]  * bob four
        === eve was kicked off #c by ada (x)
        [00:01] <ada> five

        """

    /// What the replay printed, as numbers; `seconds` and `bytesOnDisk` are whatever they are.
    private func play(_ replay: Replay) async throws -> [String: Int] {
        var replay = replay
        replay.printsJSON = true
        #expect(await replay.run(on: recording.console) == .success)
        #expect(recording.complaints == [])
        let object = try JSONSerialization.jsonObject(with: Data(recording.output.utf8))
        var numbers = try #require(object as? [String: NSNumber]).mapValues(\.intValue)
        #expect(numbers.removeValue(forKey: "seconds") != nil)
        #expect(numbers.removeValue(forKey: "bytesOnDisk") ?? 0 > 0)
        return numbers
    }

    @Test func countsWhatHappened() async throws {
        let log = try directory.write(Self.log, to: "log")
        let annotations = try directory.write("0 3 -\n3 7 -\n4 7 -\n9 9 -\n11 3 -\n", to: "annotations")
        var numbers = try await play(Replay(logs: [log], annotations: [annotations]))
        // Besides what was asked for, the engine notes devices and acknowledgements.
        #expect(numbers.removeValue(forKey: "journalEntries") ?? 0 >= 3 * 2 + 5 + 1)
        // ben gets one at once, and three when he is back; eve gets two to five at the end; ada all of ben's at once.
        #expect(
            numbers == [
                "users": 3, "messages": 5, "skipped": 1, "ignored": 1, "renames": 1, "replies": 2,
                "deliveriesLive": 3, "deliveriesCatchUp": 5, "deliveries": 8,
                "unreadAtEnd": 0 + 1 + 4, "mentions": 0, "roleChanges": 0, "verified": 1,
            ])
    }

    @Test func mentionsAndAppoints() async throws {
        let store = directory.path + "/store"
        let log = try directory.write(
            """
            [10:00] <ada> one
            [10:01] <[N] ame> ada: two
            === mode/#c [+oo-v [N] ame ada eve]  by server
            === [N] ame is now known as ben
            [10:02] <eve> [N] ame: three
            [10:03] <ben> ben: four
            [10:03] <ben> dev: five
            === mode/#c [+oo-o eve eve eve]  by ben
            === mode/#c [+b eve]  by ben

            """, to: "log")
        let numbers = try await play(Replay(logs: [log], directory: store))
        #expect(numbers["mentions"] == 2)
        #expect(numbers["roleChanges"] == 3)
        #expect(numbers["ignored"] == 1)
        let engine = try Engine(directory: store)
        defer { engine.close() }
        let history = try engine.messages.history(of: .group(Player.group), for: "ada")
        #expect(history.entries.compactMap(\.message?.mentions) == [[], ["ada"], ["[N]ame"], [], []])
        let members = try engine.groups.members(of: Player.group)
        #expect(members.map(\.user) == ["ada", "[N]ame", "eve"])
        #expect(members.map(\.role) == [.owner, .admin, .member])
    }

    @Test("of a line with more role changes than a window has room for delivers all that follows")
    func manyRoleChanges() async throws {
        let count = 3 * Limits().sessionWindow
        let modes = String(repeating: "+o-o", count: count) + " " + String(repeating: " ben", count: 2 * count)
        let log = try directory.write(
            "[10:00] <ada> x\n[10:00] <ben> x\n=== mode/#c [\(modes)] by ada\n[10:01] <ada> y\n", to: "log")
        let numbers = try await play(Replay(logs: [log]))
        #expect(numbers["roleChanges"] == 2 * count)
        #expect(numbers["deliveriesLive"] == 2)
    }

    @Test func playsSeveralLogsAsOne() async throws {
        let first = try directory.write("[23:00] <ada> one\n[23:01] <ben> two\n", to: "first")
        let second = try directory.write("[22:00] <ben> three\n[22:01] <ada> four\n", to: "second")
        let annotations = try directory.write("0 1 -\n", to: "annotations")
        let numbers = try await play(Replay(logs: [first, second], annotations: [annotations, annotations]))
        #expect(numbers["users"] == 2)
        #expect(numbers["messages"] == 4)
        #expect(numbers["replies"] == 2)
        #expect(numbers["deliveries"] == 3)
    }

    @Test func ofNothingComesToNothing() async throws {
        let numbers = try await play(Replay(logs: [try directory.write("", to: "empty")]))
        #expect(numbers["users"] == 0)
        #expect(numbers["verified"] == 1)
    }

    @Test func showsProgressLineByLine() async throws {
        _ = try await play(Replay(logs: [try directory.write("[10:00] <a> x\n[10:00] <b> y\n", to: "log")]))
        #expect(recording.progress.map(\.lines) == [1, 2])
        #expect(recording.progress.allSatisfy { $0.ofLines == 2 })
    }

    @Test func keepsTheStoreWhereItIsTold() async throws {
        let store = directory.path + "/store"
        let numbers = try await play(Replay(logs: [try directory.write(Self.log, to: "log")], directory: store))
        let engine = try Engine(directory: store)
        defer { engine.close() }
        // Closing writes who was seen last.
        #expect(engine.head == UInt64(numbers["journalEntries"] ?? 0) + 1)
        let history = try engine.messages.history(of: .group(Player.group), for: "ada")
        #expect(history.entries.compactMap(\.message?.text) == ["one", "two", "three", "four", "five"])
        #expect(try engine.users.get("ben")?.profile.name == "bob")
    }

    @Test("needs a new or an empty directory, and leaves any other alone")
    func refusesUsedDirectories() async throws {
        let log = try directory.write(Self.log, to: "log")
        #expect(await Replay(logs: [log], directory: directory.path).run(on: recording.console) == .cannotCreate)
        #expect(
            recording.complaints == ["\(directory.path): not empty; a replay needs a new or an empty directory"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["log"])
        #expect(await Replay(logs: [log], directory: log).run(on: recording.console) == .cannotCreate)
    }

    @Test func printsReceiptsAsTheyCome() async throws {
        let log = try directory.write("[10:00] <a> x\n=== a is now known as b\n", to: "log")
        #expect(
            await Replay(logs: [log], printsJSON: true, printsReceipts: true).run(on: recording.console) == .success)
        let lines = recording.output.split(separator: "\n").dropLast().map { $0.split(separator: " ") }
        #expect(lines.map(\.last) == ["0.0.user", "0.0.member", "0.0.message", "0.1.name"])
        let positions = lines.compactMap { $0.first.flatMap { UInt64($0) } }
        #expect(positions.count == 4)
        #expect(positions == positions.sorted())
    }

    @Test("ends when asked to, with a valid store")
    func interruption() async throws {
        let store = directory.path + "/store"
        let log = try directory.write(Self.log, to: "log")
        recording.linesUntilInterruption = 4
        let status = await Replay(logs: [log], directory: store).run(on: recording.console)
        #expect(status == .signal(2))
        #expect(recording.complaints == ["interrupted"])
        let engine = try Engine(directory: store)
        defer { engine.close() }
        #expect(try await engine.verify().isSound)
        let history = try engine.messages.history(of: .group(Player.group), for: "ada")
        #expect(history.entries.compactMap(\.message?.text) == ["one", "two"])
    }

    @Test func saysWhichLineIsTooMuchForTheEngine() async throws {
        let text = String(repeating: "x", count: Limits().contentBytes)
        let log = try directory.write("[10:00] <a> \(text)\n[10:00] <a> \(text)x\n", to: "log")
        #expect(await Replay(logs: [log]).run(on: recording.console) == .data)
        #expect(recording.complaints.first?.hasPrefix("\(log):2: content-too-large") == true)
    }

    @Test("reads all input before it makes a store")
    func badInput() async throws {
        let store = directory.path + "/store"
        let good = try directory.write(Self.log, to: "log")
        let binary = try directory.write([0x7F, 0x45, 0x00], to: "binary")
        let status = await Replay(logs: [good, binary], directory: store).run(on: recording.console)
        #expect(status == .data)
        #expect(!FileManager.default.fileExists(atPath: store))
        #expect(await Replay(logs: [good], annotations: [good]).run(on: recording.console) == .data)
        #expect(await Replay(logs: [store]).run(on: recording.console) == .noInput)
    }

    @Test func needsAnnotationsForEachLog() async throws {
        let log = try directory.write(Self.log, to: "log")
        for annotations in [[log], [log, log, log]] {
            #expect(await Replay(logs: [log, log], annotations: annotations).run(on: recording.console) == .usage)
        }
        #expect(await Replay(annotations: [log]).run(on: recording.console) == .usage)
    }

    @Test("ignores a last line that is cut off, and says so", arguments: ["[05:1", "[05:12] <ad", "=== ada is now kn"])
    func cutLine(line: String) async throws {
        let log = try directory.write("[10:00] <a> x\n\(line)", to: "log")
        #expect(await Replay(logs: [log], printsJSON: true).run(on: recording.console) == .success)
        #expect(recording.complaints == ["warning: \(log):2: the last line is cut off; ignored"])
        #expect(recording.output.contains("\"messages\": 1, \"skipped\": 0, \"ignored\": 1,"))
    }

    @Test func takesALastLineWithoutALineFeed() async throws {
        let log = try directory.write("[10:00] <a> x", to: "log")
        #expect(try await play(Replay(logs: [log]))["messages"] == 1)
    }

    @Test func failsWhenItCannotPrint() async throws {
        recording.writeFailure = ReplayFailure(.inputOutput, "standard output: full")
        #expect(await Replay(printsJSON: true).run(on: recording.console) == .inputOutput)
        #expect(recording.complaints == ["standard output: full"])
    }

    @Test func tellsAConversationOfItsOwn() async throws {
        #expect(await Replay().run(on: recording.console) == .success)
        let parts = recording.output.split(separator: "\n\n")
        #expect(parts.count == 3)
        #expect(parts.dropFirst().first.map { $0 + "\n" } == Self.demonstration)
        #expect(parts.last?.contains(/\nverified +yes\n$/) == true)
    }

    @Test func tellsNothingButTheNumbersAsJSON() async throws {
        #expect(try await play(Replay())["messages"] == 14)
    }
}
