internal import TokenIMLMDB
internal import TokenIM

/// Some users of one group who all act at the same time, on an engine with its threads.
///
/// What each asks for comes from a seed; how it interleaves does not.
package enum ConcurrentRun {
    static let users: [UserID] = ["ada", "ben", "chloe", "dev"]
    static let group: GroupID = "lake"

    /// The model of what there is before anybody acts.
    static func prepared() -> ReferenceModel {
        var model = ReferenceModel(limits: Limits(), mistake: nil)
        for action in preparations { _ = model.perform(action, by: .host, key: nil, at: .zero) }
        return model
    }

    private static var policies: GroupPolicies {
        var policies = GroupPolicies()
        policies.joining = .anyone
        policies.history = .last(3)
        return policies
    }

    private static var preparations: [ModelAction] {
        users.map { .createUser($0, Profile()) } + [
            .createGroup(group, Profile(), owner: users[0], members: Array(users[1...2]), policies: policies)
        ]
    }

    /// Lets every user do some things, all users at once.
    ///
    /// - Parameter steps: how many things each does, one after the other.
    package static func operations(seed: UInt64, steps: Int) async throws -> [ConcurrentOperation] {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        configuration.time = ManualTime()
        configuration.random = SeededRandom(seed: seed)
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 26
        configuration.limits.foldEntries = 6
        let engine = try Engine(directory: directory.path + "/store", configuration: configuration)
        defer { engine.close() }
        for user in users { try await engine.users.create(user) }
        try await engine.groups.create(group, owner: users[0], members: Array(users[1...2]), policies: policies)
        let clock = Monitor(0)
        let found = Monitor<[ConcurrentOperation]>([])
        await withTaskGroup { tasks in
            for (number, user) in users.enumerated() {
                tasks.addTask {
                    var generator = SeededGenerator(seed: seed &* 31 &+ UInt64(number))
                    for step in 0..<steps {
                        let operation = await perform(user, step, &generator, on: engine, clock)
                        found.withLock { $0.append(operation) }
                    }
                }
            }
        }
        return found.withLock { $0 }.sorted { $0.invoked < $1.invoked }
    }

    private static func perform(
        _ user: UserID, _ step: Int, _ generator: inout SeededGenerator, on engine: Engine, _ clock: Monitor<Int>
    ) async -> ConcurrentOperation {
        func tick() -> Int {
            clock.withLock { clock in
                clock += 1
                return clock
            }
        }
        let conversation = Conversation.group(group)
        let pick = Int.random(in: 0..<12, using: &generator)
        // Mostly about what has just been said.
        let target = SequenceNumber(2 + Int.random(in: 0...(step + 2), using: &generator))
        if pick == 0 || pick == 1 {
            let invoked = tick()
            let page = try? engine.messages.history(of: conversation, for: user, limit: 500)
            return ConcurrentOperation(
                work: .reading(conversation, user, page?.entries.map(\.gist)), invoked: invoked, returned: tick())
        }
        let action: ModelAction =
            switch pick {
            case 2: .edit(target, conversation, .text("\(user) edits \(step)"), .none)
            case 3: .recall(target, conversation)
            case 4: .react("yes", target, conversation, isOn: step % 2 == 0)
            case 5: .leave(user, group)
            case 6, 7: .join(group)
            case 8: .clear(conversation, target)
            default: .send(.text("\(user) says \(step)"), .group(group), replyTo: nil)
            }
        let invoked = tick()
        let result: Result<Receipt, IMError>
        do throws(IMError) {
            guard let change = action.change else { throw IMError(.broken, "not a change") }
            result = .success(try await engine.perform(change, by: .user(user)))
        } catch {
            result = .failure(error)
        }
        return ConcurrentOperation(work: .change(action, user, result), invoked: invoked, returned: tick())
    }
}
