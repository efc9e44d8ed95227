extension Rule {
    private static func ban(_ name: String, _ phrases: [String], in scope: Scope, instead advice: String) -> Rule {
        Rule(name, in: scope) { file in
            phrases.flatMap { phrase in
                file.occurrences(of: phrase).map {
                    Violation(line: file.tokens[$0].line, message: "\(phrase): \(advice)")
                }
            }
        }
    }

    /// What must not be said, and where.
    static let words = [
        ban(
            "pure-suspension", ["await", "async", "Task", "AsyncStream", "AsyncSequence"], in: .pure,
            instead: "this folder only computes: return what is to be done, and let Runtime do it"),
        ban(
            "pure-lock", ["Mutex", "Atomic", "withLock", "pthread_*", "nonisolated(unsafe)"], in: .pure,
            instead: "this folder only computes: be a struct with mutating functions, and let Runtime guard it"),
        ban(
            "pure-time", ["TimeSource", ".now()"], in: .pure,
            instead: "time is an argument: take a Timestamp"),
        ban(
            "pure-randomness",
            ["RandomSource", "SystemRandomNumberGenerator", ".random(", ".randomElement(", ".shuffle(", ".shuffled("],
            in: .pure, instead: "chance and identifiers are arguments"),
        ban(
            "pure-logging", ["print(", "debugPrint(", "dump(", "fputs(", "Logger", "EngineObserver"], in: .pure,
            instead: "this folder only computes: return an event, and let Runtime report it"),
        ban(
            "system-time",
            [
                "clock_gettime", "gettimeofday", "time(nil)", "ContinuousClock", "SuspendingClock", "Date(", "Date.now",
                "DispatchTime", "mach_absolute_time",
            ],
            in: Scope(
                folders: ["Sources/", "Tests/"],
                // The commands tell people how long something took.
                exceptions: [
                    "Sources/TokenIM/Runtime/SystemTime.swift", "Sources/TokenIMCommand/", "Sources/TokenIMReplay/",
                ]),
            instead: "ask the TimeSource (in tests, ManualTime); the system's time is read in SystemTime.swift alone"),
        ban(
            "system-randomness", ["SystemRandomNumberGenerator", "UUID()", "arc4random*", "getrandom", "getentropy"],
            in: .repeatable, instead: "ask the RandomSource (in tests, SeededRandom or SeededGenerator)"),
        ban(
            "threads", ["pthread_*", "Thread(", "Task {", "Task.detached", "Task("],
            in: Scope(folders: ["Sources/TokenIM/"], exceptions: ["Sources/TokenIM/Runtime/"]),
            instead: "only Runtime has threads and tasks"),
        ban(
            "unchecked", ["@unchecked Sendable", "nonisolated(unsafe)", "MainActor", "@preconcurrency"], in: .engine,
            instead: "use a final class that is Sendable because its state is in a Mutex"),
        ban(
            "run", ["public func run(", "public func start(", "public func resume("], in: .engine,
            instead: "the engine works when its init returns; there is nothing to forget to call"),
        ban(
            "trap", ["try!", "as!", "fatalError("], in: .sources,
            instead: "throw an IMError, or state with precondition what the caller has to keep"),
        ban(
            "sleep", ["sleep(", "usleep(", "nanosleep(", "asyncAfter("], in: .tests,
            instead: "advance a ManualTime, or wait for what is to happen"),
    ]
}
