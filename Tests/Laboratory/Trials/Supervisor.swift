import ArgumentParser
import TokenIM
import TokenIMLMDB
import TokenIMTesting

/// Has cases run by processes of their own, one seed each, and adds up what they say. A process that dies, or hangs,
/// is a defect of the case that it was at; another one goes on behind it.
struct Supervisor: Sendable {
    private struct Sum {
        var cases = 0
        var seeds = 0
        var defects = 0
        var words: [String: Int] = [:]
        /// The next seed, and how many cases are still to be given out.
        var next: UInt64
        var rest: Int
    }

    /// The command and its own options.
    let arguments: [String]
    let options: TrialOptions
    let noun: String

    static let casesPerSeed = 250
    private static let processes = 2

    /// - Returns: normally when all is as expected.
    func run() async throws {
        let clock = SystemTime()
        let began = clock.now()
        let end = options.seconds.map { began.advanced(by: .seconds($0)) }
        // Processes that die leave theirs behind.
        let temporary = try TemporaryDirectory(prefix: "laboratory")
        defer { temporary.remove() }
        let sum = Monitor(Sum(next: options.seed, rest: options.count ?? Self.casesPerSeed))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.processes {
                group.addTask {
                    let isTimeUp = { end.map { $0 <= clock.now() } }
                    while let turn = sum.withLock({ next(&$0, isTimeUp: isTimeUp()) }) {
                        runSeed(turn.seed, count: turn.cases, temporary.path, sum) { isTimeUp() == true }
                    }
                }
            }
        }
        let seconds = Double(clock.now().duration(since: began).wholeMicroseconds) / 1_000_000
        try report(sum.withLock { $0 }, seconds: seconds)
    }

    /// - Parameter isTimeUp: nil when it is the cases that are counted.
    private func next(_ sum: inout Sum, isTimeUp: Bool?) -> (seed: UInt64, cases: Int)? {
        guard isTimeUp != true, sum.rest > 0 else { return nil }
        let cases = min(sum.rest, Self.casesPerSeed)
        if isTimeUp == nil { sum.rest -= cases }
        defer { sum.next += 1 }
        return (sum.next, cases)
    }

    /// - Parameter isTimeUp: asked after each case; the rest of them are then left out.
    private func runSeed(
        _ seed: UInt64, count: Int, _ temporary: String, _ sum: Monitor<Sum>, isTimeUp: () -> Bool
    ) {
        var done = 0
        var total = 1
        while done < total {
            var says: String?
            do {
                let worker =
                    arguments + ["--seed", "\(seed)", "--count", "\(count)", "--worker-from", "\(done)"]
                let child = try ChildProcess(worker, temporary: temporary)
                while let line = try child.line() {
                    let words = line.split(separator: " ")
                    if words.count == 2, words[0] == "of" {
                        total = Int(words[1]) ?? 0
                        continue
                    }
                    done += 1
                    if words.first?.last == ":" {
                        note("--seed \(seed) --only \(line)", sum)
                    } else {
                        sum.withLock { sum in for word in words.dropFirst() { sum.words[String(word), default: 0] += 1 }
                        }
                    }
                    sum.withLock { $0.cases += 1 }
                    if isTimeUp() { return sum.withLock { $0.seeds += 1 } }
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
            sum.defects += 1
            return sum.defects
        }
        if count <= 10 { print("defect: \(arguments.joined(separator: " ")) \(defect)") }
    }

    private func report(_ sum: Sum, seconds: Double) throws {
        let rate = seconds > 0 ? Int(Double(sum.cases) / seconds) : 0
        print("\(sum.cases) \(noun) of \(sum.seeds) seeds, \(sum.defects) defects, \(rate) a second")
        let words = sum.words.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !words.isEmpty { print(words.joined(separator: ", ")) }
        if options.expectDefects {
            guard sum.defects == 0 else { return }
            print("no defect was found where there must be some: the laboratory is blind")
            throw ExitCode.failure
        }
        guard sum.defects == 0 else { throw ExitCode.failure }
    }
}
