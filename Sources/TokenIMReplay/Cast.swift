package import TokenIM

/// Everyone who appears in the logs: who a nick means, who is online. Decides what each line makes happen.
package struct Cast: Sendable {
    /// A user, counted from 0 in order of appearance.
    package typealias Number = Int

    package struct Person: Hashable, Sendable {
        /// The nick at the first appearance. Nobody else ever gets it: once a nick means somebody it always does, so
        /// it makes no second user.
        package let id: UserID
        /// In the group; whoever is first owns it, and whoever leaves the channel keeps it: it only goes offline.
        package var role: Role
        package var isOnline = false
    }

    /// What has to be done in the engine.
    package enum Step: Hashable, Sendable {
        /// Somebody new: make a user and a member of the group.
        case create(Number)
        /// Come online; when online already, close the session and connect again.
        case connect(Number)
        case disconnect(Number)
        /// Change the name in the profile.
        case rename(Number, to: Nick)
        /// Make a member an admin, or an admin a member.
        case setRole(Number, Role)
        case send(Number, text: String, mentioning: Number? = nil)
    }

    /// Lines that make nothing happen in the engine, and those that change a name.
    package struct Tally: Hashable, Sendable {
        package var skipped = 0
        package var ignored = 0
        package var renames = 0
    }

    package private(set) var people: [Person] = []
    package private(set) var tally = Tally()
    private var meaning: [Nick: Number] = [:]

    package init() {}

    /// What the next line of the logs makes happen, in this order.
    ///
    /// - Throws: nothing that can happen: every nick can name a user.
    package mutating func steps(for line: LogLine) throws(IMError) -> [Step] {
        switch line {
        case .message(_, let nick, let text):
            var steps = try meet(nick)
            let author = steps.number
            if !people[author].isOnline { steps.add(comeOnline(author)) }
            if text.isBlank { tally.skipped += 1 } else { steps.add(send(text, by: author)) }
            return steps.steps
        case .joined(let nick):
            var steps = try meet(nick)
            steps.add(comeOnline(steps.number))
            return steps.steps
        case .left(let nick):
            let steps = try meet(nick)
            return steps.steps + goOffline(steps.number)
        case .renamed(let old, let new):
            var steps = try meet(old)
            meaning[new] = steps.number
            tally.renames += 1
            steps.add(.rename(steps.number, to: new))
            return steps.steps
        case .kicked(let nick):
            // Being kicked is no appearance: who has not been seen is not there to be kicked.
            return meaning[nick].map { goOffline($0) } ?? []
        case .operators(let changes):
            // Nor is being named here.
            return changes.compactMap { change in
                meaning[change.nick].flatMap { setRole(change.isOperator ? .admin : .member, of: $0) }
            }
        case .other:
            tally.ignored += 1
            return []
        }
    }

    /// Brings everyone online who is not, in order of appearance: how a replay ends.
    package mutating func finale() -> [Step] {
        people.indices.filter { !people[$0].isOnline }.map { comeOnline($0) }
    }

    private struct Meeting {
        let number: Number
        var steps: [Step]
        mutating func add(_ step: Step) { steps.append(step) }
    }

    private mutating func meet(_ nick: Nick) throws(IMError) -> Meeting {
        if let number = meaning[nick] { return Meeting(number: number, steps: []) }
        let number = people.count
        let role: Role = people.isEmpty ? .owner : .member
        people.append(Person(id: try UserID(nick.rawValue), role: role))
        meaning[nick] = number
        return Meeting(number: number, steps: [.create(number)])
    }

    private mutating func comeOnline(_ number: Number) -> Step {
        people[number].isOnline = true
        return .connect(number)
    }

    private mutating func goOffline(_ number: Number) -> [Step] {
        guard people[number].isOnline else { return [] }
        people[number].isOnline = false
        return [.disconnect(number)]
    }

    /// Nil when it has the role already, or has more: the owner stays what it is.
    private mutating func setRole(_ role: Role, of number: Number) -> Step? {
        guard people[number].role != .owner, people[number].role != role else { return nil }
        people[number].role = role
        return .setRole(number, role)
    }

    private func send(_ text: String, by author: Number) -> Step {
        let addressee = Nick.addressed(by: text).compactMap { meaning[$0] }.last
        return .send(author, text: text, mentioning: addressee == author ? nil : addressee)
    }
}
