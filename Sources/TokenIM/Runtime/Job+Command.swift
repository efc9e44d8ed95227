extension Job {
    /// Whether it shares a commit with others.
    var isCommand: Bool {
        switch self {
        case .command, .connect: true
        case .judge, .transaction, .fold, .settle: false
        }
    }

    /// The command that the job amounts to for the journal.
    var command: Command? {
        switch self {
        case .command(let command, _, _): command
        case .connect(let connecting, _):
            Command(
                .addDevice(
                    connecting.device, of: connecting.user, start: connecting.options.start,
                    connecting.options.details), by: .host)
        case .judge, .transaction, .fold, .settle: nil
        }
    }

    var known: KnownUsers {
        if case .command(_, let known, _) = self { known } else { KnownUsers() }
    }
}
