import Foundation
import Synchronization
import TokenIM
import TokenIMTesting

/// The users, groups and friends of a mixed day, some of them online all the time.
final class Day: Sendable {
    private struct Course: Sendable {
        var generator = SeededGenerator(seed: 24)
        var keys = MessageSource(.group("unused", from: []))
    }

    private let engine: Engine
    private let users: [UserID]
    private let groups: [GroupID]
    private let members: [[UserID]]
    /// The newest entry that is known of each group.
    private let heads: Mutex<[SequenceNumber]>
    private let course = Mutex(Course())
    private let store: Mutex<BenchmarkStore?>
    private let online: Mutex<[Session]> = Mutex([])

    private static let membersOfGroup = 100
    private static let groupsOfUser = 5

    init(_ plan: Plan) async throws {
        let count = plan.size.of(500, 2_000, 10_000)
        let preload = plan.preload(10_000, 100_000, 1_000_000)
        Progress.say("A town of \(Figure.text(Double(count))) users and \(Figure.text(Double(preload))) messages")
        let store = try BenchmarkStore()
        engine = store.engine
        users = try await engine.createUsers(count)
        members = Self.deal(users)
        groups = try members.indices.map { try GroupID("group-\($0)") }
        heads = Mutex(Array(repeating: 1, count: groups.count))
        for (group, members) in zip(groups, members) { try await engine.createGroup(group, of: members) }
        try await engine.preload(preload / 2, .direct(among: users, conversations: count * 5))
        for (group, members) in zip(groups, members) {
            try await engine.preload(preload / 2 / groups.count, .group(group, from: members))
        }
        try await engine.fold()
        self.store = Mutex(store)
        for number in stride(from: 0, to: count, by: 10) { try await stayOnline(users[number]) }
    }

    deinit {
        for session in online.withLock(\.self) { session.close() }
    }

    /// Each user is in as many groups as another one, with others in each.
    private static func deal(_ users: [UserID]) -> [[UserID]] {
        var generator = SeededGenerator(seed: 5)
        return (0..<groupsOfUser).flatMap { _ in
            let shuffled = users.shuffled(using: &generator)
            return stride(from: 0, to: users.count, by: membersOfGroup).map { start in
                Array(shuffled[start..<min(start + membersOfGroup, shuffled.count)])
            }
        }
    }

    /// A device that receives and acknowledges all day.
    private func stayOnline(_ user: UserID) async throws {
        let session = try await engine.connect(user, device: "desk", options: Self.fromNow)
        online.withLock { $0.append(session) }
        Task {
            for try await delivery in session.deliveries { session.acknowledge(delivery) }
        }
    }

    private static var fromNow: SessionOptions {
        var options = SessionOptions()
        options.start = .head
        return options
    }

    /// Offers so many requests a second, whether or not they are done in time.
    func run(rate: Double, seconds: Double) async -> (OpenLoop.Outcome, DayHistograms) {
        let histograms = DayHistograms()
        let outcome = await OpenLoop(rate: rate, seconds: seconds).run { [self] _, moment in
            let (request, chance, key) = try course.withLock { course in
                (DayRequest.random(&course.generator), course.generator.next(), try course.keys.makeKey())
            }
            try await perform(request, SeededGenerator(seed: chance), key)
            histograms.of(request).note(moment.duration(to: .now))
        }
        return (outcome, histograms)
    }

    // MARK: What is asked for

    private func perform(_ request: DayRequest, _ chance: SeededGenerator, _ key: IdempotencyKey) async throws {
        var chance = chance
        let group = Int.random(in: groups.indices, using: &chance)
        let member = members[group][Int.random(in: members[group].indices, using: &chance)]
        switch request {
        case .send: try await send(from: member, to: group, &chance, key)
        case .read:
            let head = heads.withLock { $0[group] }
            try await engine.messages.markRead(.group(groups[group]), through: head, by: member)
        case .connect: try await come(member)
        case .inbox: _ = try engine.inbox.list(member, limit: 50)
        case .history: _ = try engine.messages.history(of: .group(groups[group]), for: member, limit: 50)
        }
    }

    /// To the group as a rule, to a single user now and then.
    private func send(
        from user: UserID, to group: Int, _ chance: inout SeededGenerator, _ key: IdempotencyKey
    ) async throws {
        let content = Traffic.texts[Int.random(in: 0..<16, using: &chance)]
        if Int.random(in: 0..<5, using: &chance) < 2 {
            let other = users[Int.random(in: users.indices, using: &chance)]
            try await engine.messages.send(content, from: user, to: .user(other), key: key)
        } else {
            let target = Target.group(groups[group])
            let sequence = try await engine.messages.send(content, from: user, to: target, key: key).sequence
            heads.withLock { $0[group] = max($0[group], sequence) }
        }
    }

    /// Takes what has piled up, acknowledges it and goes.
    private func come(_ user: UserID) async throws {
        let session = try await engine.connect(user, device: "phone", options: Self.fromNow)
        while let last = try session.receive().last { try session.acknowledge(through: last.position) }
        session.close()
    }
}
