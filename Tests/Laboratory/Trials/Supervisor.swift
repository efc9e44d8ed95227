import ArgumentParser
import TokenIM
import TokenIMLMDB

/// Has cases run by processes of their own, one seed each, and adds up what they say. A process that dies, or hangs,
/// is a defect of the case that it was at; another one goes on behind it.
struct Supervisor: Sendable {
    private struct Sum {
        var cases = 0
        var seeds = 0
        var defects: [String] = []
        var next: UInt64
    }

    /// The command and its own options.
    let arguments: [String]
    let options: TrialOptions
    let noun: String

    static let casesPerSeed = 1_000
    private static let processes = 2

    /// - Returns: normally when all is as expected.
    func run() async throws {
        let clock = SystemTime()
        let began = clock.now()
        let sum = Monitor(Sum(next: options.seed))
        let count = options.count ?? Self.casesPerSeed
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.processes {
                group.addTask {
                    while true {
                        let turn = sum.withLock { sum -> (UInt64, Int)? in
                            let index = Int(sum.next - options.seed)
                            if let seconds = options.seconds {
                                guard clock.now().duration(since: began) < .seconds(seconds) else { return nil }
                            } else if index * Self.casesPerSeed >= count {
                                return nil
                            }
                            defer { sum.next += 1 }
                            let rest = options.seconds == nil ? count - index * Self.casesPerSeed : Self.casesPerSeed
                            return (sum.next, min(rest, Self.casesPerSeed))
                        }
                        guard let (seed, cases) = turn else { return }
                        runSeed(seed, count: cases, sum)
                    }
                }
            }
        }
        let seconds = Double(clock.now().duration(since: began).wholeMicroseconds) / 1_000_000
        try report(sum.withLock { $0 }, seconds: seconds)
    }

    private func runSeed(_ seed: UInt64, count: Int, _ sum: Monitor<Sum>) {
        var done = 0
        var total = 1
        while done < total {
            var says: String?
            do {
                let worker =
                    arguments + ["--seed", "\(seed)", "--count", "\(count)", "--worker-from", "\(done)"]
                let child = try ChildProcess(worker)
                while let line = try child.line() {
                    let words = line.split(separator: " ", maxSplits: 1)
                    if words.first == "of", words.count == 2 {
                        total = Int(words[1]) ?? 0
                        continue
                    }
                    done += 1
                    sum.withLock { $0.cases += 1 }
                    if words.count == 2 { note("--seed \(seed) --only \(words[0]): \(words[1])", sum) }
                }
                says = child.waitForEnd()
                if says == nil, done < total { says = "it ended too early" }
            } catch {
                says = "\(error)"
            }
            guard let says else { break }
            note("--seed \(seed), case \(done) of \(total) in order: the process died: \(says)", sum)
            done += 1
            sum.withLock { $0.cases += 1 }
        }
        sum.withLock { $0.seeds += 1 }
    }

    private func note(_ defect: String, _ sum: Monitor<Sum>) {
        let count = sum.withLock { sum in
            sum.defects.append(defect)
            return sum.defects.count
        }
        if count <= 10 { print("defect: \(arguments.joined(separator: " ")) \(defect)") }
    }

    private func report(_ sum: Sum, seconds: Double) throws {
        let rate = seconds > 0 ? Int(Double(sum.cases) / seconds) : 0
        print("\(sum.cases) \(noun) of \(sum.seeds) seeds, \(sum.defects.count) defects, \(rate) a second")
        if options.expectDefects {
            guard sum.defects.isEmpty else { return }
            print("no defect was found where there must be some: the laboratory is blind")
            throw ExitCode.failure
        }
        guard sum.defects.isEmpty else { throw ExitCode.failure }
    }
}
