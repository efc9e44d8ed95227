import Testing
import TokenIMTesting

/// Random worlds: devices on bad links, an engine that crashes, a disk that fills, a clock that jumps.
///
/// Other seeds and longer ones: `tokenim simulate --help`.
@Suite struct WorldTests {
    @Test(arguments: 1...6) func everythingComesRightInTheEnd(seed: UInt64) async throws {
        let script = RandomWorld.commands(seed: seed, count: 300)
        let world = try await World(seed: seed)
        let failure = await world.run(script)
        #expect(failure == nil, "tokenim simulate --seed \(seed) --steps 300")
        #expect(world.network.crashes > 0)
        #expect(world.commandCount > 150)
    }

    /// A world in which bad clients get along would take a bad engine for a good one.
    @Test(arguments: DeviceMistake.allCases) func aBadClientIsFound(mistake: DeviceMistake) async throws {
        // A world is as kind to some mistakes as chance has it; not all of these.
        for seed in 1...8 as ClosedRange<UInt64> {
            let script = RandomWorld.commands(seed: seed, count: 300)
            if try await World.failure(in: script, seed: seed, mistake: mistake) != nil { return }
        }
        Issue.record("\(mistake) is not found")
    }

    @Test func aFailingScriptIsMadeShort() async throws {
        let script = RandomWorld.commands(seed: 5, count: 120)
        func fails(_ script: [WorldCommand]) async throws -> Bool {
            try await World.failure(in: script, seed: 5, mistake: .keepsDuplicates) != nil
        }
        #expect(try await fails(script))
        let shortest = try await Shrinking.shortest(script, limit: 40, fails: fails)
        #expect(try await fails(shortest))
        #expect(shortest.count < 30)
    }

    @Test func aScriptIsReadAsItWasWritten() throws {
        let script = RandomWorld.commands(seed: 3, count: 6_000)
        #expect(Set(script.map(\.verb)) == Set(WorldCommand.Verb.allCases))
        #expect(script.map { WorldCommand($0.description) } == script)
        #expect(WorldCommand("send device:1") == nil && WorldCommand("send device:1 group:1") == nil)
        #expect(WorldCommand("fly") == nil && WorldCommand("wait milliseconds:x") == nil)
    }

    /// What is acknowledged while the disk is full has to be written when there is room again.
    @Test func anAcknowledgementSurvivesAFullDisk() async throws {
        let script = [
            WorldCommand(.quiet), WorldCommand(.send, 0, 1), WorldCommand(.quiet), WorldCommand(.diskFull, 1),
            WorldCommand(.wait, 1_500), WorldCommand(.diskFull, 0), WorldCommand(.shutDown), WorldCommand(.wait, 4_000),
        ]
        #expect(try await World.failure(in: script, seed: 3) == nil)
    }
}
