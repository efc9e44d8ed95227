import Foundation
import Synchronization
import TokenIM
import TokenIMTesting

/// Who writes what to whom.
struct Traffic: Sendable {
    enum Route: Sendable {
        /// Each message goes through one of these direct conversations, chosen at random, from either side.
        case direct([Pair])
        /// Each message goes to one group, from one of these members, chosen at random.
        case group(GroupID, from: [UserID])
    }

    struct Pair: Sendable {
        var one: UserID
        var other: UserID
    }

    /// How often which conversation is chosen.
    enum Distribution: String, Sendable {
        case uniform
        /// The second half as often as the first, the third a third as often, and so on.
        case zipf
    }

    var route: Route
    var distribution = Distribution.uniform
    /// Whether only the first of the two users of a direct conversation writes.
    var isOneSided = false
    var contents = Traffic.texts

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
        return Traffic(route: .direct(pairs))
    }

    /// A conversation of each of the others with one user, in which only the others write.
    static func direct(to user: UserID, from others: some Sequence<UserID>) -> Traffic {
        Traffic(route: .direct(others.map { Pair(one: $0, other: user) }), isOneSided: true)
    }

    static func group(_ group: GroupID, from users: [UserID]) -> Traffic {
        Traffic(route: .group(group, from: users))
    }

    /// Texts of 256 bytes.
    static let texts = texts(bytes: 256)

    static func texts(bytes: Int) -> [Content] {
        (0..<16).map { index in
            let letters = (0..<bytes).map { UInt8(ascii: "a") + UInt8(($0 * 7 + index) % 26) }
            return .text(String(decoding: letters, as: UTF8.self))
        }
    }
}

/// Messages to be sent, one after the other, each with a key that no other one has.
struct MessageSource {
    struct Outgoing: Sendable {
        var content: Content
        var sender: UserID
        var target: Target
        var key: IdempotencyKey
    }

    private let traffic: Traffic
    private var generator: SeededGenerator

    private static let sourceCount = Atomic<UInt64>(0)

    init(_ traffic: Traffic) {
        self.traffic = traffic
        // Sources that began alike would give the same keys, and their messages would be taken for retries.
        generator = SeededGenerator(seed: Self.sourceCount.add(1, ordering: .relaxed).newValue)
    }

    mutating func next() throws -> Outgoing {
        let choice = generator.next()
        let content = traffic.contents[Int(choice % UInt64(traffic.contents.count))]
        let key = try makeKey()
        switch traffic.route {
        case .direct(let pairs):
            let pair = pairs[index(below: pairs.count)]
            let isTurned = !traffic.isOneSided && choice >> 63 == 1
            let (sender, receiver) = isTurned ? (pair.other, pair.one) : (pair.one, pair.other)
            return Outgoing(content: content, sender: sender, target: .user(receiver), key: key)
        case .group(let group, let members):
            let sender = members[index(below: members.count)]
            return Outgoing(content: content, sender: sender, target: .group(group), key: key)
        }
    }

    private mutating func index(below count: Int) -> Int {
        switch traffic.distribution {
        case .uniform: return Int.random(in: 0..<count, using: &generator)
        case .zipf:
            // The harmonic numbers grow like the logarithm.
            let share = Double.random(in: 0..<1, using: &generator)
            return min(count - 1, Int(pow(Double(count + 1), share)) - 1)
        }
    }

    /// 24 letters that stand for 120 bits of chance.
    mutating func makeKey() throws -> IdempotencyKey {
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
