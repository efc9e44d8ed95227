/// One line of a simulation's script: what is done, and numbers that say with whom and what.
///
/// The numbers name things of ``ScriptNames``, or places relative to the newest entry, so that a line keeps its meaning
/// when others before it are taken away.
package struct ScriptCommand: ScriptLine, Hashable, Sendable {
    package enum Verb: String, CaseIterable, Sendable {
        case createUser, updateUser, suspend, reinstate, deleteUser
        case createGroup, updateGroup, add, remove, leave, setRole, transfer, dissolve
        case send, burst, markRead, trim
        case connect, receive, acknowledge, acknowledgeAt, closeSession, register, poll, pollAcknowledge
        case advance, jump, fold, reopen, crash, transaction, verify, compare
        case say, forward, edit, recall, react, pin, cancelScheduled
        case found, setPolicies, announce, ban, muteMember, muteAll, setNickname
        case join, request, withdrawRequest, answerRequest, invite, withdrawInvitation, answerInvitation
        case block, setContact, removeContact, setPermissions, setCustomStatus, setHidden, removeDevice
        case pinConversation, muteConversation, archive, hide, markUnread, setDraft, clear, deleteForMe
    }

    /// What an argument means.
    package enum Label: String, Sendable {
        /// Who asks: a slot whose session does, or the host when negative or when that slot has no session.
        case by
        /// Who asks: a slot, by its session or, when it has none, without; the host when negative.
        case actor
        case user
        /// A group from 100 on, a user below, and the personal conversation when negative.
        case target
        /// The other user of a direct conversation.
        case with
        case group, owner, role, profile, content, slot
        /// A set of users, one bit each; bit 20 names the first of them twice.
        case members
        /// An idempotency key; none when 0.
        case key
        /// So many entries before the newest, or beyond it when negative.
        case place
        /// The entry that is answered: none when 0, else as `place`, counted from 1.
        case reply
        /// Where a new device begins: 0 automatic, 1 creation, 2 head, others a position.
        case start
        case window, maximum, count, milliseconds, seed
        /// Entries after which the engine folds from then on; the usual number when 0.
        case entries
        /// How many of the following lines are one transaction.
        case lines
        /// Whether something is put on, or taken off when 0.
        case on
        /// A moment so many seconds from now: none when 0, one without end when negative.
        case seconds
        case text, options, mentions, policies, permissions, reaction
        /// A set of the newest entries, one bit each.
        case places
        /// Whether that transaction throws at its end.
        case fails
    }

    package var verb: Verb
    package var arguments: [Int]

    package init(_ verb: Verb, _ arguments: Int...) {
        precondition(arguments.count == verb.labels.count, "\(verb) takes \(verb.labels.count) arguments")
        self.verb = verb
        self.arguments = arguments
    }

    package init(_ verb: Verb, arguments: [Int]) {
        self.verb = verb
        self.arguments = arguments
    }

    package subscript(_ label: Label) -> Int {
        guard let index = verb.labels.firstIndex(of: label) else { return 0 }
        return arguments[index]
    }
}

extension ScriptCommand.Verb {
    package var labels: [ScriptCommand.Label] {
        switch self {
        case .createUser, .updateUser: [.user, .profile, .key]
        case .suspend, .reinstate, .deleteUser: [.user, .key]
        case .createGroup: [.by, .group, .owner, .members, .profile, .key]
        case .updateGroup: [.by, .group, .profile, .key]
        case .add: [.by, .group, .members, .key]
        case .remove, .leave, .transfer: [.by, .group, .user, .key]
        case .setRole: [.by, .group, .user, .role, .key]
        case .dissolve: [.by, .group, .key]
        case .send: [.by, .user, .target, .content, .reply, .key]
        case .burst: [.user, .target, .count]
        case .markRead: [.by, .user, .with, .target, .place, .key]
        case .trim: [.with, .target, .place]
        case .connect: [.slot, .start, .window]
        case .receive: [.slot, .maximum]
        case .acknowledge: [.slot, .count]
        case .register: [.slot, .start]
        case .poll: [.slot, .maximum]
        case .acknowledgeAt, .pollAcknowledge: [.slot, .place]
        case .closeSession: [.slot]
        case .advance, .jump: [.milliseconds]
        case .reopen, .crash: [.entries]
        case .fold, .verify: []
        case .transaction: [.lines, .fails]
        case .compare: [.seed]
        case .say, .forward, .edit, .recall, .react, .pin, .cancelScheduled: labelsOfMessages
        case .block, .setContact, .removeContact, .setPermissions, .setCustomStatus, .setHidden, .removeDevice,
            .pinConversation, .muteConversation, .archive, .hide, .markUnread, .setDraft, .clear, .deleteForMe:
            labelsOfOneself
        default: labelsOfGroups
        }
    }

    private var labelsOfMessages: [ScriptCommand.Label] {
        switch self {
        case .say: [.actor, .user, .target, .content, .reply, .mentions, .options, .key]
        case .forward: [.actor, .with, .target, .place, .user, .options, .key]
        case .edit: [.actor, .with, .target, .place, .content, .mentions, .key]
        case .recall: [.actor, .with, .target, .place, .key]
        case .react: [.actor, .with, .target, .place, .reaction, .on, .key]
        case .pin: [.actor, .with, .target, .place, .on, .key]
        default: [.actor, .place, .key]
        }
    }

    private var labelsOfGroups: [ScriptCommand.Label] {
        switch self {
        case .found: [.actor, .group, .owner, .members, .profile, .policies, .key]
        case .setPolicies: [.actor, .group, .policies, .key]
        case .announce, .request: [.actor, .group, .text, .key]
        case .ban, .answerRequest: [.actor, .group, .user, .on, .key]
        case .muteMember: [.actor, .group, .user, .seconds, .key]
        case .muteAll, .answerInvitation: [.actor, .group, .on, .key]
        case .setNickname: [.actor, .group, .user, .text, .key]
        case .invite: [.actor, .group, .members, .text, .key]
        case .withdrawInvitation: [.actor, .group, .user, .key]
        default: [.actor, .group, .key]
        }
    }

    private var labelsOfOneself: [ScriptCommand.Label] {
        switch self {
        case .block: [.actor, .user, .on, .key]
        case .setContact: [.actor, .user, .text, .key]
        case .removeContact: [.actor, .user, .key]
        case .setPermissions: [.actor, .user, .permissions, .key]
        case .setCustomStatus: [.actor, .text, .seconds, .key]
        case .setHidden: [.actor, .on, .key]
        case .removeDevice: [.actor, .slot, .key]
        case .muteConversation: [.actor, .with, .target, .seconds, .key]
        case .setDraft: [.actor, .with, .target, .text, .key]
        case .clear: [.actor, .with, .target, .place, .key]
        case .deleteForMe: [.actor, .with, .target, .places, .key]
        default: [.actor, .with, .target, .on, .key]
        }
    }

    /// Whether it is asked for as a change by somebody.
    var isChange: Bool { labels.contains(.actor) }

    /// Whether a host transaction can do it.
    var fitsTransaction: Bool {
        switch self {
        case .createUser, .createGroup, .add, .remove, .send: true
        case .removeDevice: false
        default: isChange
        }
    }
}

extension ScriptCommand: CustomStringConvertible {
    package var description: String {
        ([verb.rawValue] + zip(verb.labels, arguments).map { "\($0.rawValue):\($1)" }).joined(separator: " ")
    }

    /// Reads what ``description`` gives; nil for anything else.
    package init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard let first = words.first, let verb = Verb(rawValue: String(first)), words.count == verb.labels.count + 1
        else { return nil }
        var arguments: [Int] = []
        for (word, label) in zip(words.dropFirst(), verb.labels) {
            let parts = word.split(separator: ":")
            guard parts.count == 2, parts[0] == label.rawValue, let value = Int(parts[1]) else { return nil }
            arguments.append(value)
        }
        self.init(verb, arguments: arguments)
    }
}

/// A script as text: a line each, and remarks after `#`.
package enum ScriptText {
    package static func write(_ commands: [ScriptCommand]) -> String {
        commands.map { "\($0)\n" }.joined()
    }

    /// - Throws: ``ScriptFailure`` for a line that is no command.
    package static func read(_ text: String) throws -> [ScriptCommand] {
        var commands: [ScriptCommand] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let command = ScriptCommand(line) else { throw ScriptFailure(line: String(line)) }
            commands.append(command)
        }
        return commands
    }
}

package struct ScriptFailure: Error, CustomStringConvertible {
    package let line: String
    package var description: String { "not a line of a script: \(line)" }
}
