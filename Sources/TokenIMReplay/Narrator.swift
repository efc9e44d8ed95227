package import TokenIM

/// Something that happened while playing, for whoever wants to tell it.
package enum PlayEvent {
    /// A user has connected, and got the messages that had been waiting.
    case online(UserID, name: String, caughtUp: [Post])
    case offline(name: String)
    case renamed(from: String, to: String)
    case roleChanged(Role, name: String)
    /// Somebody sent a message, which mentions somebody or nobody.
    case sent(Post, name: String, mentioned: String?)
    /// A user who was online got a message at once.
    case received(Post, name: String)
}

/// Tells a small conversation as it happens: who says what, and who gets it when.
package struct Narrator {
    /// What to say before it begins.
    package static let introduction = """
        A small conversation in one group, on virtual time.
        ✓ says who got a message at once, ↳ what it answers, @ whom it mentions.


        """

    private let write: (String) throws(ReplayFailure) -> Void
    private var posts: [SequenceNumber: (name: String, text: String)] = [:]
    private var known: Set<UserID> = []
    /// The names of those who got the last message at once.
    private var receivers: [String] = []

    package init(write: @escaping (String) throws(ReplayFailure) -> Void) {
        self.write = write
    }

    package mutating func tell(_ event: PlayEvent, at time: Timestamp) throws(ReplayFailure) {
        if case .received(_, let name) = event {
            receivers.append(name)
            return
        }
        try finish()
        let clock = time.clock
        switch event {
        case .online(let user, let name, let missed):
            let isNew = known.insert(user).inserted
            let catchingUp = missed.isEmpty ? "" : " and catches up on \(missed.count.counted("message")):"
            try write("\(clock)  · \(name) is \(isNew ? "here" : "back")\(catchingUp)\n")
            for post in missed { try write(Self.margin + "  " + said(post) + "\n") }
        case .offline(let name):
            try write("\(clock)  · \(name) goes offline\n")
        case .renamed(let old, let new):
            try write("\(clock)  · \(old) is now called \(new)\n")
        case .roleChanged(let role, let name):
            try write("\(clock)  · \(name) is \(role == .admin ? "an admin now" : "a member again")\n")
        case .sent(let post, let name, let mentioned):
            posts[post.sequence] = (name, post.content.text ?? "")
            try write("\(clock)  \(said(post))\n")
            if let replyTo = post.replyTo, let answered = posts[replyTo] {
                try write("\(Self.margin)↳ answers \(answered.name): \(answered.text)\n")
            }
            if let mentioned { try write("\(Self.margin)@ \(mentioned)\n") }
        case .received:
            break
        }
    }

    /// Tells what is still to be told of the last message.
    package mutating func finish() throws(ReplayFailure) {
        guard !receivers.isEmpty else { return }
        try write("\(Self.margin)✓ \(receivers.joined(separator: ", "))\n")
        receivers = []
    }

    private static let margin = "       "

    private func said(_ post: Post) -> String {
        posts[post.sequence].map { "\($0.name): \($0.text)" } ?? "\(post)"
    }
}

extension Timestamp {
    /// The time of the day, as HH:MM.
    fileprivate var clock: String {
        let minutes = microseconds / 60_000_000 % 1440
        let two = { (number: Int64) in (number < 10 ? "0" : "") + String(number) }
        return two(minutes / 60) + ":" + two(minutes % 60)
    }
}
