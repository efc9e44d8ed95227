/// One line of what happens to a ``World``: a verb and its numbers.
package struct WorldCommand: ScriptLine, Hashable {
    /// What can happen. A new verb needs its labels here, a weight in ``RandomWorld``, and to be done by ``World``.
    package enum Verb: String, CaseIterable, Sendable {
        // Devices.
        case send, read, leave, disconnect, connect, kill
        // Devices, about what was said and how they have it.
        case edit, recall, react, pin, set, draft, rename
        // Links.
        case drop, duplicate, reorder, delay, stall, halfOpen, cut, heal
        // The host.
        case add, remove, trim, ban, announce
        // The server, its disk and its clock.
        case crash, crashAtCommit, shutDown, diskFull, slowDisk, jump
        // Time.
        case wait, quiet

        var labels: [Label] {
            switch self {
            case .send, .draft: [.device, .to]
            case .edit, .recall: [.device, .to, .place]
            case .react, .pin: [.device, .to, .place, .on]
            case .set: [.device, .to, .setting, .on]
            case .rename: [.device, .group]
            case .ban: [.group, .user, .on]
            case .announce: [.group]
            case .read: [.device, .to]
            case .leave: [.device, .group]
            case .disconnect, .connect, .kill, .stall, .cut, .heal: [.device]
            case .drop, .duplicate, .reorder: [.device, .percent, .kinds]
            case .delay: [.device, .milliseconds]
            case .halfOpen: [.device, .end]
            case .add, .remove: [.group, .user]
            case .trim: [.user, .to]
            case .crash, .shutDown, .quiet: []
            case .crashAtCommit: [.after, .skipping]
            case .diskFull: [.on]
            case .slowDisk, .jump, .wait: [.milliseconds]
            }
        }
    }

    enum Label: String {
        case device, to, group, user, place, setting, percent, kinds, milliseconds, end, after, skipping, on
    }

    package let verb: Verb
    package var arguments: [Int]

    package init(_ verb: Verb, _ arguments: Int...) {
        self.verb = verb
        self.arguments = arguments
    }

    init(_ verb: Verb, arguments: [Int]) {
        self.verb = verb
        self.arguments = arguments
    }

    /// The number behind a label, 0 when the verb has none of it.
    subscript(_ label: Label) -> Int {
        guard let index = verb.labels.firstIndex(of: label), arguments.indices.contains(index) else { return 0 }
        return arguments[index]
    }
}

extension WorldCommand: CustomStringConvertible {
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
