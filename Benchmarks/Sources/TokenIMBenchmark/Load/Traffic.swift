import Synchronization
import TokenIM
import TokenIMTesting

/// Who writes to whom.
enum Traffic: Sendable {
    /// Each message goes through one of these direct conversations, chosen at random, from either side.
    case direct([Pair])
    /// Each message goes to one group, from one of these members, chosen at random.
    case group(GroupID, from: [UserID])

    struct Pair: Sendable {
        var one: UserID
        var other: UserID
    }

    /// So many different conversations between some users, chosen at random.
    static func direct(among users: [UserID], conversations: Int) -> Traffic {
        var generator = SeededGenerator(seed: 1)
        var taken: Set<[Int]> = []
        var pairs: [Pair] = []
        let count = min(conversations, users.count * (users.count - 1) / 2)
        while pairs.count < count {
            let (one, other) = (
                Int.random(in: users.indices, using: &generator), Int.random(in: users.indices, using: &generator)
            )
            guard one != other, taken.insert([min(one, other), max(one, other)]).inserted else { continue }
            pairs.append(Pair(one: users[one], other: users[other]))
        }
        return .direct(pairs)
    }

    /// A conversation of each of the others with one user.
    static func direct(of user: UserID, with others: some Sequence<UserID>) -> Traffic {
        .direct(others.map { Pair(one: $0, other: user) })
    }
}

/// Messages to be sent, one after the other, each with a key that no other one has.
struct MessageSource {
    struct Outgoing {
        var content: Content
        var sender: UserID
        var target: Target
        var key: IdempotencyKey
    }

    private let traffic: Traffic
    /// Whether only the first of the two users of a direct conversation writes.
    private let isOneSided: Bool
    private var generator: SeededGenerator

    private static let sourceCount = Atomic<UInt64>(0)

    init(_ traffic: Traffic, isOneSided: Bool = false) {
        self.traffic = traffic
        self.isOneSided = isOneSided
        // Sources that began alike would give the same keys, and their messages would be taken for retries.
        generator = SeededGenerator(seed: Self.sourceCount.add(1, ordering: .relaxed).newValue)
    }

    /// Texts of 256 bytes.
    static let texts: [Content] = (0..<16).map { index in
        let letters = (0..<256).map { UInt8(ascii: "a") + UInt8(($0 * 7 + index) % 26) }
        return .text(String(decoding: letters, as: UTF8.self))
    }

    mutating func next() throws -> Outgoing {
        let choice = generator.next()
        let content = Self.texts[Int(choice % 16)]
        let key = try makeKey()
        switch traffic {
        case .direct(let pairs):
            let pair = pairs[Int.random(in: pairs.indices, using: &generator)]
            let isTurned = !isOneSided && choice >> 63 == 1
            let (sender, receiver) = isTurned ? (pair.other, pair.one) : (pair.one, pair.other)
            return Outgoing(content: content, sender: sender, target: .user(receiver), key: key)
        case .group(let group, let members):
            let sender = members[Int.random(in: members.indices, using: &generator)]
            return Outgoing(content: content, sender: sender, target: .group(group), key: key)
        }
    }

    /// 24 letters that stand for 120 bits of chance.
    private mutating func makeKey() throws -> IdempotencyKey {
        let words = (generator.next(), generator.next())
        let text = String(unsafeUninitializedCapacity: 24) { bytes in
            var (first, second) = words
            for index in 0..<12 {
                bytes[index] = Self.letters[Int(first & 31)]
                bytes[index + 12] = Self.letters[Int(second & 31)]
                first >>= 5
                second >>= 5
            }
            return 24
        }
        return try IdempotencyKey(text)
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
