/// What happens to a ``World``, out of chance. The same seed gives the same script.
package struct RandomWorld {
    private var generator: SeededGenerator

    private static let weights: [(WorldCommand.Verb, Int)] = [
        (.send, 240), (.read, 40), (.leave, 3), (.disconnect, 6), (.connect, 30), (.kill, 6),
        (.drop, 10), (.duplicate, 8), (.reorder, 8), (.delay, 8), (.stall, 5), (.halfOpen, 5), (.cut, 4), (.heal, 24),
        (.edit, 24), (.recall, 10), (.react, 24), (.pin, 8), (.set, 16), (.draft, 8), (.rename, 4),
        (.add, 8), (.remove, 4), (.trim, 1), (.ban, 2), (.announce, 2),
        (.crash, 4), (.crashAtCommit, 8), (.shutDown, 3), (.diskFull, 4), (.slowDisk, 3), (.jump, 3),
        (.wait, 120), (.quiet, 1),
    ]
    private static let weightSum = weights.reduce(0) { $0 + $1.1 }

    /// - Parameter count: how many lines.
    package static func commands(seed: UInt64, count: Int) -> [WorldCommand] {
        var world = RandomWorld(generator: SeededGenerator(seed: seed))
        return (0..<count).map { _ in world.next() }
    }

    private mutating func next() -> WorldCommand {
        var pick = below(Self.weightSum)
        var verb = WorldCommand.Verb.send
        for (candidate, weight) in Self.weights {
            verb = candidate
            if pick < weight { break }
            pick -= weight
        }
        var arguments: [Int] = []
        for label in verb.labels { arguments.append(value(of: label, in: verb)) }
        return WorldCommand(verb, arguments: arguments)
    }

    private mutating func value(of label: WorldCommand.Label, in verb: WorldCommand.Verb) -> Int {
        switch label {
        case .device: below(World.deviceCount)
        case .user: below(World.userCount)
        case .group: below(World.groupCount)
        case .to: below(2) == 0 ? World.firstGroup + below(World.groupCount) : below(World.userCount)
        case .place: below(below(6) + 1)
        case .setting: below(4)
        case .percent: [0, 10, 30, 60, 100][below(5)]
        case .kinds: below(4) == 0 ? below(PacketKinds.all.rawValue + 1) : PacketKinds.all.rawValue
        case .end: below(2)
        case .after: below(2)
        case .skipping: below(20)
        case .on: below(3) == 0 ? 1 : 0
        case .milliseconds:
            switch verb {
            case .jump: below(240_000) - 120_000
            case .slowDisk: below(2) == 0 ? 0 : below(300)
            case .delay: below(2_000)
            default: below(below(6_000) + 1)
            }
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}
