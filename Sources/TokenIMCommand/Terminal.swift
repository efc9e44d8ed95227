import Synchronization
import TokenIMReplay

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The process's standard output and error, and the signals that end it.
final class Terminal {
    private let showsProgress = isatty(STDERR_FILENO) == 1
    private let clock = ContinuousClock()
    private var lastProgress: ContinuousClock.Instant?
    private var isProgressShown = false
    private var isReaderGone = false

    var console: Console {
        Interruption.install()
        return Console(
            write: { (text) throws(ReplayFailure) in try self.write(text) },
            complain: { self.complain($0) },
            showProgress: { self.show($0) },
            interruption: { Interruption.status })
    }

    // Written through, without a buffer: who reads the other end of a pipe sees each line when it is true.
    private func write(_ text: String) throws(ReplayFailure) {
        hideProgress()
        if Self.write(text, to: STDOUT_FILENO) { return }
        let code = errno
        isReaderGone = code == EPIPE
        throw ReplayFailure(.inputOutput, "standard output: \(systemMessage(code))")
    }

    private func complain(_ text: String) {
        hideProgress()
        // Who has read enough of the output does not want to hear that it went on.
        if isReaderGone { return }
        _ = Self.write("tokenim: \(text)\n", to: STDERR_FILENO)
    }

    private func show(_ progress: Console.Progress) {
        guard showsProgress else { return }
        let now = clock.now
        if let lastProgress, now - lastProgress < .milliseconds(100) { return }
        // A replay that is over in a moment shows no bar at all.
        let isFirst = lastProgress == nil
        lastProgress = now
        if isFirst { return }
        isProgressShown = true
        _ = Self.write("\r\(progress.bar)\u{1B}[K", to: STDERR_FILENO)
    }

    private func hideProgress() {
        guard isProgressShown else { return }
        isProgressShown = false
        _ = Self.write("\r\u{1B}[K", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to file: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { writeBytes(file, $0) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}

// Here, and not in the type, whose own `write` would hide the system's.
private func writeBytes(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}

/// Remembers that the user wants the command to end, so that it can close the store and tidy up.
enum Interruption {
    private static let signal = Atomic<Int32>(0)

    static func install() {
        // The first access makes the atomic, which must not happen within a signal handler.
        signal.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM, SIGHUP] { handle(number) { Interruption.remember($0) } }
        // A reader that went away and a file at its limit are errors of writing, not a sudden death that leaves a
        // temporary store behind.
        for number in [SIGPIPE, SIGXFSZ] { handle(number, SIG_IGN) }
    }

    static var status: ExitStatus? {
        let number = signal.load(ordering: .relaxed)
        return number == 0 ? nil : .signal(number)
    }

    private static func remember(_ number: Int32) {
        signal.store(number, ordering: .relaxed)
        // The second time it is meant at once.
        handle(number, SIG_DFL)
    }
}

#if canImport(Glibc)
private typealias SignalHandler = __sighandler_t
#else
private typealias SignalHandler = sig_t
#endif

private func handle(_ number: Int32, _ handler: SignalHandler?) {
    signal(number, handler)
}
