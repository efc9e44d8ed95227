extension Core {
    /// Answers the jobs of a batch. Many callers are resumed by a task of their own: the writer has better things to
    /// do.
    func answer(_ jobs: ArraySlice<Job>, _ results: [Result<Outcome, IMError>]) {
        guard results.count >= Self.manyAnswers, !isInline else {
            for (job, result) in zip(jobs, results) { answer(job, result) }
            return
        }
        var answers: [(reply: Reply<Outcome>, result: Result<Outcome, IMError>)] = []
        answers.reserveCapacity(results.count)
        for (index, result) in zip(jobs.indices, results) {
            if case .command(_, _, let reply) = jobs[index] {
                answers.append((reply, result))
            } else {
                answer(jobs[index], result)
            }
        }
        Task.detached { [answers] in
            for (reply, result) in answers { reply.answer(result) }
        }
    }

    private static let manyAnswers = 64

    func answer(_ job: Job, _ result: Result<Outcome, IMError>) {
        switch job {
        case .command(_, _, let reply): reply.answer(result)
        case .connect(let connecting, let reply):
            reply.answer(
                result.flatMap { _ in
                    Result { () throws(IMError) in
                        try IMError.mapping { () throws -> Attachment in
                            guard let attach else { throw IMError(.closed, "the engine is closing") }
                            return try attach(connecting)
                        }
                    }
                })
        case .judge, .transaction, .fold, .settle: break
        }
    }
}
