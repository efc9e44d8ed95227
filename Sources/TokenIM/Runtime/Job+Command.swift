extension Job {
    /// Whether it shares a commit with others.
    var isCommand: Bool {
        switch self {
        case .command, .connect: true
        case .judge, .transaction, .fold, .settle: false
        }
    }
}

extension Connecting {
    /// What it amounts to for the journal.
    var command: Command {
        Command(.addDevice(device, of: user, start: options.start, options.details), by: .host)
    }
}
