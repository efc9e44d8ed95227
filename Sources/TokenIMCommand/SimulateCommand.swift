import ArgumentParser
import TokenIM
import TokenIMReplay
import TokenIMTesting

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Puts the engine through simulated worlds and random scripts, and looks for what breaks.",
        discussion: """
            A world has users with several devices on links that lose, repeat, reorder, delay and stall what is sent, \
            an engine that crashes, a disk that fills and a clock that jumps, on virtual time. Now and then \
            everything has to come right. A script asks the engine for anything at all and compares it with a \
            reference model.

            With a seed: that world and that script, exactly as before, wherever it is run. Without: seeds by chance, \
            for some minutes. The trace is a number for everything that happened, in its order.

            Exit status: 0 when nothing is wrong; 70 when something is, with its seed and the shortest script that \
            shows it, which --script runs again.
            """)

    @Option(help: "The seed to begin with. Alone it is the only one.")
    var seed: UInt64?

    @Option(help: "How many lines a script has.")
    var steps = 2_000

    @Option(help: ArgumentHelp("How long to go on, with further seeds.", discussion: "1 when there is no seed."))
    var minutes: Double?

    @Option(help: ArgumentHelp("Run the script of a world in this file, with --seed.", valueName: "file"))
    var script: String?

    @Flag(help: "Print everything that happens in a world and in a script, a line each.")
    var trace = false

    func validate() throws {
        if steps < 1 { throw ValidationError("--steps is at least 1.") }
        if script != nil, seed == nil { throw ValidationError("--script needs the --seed that it was found with.") }
    }

    func run() async throws {
        let console = Terminal().console
        do {
            if let script, let seed { return try await replay(script, seed, on: console) }
            try await simulate(on: console)
        } catch let failure as ReplayFailure {
            console.complain(failure.message)
            throw ExitCode(failure.status.rawValue)
        }
    }

    private func simulate(on console: Console) async throws {
        let clock = ContinuousClock()
        let limit: Duration = .seconds(60 * (minutes ?? (seed == nil ? 1 : 0)))
        let began = clock.now
        let chance = SystemRandom()
        var next = seed ?? chance.next() % 1_000_000_000
        var (seeds, commands, lines) = (0, 0, 0)
        var (time, virtual, scripted) = (Duration.zero, Duration.zero, Duration.zero)
        repeat {
            if let status = console.interruption() { throw ExitCode(status.rawValue) }
            let world = try await simulateWorld(next, on: console)
            let script = try await simulateScript(next, on: console)
            try console.write("seed \(next): trace \(hexadecimal(world.trace)) \(hexadecimal(script.trace))\n")
            seeds += 1
            commands += world.commands
            time += world.time
            virtual += world.virtual
            lines += script.commands
            scripted += script.time
            next = seed == nil ? chance.next() % 1_000_000_000 : next &+ 1
        } while clock.now - began < limit
        let rate = Int(Double(commands) / (time / .seconds(1)))
        let pace = Int(Double(lines) / (scripted / .seconds(1)))
        try console.write(
            """
            nothing wrong with \(seeds) seeds; in worlds \(commands) commands, \(rate) a second, \
            and \(Int(virtual / .seconds(1))) s of virtual time, \(Int(virtual / time)) times as fast as real time; \
            in scripts \(lines) commands, \(pace) a second

            """)
    }

    private func simulateWorld(
        _ seed: UInt64, on console: Console
    ) async throws -> (trace: UInt64, commands: Int, time: Duration, virtual: Duration) {
        let clock = ContinuousClock()
        let script = RandomWorld.commands(seed: seed, count: steps)
        let began = clock.now
        let world = try await makeWorld(seed, on: console)
        let failure = await world.run(script)
        let time = clock.now - began
        guard let failure else { return (world.network.traceHash, world.commandCount, time, world.network.elapsed) }
        try console.write("seed \(seed): the world fails, \(failure)\n")
        let shortest = try await Shrinking.shortest(Array(script.prefix(failure.step + 1)), limit: 1_000) {
            try await World.failure(in: $0, seed: seed)?.kind == failure.kind
        }
        try await report(shortest, World.failure(in: shortest, seed: seed).map { "\($0)" }, on: console)
        throw ExitCode(ExitStatus.software.rawValue)
    }

    private func makeWorld(_ seed: UInt64, on console: Console) async throws -> World {
        let world = try await World(seed: seed)
        if trace { world.network.observer = { try? console.write("\($0)\n") } }
        return world
    }

    private func simulateScript(
        _ seed: UInt64, on console: Console
    ) async throws -> (trace: UInt64, commands: Int, time: Duration) {
        let clock = ContinuousClock()
        let began = clock.now
        let script = RandomScript.commands(seed: seed, count: steps)
        let simulation = try Simulation()
        defer { simulation.close() }
        let difference = await simulation.run(script)
        if trace { for line in simulation.trace { try console.write("\(line)\n") } }
        guard let difference else {
            var hash = TraceHash()
            for line in simulation.trace { hash.combine(line) }
            return (hash.value, simulation.commandCount, clock.now - began)
        }
        try console.write("seed \(seed): the script fails, \(difference)\n")
        let shortest = try await Shrinking.shortest(Array(script.prefix(difference.step + 1)), limit: 1_000) {
            try await Simulation.difference(in: $0)?.kind == difference.kind
        }
        try await report(shortest, Simulation.difference(in: shortest).map { "\($0)" }, on: console)
        throw ExitCode(ExitStatus.software.rawValue)
    }

    private func report(
        _ script: [some CustomStringConvertible], _ failure: String?, on console: Console
    ) async throws {
        try console.write("# The shortest script that fails so: \(failure ?? "it passes alone")\n")
        for line in script { try console.write("\(line)\n") }
    }

    /// Runs a world's script out of a file.
    private func replay(_ path: String, _ seed: UInt64, on console: Console) async throws {
        var script: [WorldCommand] = []
        for line in try InputFile(path: path).lines where !line.hasPrefix("#") {
            guard let command = WorldCommand(line) else {
                throw ValidationError("not a line of a world's script: \(line)")
            }
            script.append(command)
        }
        let world = try await makeWorld(seed, on: console)
        let failure = await world.run(script)
        if let failure { try console.write("seed \(seed): the world fails, \(failure)\n") }
        try console.write("seed \(seed): trace \(hexadecimal(world.network.traceHash))\n")
        if failure != nil { throw ExitCode(ExitStatus.software.rawValue) }
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
