import TokenIM
import TokenIMTesting

/// Several senders at once on an engine with its threads, each of which waits for its receipts and prints them.
struct SendingLoad {
    /// What one sender has sent as its nth, and where it is.
    struct Acknowledged: Hashable {
        var sender: Int
        var number: Int
        var conversation: Conversation
        var sequence: SequenceNumber
        var position: Position

        var line: String { "\(sender) \(number) \(sequence) \(position)" }

        init(_ letter: (sender: Int, number: Int), _ receipt: Receipt) {
            (sender, number) = letter
            (conversation, sequence, position) = (receipt.conversation, receipt.sequence, receipt.position)
        }

        init?(_ line: String) {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 4 else { return nil }
            (sender, number) = (numbers[0], numbers[1])
            (sequence, position) = (UInt64(numbers[2]), UInt64(numbers[3]))
            conversation = SendingLoad.target(sender, number).conversation
        }
    }

    static let senders: [UserID] = ["ada", "bob", "cyd", "dan"]
    static let group: GroupID = "all"
    /// How many a sender sends in one life, and how many of them at most in one transaction.
    static let letters = 120
    static let lettersPerTransaction = 4

    let seed: UInt64

    static func open(_ directory: String, isThreaded: Bool) throws(IMError) -> Engine {
        var configuration = Configuration()
        configuration.runtime = isThreaded ? .threaded : .inline
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 28
        configuration.limits.foldEntries = 40
        configuration.limits.keyMergeEntries = 100
        configuration.limits.foldQuiet = .milliseconds(2)
        return try Engine(directory: directory + "/store", configuration: configuration)
    }

    static func target(_ sender: Int, _ number: Int) -> (target: Target, conversation: Conversation) {
        if number % 3 == 0 { return (.group(group), .group(group)) }
        let (author, other) = (senders[sender], senders[(sender + number) % senders.count])
        return (.user(other), .direct(author, other))
    }

    /// - Parameter next: with which number each sender begins.
    func run(in directory: String, from next: [Int]) async throws {
        let engine = try Self.open(directory, isThreaded: true)
        for sender in Self.senders { try await engine.users.create(sender, key: try IdempotencyKey("user-\(sender)")) }
        try await engine.groups.create(
            Self.group, owner: Self.senders[0], members: Array(Self.senders.dropFirst()), key: "group")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in Self.senders.indices {
                group.addTask { try await send(sender, from: next[sender], engine) }
            }
            try await group.waitForAll()
        }
        engine.close()
    }

    private func send(_ sender: Int, from start: Int, _ engine: Engine) async throws {
        var generator = SeededGenerator(seed: seed &+ UInt64(sender))
        var number = start
        while number < start + Self.letters {
            let count = Int.random(in: 0..<8, using: &generator) == 0 ? Self.lettersPerTransaction : 1
            let first = number
            let acknowledged: [Acknowledged]
            if count == 1 {
                let receipt = try await engine.messages.send(
                    Self.content(sender, first), from: Self.senders[sender], to: Self.target(sender, first).target,
                    key: try IdempotencyKey("\(sender)-\(first)"))
                acknowledged = [Acknowledged((sender, first), receipt)]
            } else {
                acknowledged = try await engine.transaction { transaction in
                    try (first..<first + count).map { number in
                        let receipt = try transaction.send(
                            Self.content(sender, number), from: Self.senders[sender],
                            to: Self.target(sender, number).target, key: try IdempotencyKey("\(sender)-\(number)"))
                        return Acknowledged((sender, number), receipt)
                    }
                }
            }
            Output.say(acknowledged.map(\.line).joined(separator: "\n"))
            number += count
        }
    }

    static func content(_ sender: Int, _ number: Int) -> Content {
        .text("\(sender) \(number)" + String(repeating: " ", count: number % 50 * 20))
    }
}
