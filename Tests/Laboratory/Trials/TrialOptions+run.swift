import ArgumentParser

extension TrialOptions {
    /// Runs an experiment: as the supervisor of processes that do, as one of those, or a single case here.
    ///
    /// - Parameters:
    ///   - arguments: the command and its own options, to start those processes with.
    ///   - noun: what its cases are.
    func run<Subject: Experiment>(
        _ arguments: [String], _ noun: String, _ make: (_ seed: UInt64) async throws -> Subject
    ) async throws {
        if let only {
            var experiment = try await make(seed)
            guard (0..<experiment.caseCount).contains(only) else {
                throw ValidationError("seed \(seed) has cases 0 to \(experiment.caseCount - 1)")
            }
            let words = try await experiment.run(only)
            print("case \(only) of seed \(seed) holds: \(words.joined(separator: " "))")
        } else if let workerFrom {
            var worker = Worker(experiment: try await make(seed), seed: seed)
            await worker.run(count: count ?? Supervisor.casesPerSeed, from: workerFrom)
        } else {
            try await Supervisor(arguments: arguments, options: self, noun: noun).run()
        }
    }
}
