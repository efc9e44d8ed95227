/// Scripts out of chance: every verb, valid and invalid arguments alike. The same seed gives the same script.
package struct RandomScript {
    private var generator: SeededGenerator
    private var keyed: [ScriptCommand] = []
    private var nextKey = 1
    /// The slots that were connected last, most of which have a session.
    private var connected: [Int] = []
    /// What was said lately: by whom, with whom, where.
    private var said: [(user: Int, with: Int, target: Int)] = []
    /// Who scheduled a message last.
    private var waiting: Int?
    /// Who probably owns which group.
    private var owners: [Int: Int] = [:]
    /// Who asked to join which group, or was invited.
    private var requests: [(user: Int, group: Int)] = []
    private var invitations: [(user: Int, group: Int)] = []

    private static let weights: [(ScriptCommand.Verb, Int)] = [
        (.createUser, 6), (.updateUser, 6), (.suspend, 2), (.reinstate, 12), (.deleteUser, 1),
        (.createGroup, 6), (.updateGroup, 5), (.add, 24), (.remove, 7), (.leave, 6), (.setRole, 6), (.transfer, 4),
        (.dissolve, 1),
        (.send, 150), (.burst, 5), (.markRead, 40), (.trim, 6),
        (.connect, 34), (.receive, 90), (.acknowledge, 60), (.acknowledgeAt, 10), (.closeSession, 10),
        (.register, 2), (.poll, 8), (.pollAcknowledge, 5),
        (.advance, 34), (.jump, 2), (.fold, 4), (.reopen, 5), (.crash, 5), (.transaction, 6), (.verify, 1),
        (.compare, 16),
        (.say, 60), (.forward, 12), (.edit, 22), (.recall, 14), (.react, 26), (.pin, 14), (.cancelScheduled, 8),
        (.found, 8), (.setPolicies, 6), (.announce, 4), (.ban, 6), (.muteMember, 6), (.muteAll, 4),
        (.setNickname, 6), (.join, 10), (.request, 10), (.withdrawRequest, 5), (.answerRequest, 10), (.invite, 8),
        (.withdrawInvitation, 9), (.answerInvitation, 6),
        (.block, 5), (.setContact, 6), (.removeContact, 3), (.setPermissions, 5), (.setCustomStatus, 4),
        (.setHidden, 3), (.removeDevice, 2),
        (.pinConversation, 8), (.muteConversation, 6), (.archive, 5), (.hide, 6), (.markUnread, 8), (.setDraft, 8),
        (.clear, 6), (.deleteForMe, 10),
    ]
    private static let weightSum = weights.reduce(0) { $0 + $1.1 }

    /// - Parameter count: how many lines.
    package static func commands(seed: UInt64, count: Int) -> [ScriptCommand] {
        var script = RandomScript(generator: SeededGenerator(seed: seed))
        var commands = (0..<8).map { ScriptCommand(.createUser, $0, 0, 0) }
        commands.append(ScriptCommand(.createGroup, -1, 0, 0, 0b0110, 0, 0))
        commands.append(ScriptCommand(.createGroup, -1, 1, 1, 0b1001, 0, 0))
        // One that users ask to join, one that they join, and a channel.
        commands.append(ScriptCommand(.found, -1, 2, 2, 0b0001, 0, 69, 0))
        commands.append(ScriptCommand(.found, -1, 3, 0, 0b0100, 0, 75, 0))
        commands.append(ScriptCommand(.found, -1, 4, 1, 0b0001, 0, 4, 0))
        for command in commands { script.note(command) }
        while commands.count < count { commands.append(script.next()) }
        return commands
    }

    private mutating func next() -> ScriptCommand {
        // A retry of an earlier request, under its key.
        if chance(25), let command = keyed.suffix(60).randomElement(using: &generator) { return command }
        var pick = below(Self.weightSum)
        var verb = ScriptCommand.Verb.send
        for (candidate, weight) in Self.weights {
            verb = candidate
            if pick < weight { break }
            pick -= weight
        }
        // What cannot be undone comes rarely, or a long script would soon have nobody left.
        if verb == .deleteUser || verb == .dissolve, !chance(4) { verb = .send }
        var arguments: [Int] = []
        let hints = chance(4) ? [:] : hints(for: verb)
        for label in verb.labels { arguments.append(hints[label] ?? value(of: label, in: verb, arguments)) }
        let command = ScriptCommand(verb, arguments: arguments)
        if command[.key] != 0 { keyed.append(command) }
        note(command)
        return command
    }

    private mutating func note(_ command: ScriptCommand) {
        switch command.verb {
        case .connect: connected = Array((connected.filter { $0 != command[.slot] } + [command[.slot]]).suffix(7))
        case .closeSession: connected.removeAll { $0 == command[.slot] }
        case .reopen, .crash: connected = []
        case .say, .send:
            let slot = command.verb == .say ? command[.actor] : command[.by]
            let user = slot >= 0 ? slot / ScriptNames.devicesPerUser : command[.user]
            if command[.options] == 6 || command[.options] == 7 { waiting = user }
            said = said.suffix(7) + [(user, user, command[.target])]
        case .createGroup, .found: owners[command[.group]] = owners[command[.group]] ?? command[.owner]
        case .transfer: owners[command[.group]] = command[.user]
        case .request: requests = requests.suffix(4) + [(command[.actor] / 3, command[.group])]
        case .invite:
            let invited = (0..<ScriptNames.userCount).filter { command[.members] >> $0 & 1 == 1 }
            for user in invited { invitations = invitations.suffix(4) + [(user, command[.group])] }
        default: break
        }
    }

    /// What makes it likely that something is possible: amendments of what was said lately, groups in the hands of
    /// their owners, answers to what was asked.
    private mutating func hints(for verb: ScriptCommand.Verb) -> [ScriptCommand.Label: Int] {
        switch verb {
        case .edit, .recall, .react, .pin, .forward, .clear, .deleteForMe, .markUnread, .setDraft, .hide, .archive:
            guard let message = said.randomElement(using: &generator) else { return [:] }
            var hints: [ScriptCommand.Label: Int] = [.with: message.with, .target: message.target, .place: small(3)]
            if verb == .edit || verb == .recall || chance(2) { hints[.actor] = slot(of: message.user) }
            return hints
        case .announce, .ban, .muteMember, .muteAll, .setPolicies, .setNickname, .invite:
            let group = group()
            guard let owner = owners[group] else { return [:] }
            return [.group: group, .actor: chance(4) ? -1 : slot(of: owner)]
        case .join: return [.group: chance(2) ? 3 : 4]
        case .request: return [.group: 2]
        case .cancelScheduled:
            guard let waiting else { return [:] }
            return [.actor: slot(of: waiting), .place: small(2)]
        case .answerRequest, .withdrawRequest:
            guard let request = requests.last, let owner = owners[request.group] else { return [:] }
            let actor = verb == .answerRequest ? owner : request.user
            return [.group: request.group, .user: request.user, .actor: slot(of: actor)]
        case .answerInvitation, .withdrawInvitation:
            guard let invitation = invitations.last else { return [:] }
            let actor = verb == .answerInvitation ? invitation.user : owners[invitation.group] ?? 0
            return [.group: invitation.group, .user: invitation.user, .actor: slot(of: actor)]
        default: return [:]
        }
    }

    private mutating func slot(of user: Int) -> Int { user * ScriptNames.devicesPerUser + below(2) }

    private mutating func value(of label: ScriptCommand.Label, in verb: ScriptCommand.Verb, _ before: [Int]) -> Int {
        switch label {
        case .by: chance(2) ? -1 : connectedSlot()
        case .actor: chance(isOfOneself(verb) ? 30 : 5) ? -1 : (chance(2) ? slot() : connectedSlot())
        case .user:
            // Whoever asks mostly asks for itself where that is what is meant.
            if [.send, .markRead, .leave].contains(verb), let by = before.first, by >= 0, !chance(6) {
                by / ScriptNames.devicesPerUser
            } else {
                user()
            }
        case .owner: user()
        case .with:
            if let actor = before.first, actor >= 0, verb.isChange, !chance(10) {
                actor / ScriptNames.devicesPerUser
            } else {
                before.count > 1 && !chance(10) ? before[1] : user()
            }
        case .target:
            if chance(2) { ScriptNames.firstGroup + group() } else { chance(40) ? -1 : user() }
        case .group: group()
        case .members: members()
        case .role: chance(12) ? 2 : below(2)
        case .profile: chance(2) ? 1 + below(2) : below(12)
        case .content: chance(30) ? below(3) : 3 + below(61)
        case .on: chance(3) ? 0 : 1
        case .seconds: chance(4) ? 0 : (chance(4) ? -1 : small(60))
        case .text: below(8)
        case .options: chance(3) ? 15 : below(16)
        case .mentions: chance(2) ? 0 : (chance(4) ? -1 : 1 << user() | 1 << user())
        case .policies: below(1 << 17)
        case .permissions: chance(3) ? below(32) | below(32) : -1
        case .reaction: below(5)
        case .places: chance(20) ? 0 : 1 << small(12) | 1 << small(12)
        case .slot: verb == .connect || verb == .register ? slot() : connectedSlot()
        case .key: key(isNeeded: verb == .send)
        case .place: place()
        case .reply: chance(5) ? (chance(12) ? -2 : 1 + small(40)) : 0
        case .start: chance(2) ? 0 : small(300)
        case .window: chance(30) ? [0, -1, 4_097].randomElement(using: &generator) ?? 0 : 1 + small(90)
        case .maximum: chance(3) ? 1 + small(6) : (verb == .poll ? 1 + below(40) : 4_096)
        case .count: verb == .burst ? small(120) : small(6)
        case .entries: chance(2) ? 0 : [1, 2, 30, 100_000].randomElement(using: &generator) ?? 0
        case .milliseconds: verb == .jump ? below(120_000) - 60_000 : small(40_000)
        case .seed: below(1_000_000)
        case .lines: 1 + below(6)
        case .fails: chance(3) ? 1 : 0
        }
    }

    private func isOfOneself(_ verb: ScriptCommand.Verb) -> Bool {
        switch verb {
        case .block, .setContact, .removeContact, .setCustomStatus, .setHidden, .pinConversation, .muteConversation,
            .archive, .hide, .markUnread, .setDraft, .clear, .deleteForMe, .say, .forward, .react, .join, .request:
            true
        default: false
        }
    }

    private mutating func key(isNeeded: Bool) -> Int {
        if !isNeeded, chance(2) { return 0 }
        if chance(40) { return 1 + below(nextKey) }
        nextKey += 1
        return nextKey
    }

    private mutating func place() -> Int {
        if chance(12) { return -1 - small(3) }
        return chance(2) ? small(6) : small(150)
    }

    /// Low numbers come more often, so that some conversations grow long.
    private mutating func user() -> Int { min(below(ScriptNames.userCount), below(ScriptNames.userCount)) }

    private mutating func group() -> Int {
        min(below(ScriptNames.groupCount), below(ScriptNames.groupCount), below(ScriptNames.groupCount))
    }

    private mutating func slot() -> Int {
        user() * ScriptNames.devicesPerUser + min(below(ScriptNames.devicesPerUser), below(ScriptNames.devicesPerUser))
    }

    private mutating func connectedSlot() -> Int {
        let guess = connected.randomElement(using: &generator)
        return chance(8) ? slot() : guess ?? slot()
    }

    private mutating func members() -> Int {
        var bits = 0
        for _ in 0..<(chance(15) ? 0 : 1 + small(4)) { bits |= 1 << user() }
        return chance(30) ? bits | 1 << 20 : bits
    }

    /// From 0 up to `bound`, the lower the likelier.
    private mutating func small(_ bound: Int) -> Int { below(below(bound + 1) + 1) }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Once in so many times.
    private mutating func chance(_ times: Int) -> Bool { below(times) == 0 }
}
