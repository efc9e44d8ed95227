import Foundation

/// Has a process put away what it has made before a signal ends it.
enum Signals {
    private static let awaited = [SIGINT, SIGTERM]

    /// To be called before there are other threads: they get no such signals then.
    static func watch() {
        var set = signals()
        pthread_sigmask(SIG_BLOCK, &set, nil)
        Thread.detachNewThread {
            var (set, number) = (signals(), Int32(0))
            sigwait(&set, &number)
            Run.interrupt()
            signal(number, SIG_DFL)
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            raise(number)
        }
    }

    private static func signals() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in awaited { sigaddset(&set, number) }
        return set
    }
}
