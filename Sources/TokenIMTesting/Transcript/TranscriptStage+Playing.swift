internal import TokenIM

extension TranscriptStage {
    /// Carries out a command: what it answers, and what is new in the journal.
    func play(_ line: TranscriptLine) async throws -> [String] {
        let verb = try verb(of: line)
        let command = try verb.bind(line, context())
        var output: [String] = []
        do {
            output = try await verb.action(self, command)
        } catch let failure as TranscriptFailure {
            throw failure
        } catch {
            output = [TranscriptNotation.describe(error)]
        }
        let notation = try notation
        output += try newEntries().map(notation.describe)
        return output.isEmpty ? ["ok"] : output.map(concealPath)
    }

    func verb(of line: TranscriptLine) throws(TranscriptFailure) -> TranscriptVerb {
        guard let verb = vocabulary[line.verb] else {
            throw TranscriptFailure(line: line.number, "there is no verb \(line.verb)")
        }
        return verb
    }

    /// Carries out the indented commands of a command in one host transaction.
    func transact(_ command: TranscriptCommand) async throws -> [String] {
        var parts: [(part: TranscriptVerb.Part, command: TranscriptCommand)] = []
        for line in command.line.parts {
            let verb = try verb(of: line)
            guard let part = verb.part else {
                throw TranscriptFailure(line: line.number, "\(verb.name) is not for a transaction")
            }
            parts.append((part, try verb.bind(line, context())))
        }
        let goesOn = command.has("go-on")
        return try await engine.transaction { [parts] transaction in
            var output: [String] = []
            for (part, command) in parts {
                do {
                    output += try part(transaction, command)
                } catch let error as IMError where goesOn {
                    output.append(TranscriptNotation.describe(error))
                }
            }
            return output
        }
    }

    /// Says of the indented commands of a command what would become of them.
    func explain(_ command: TranscriptCommand) async throws -> [String] {
        var output: [String] = []
        for line in command.line.parts {
            let verb = try verb(of: line)
            guard let asking = verb.change else {
                throw TranscriptFailure(line: line.number, "\(verb.name) is not a change that can be explained")
            }
            let command = try verb.bind(line, context())
            let verdict = try await engine.explain(try asking(command), by: try command.principal)
            let code = verdict.code.map { "refused: \($0.name) (\($0.number))" } ?? "allowed"
            output.append("\(code)\(verdict.rule.map { " by rule \($0)" } ?? ""): \(verdict.message)")
        }
        return output
    }

    /// Holds the store against its journal, when it is open.
    func verifyAtEnd() async throws {
        do {
            let verification = try await engine.verify()
            if verification.isSound { return }
            throw TranscriptFailure("the store is not what its journal says: \(verification.findings)")
        } catch let error as IMError where error.code == .closed {
            return
        }
    }
}

extension [String] {
    /// For what was asked and found empty.
    var orNothing: [String] { isEmpty ? ["nothing"] : self }
}
