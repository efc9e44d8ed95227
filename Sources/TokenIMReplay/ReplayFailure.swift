/// Why a replay ended before its end: what to say about it, and with which status to exit.
package struct ReplayFailure: Error, Hashable, Sendable {
    package let status: ExitStatus
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

/// What the process says to the shell. The numbers are those of sysexits.h.
package struct ExitStatus: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let success = ExitStatus(rawValue: 0)
    /// The command line was wrong.
    package static let usage = ExitStatus(rawValue: 64)
    /// An input holds what it must not: binary data, invalid UTF-8, a malformed annotation, a text over the limit.
    package static let data = ExitStatus(rawValue: 65)
    /// An input is missing, is a directory, or may not be read.
    package static let noInput = ExitStatus(rawValue: 66)
    /// The check failed: the engine, or this command, has a mistake.
    package static let software = ExitStatus(rawValue: 70)
    /// The store's directory cannot be created, or there is something in it already.
    package static let cannotCreate = ExitStatus(rawValue: 73)
    /// Reading or writing failed, or the disk is full.
    package static let inputOutput = ExitStatus(rawValue: 74)

    /// Ended by a signal, as shells report it.
    package static func signal(_ number: Int32) -> ExitStatus { ExitStatus(rawValue: 128 + number) }
}
