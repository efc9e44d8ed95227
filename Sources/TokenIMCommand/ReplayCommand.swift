import ArgumentParser
import TokenIMReplay

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Plays IRC logs through the engine on virtual time, and checks that everyone gets everything.",
        discussion: """
            Several logs are played one after the other as one long log, in one store and one group. Whoever \
            appears becomes a user and a member, is online from a message or join to a leave or kick, and gets \
            what was missed on coming back. At the end everyone comes online. A text that begins with `nick:` or \
            `nick,` mentions that user; operators are admins of the group, which belongs to the first user. Without \
            a log, a small conversation is played and told.

            The last output is a summary: a line for each subject, or one JSON object. Live deliveries are messages \
            received while online, caught-up ones those that had been waiting at a connect. At 20 moments of the \
            log the unread messages and mentions of every user are recounted from the log, and compared.

            Exit status:
              0   everyone got every message of others once, in order; inboxes and store are right
              64  the command line is wrong
              65  an input is binary, not UTF-8, malformed, or over a limit of the engine
              66  an input is missing, a directory, or not readable
              70  a check failed; standard error names the first finding
              73  the store's directory cannot be created, or is not empty
              74  reading or writing failed, or the disk is full
              128 and more: interrupted by the signal of the number above 128

            After a failure the store in DIR is valid and holds everything up to it.
            """)

    @Argument(help: ArgumentHelp("A log, with lines such as `[09:14] <nick> text`.", valueName: "file"))
    var logs: [String] = []

    @Option(help: ArgumentHelp("Keep the store in a new or empty directory.", valueName: "dir"))
    var directory: String?

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Lines `a b -`: line b of the log, counted from 0, answers line a. Once for each log, in their order.",
            valueName: "file"))
    var annotations: [String] = []

    @Flag(help: .hidden)
    var receipts = false

    func run() async throws {
        let terminal = Terminal()
        let replay = Replay(
            logs: logs, annotations: annotations, directory: directory, printsJSON: json, printsReceipts: receipts)
        let status = await replay.run(on: terminal.console)
        guard status == .success else { throw ExitCode(status.rawValue) }
    }
}
