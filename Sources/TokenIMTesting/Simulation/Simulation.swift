internal import TokenIM

/// Where the engine and the reference model part.
package struct Difference: Error, CustomStringConvertible {
    /// The line of the script, from 0.
    package let step: Int
    package let command: ScriptCommand
    package let complaint: String

    /// The complaint without its numbers and names: what tells one kind of difference from another.
    package var kind: String {
        String(complaint.prefix { $0 != ":" && $0 != "(" }.filter { $0.isLetter || $0 == " " })
    }

    package var description: String { "line \(step + 1), \(command): \(complaint)" }
}

/// What is wrong, before it is known where in the script.
struct Complaint: Error {
    var text: String
    init(_ text: String) { self.text = text }
}

/// An engine and the reference model, side by side, on the same script.
package final class Simulation {
    let time = ManualTime()
    var model: ReferenceModel
    var engine: Engine
    var sessions: [Int: Session] = [:]
    /// What happened, a line for each command: the same in every run of the same script.
    package private(set) var trace: [String] = []
    /// How many lines of the script have been carried out.
    package private(set) var commandCount = 0
    /// Up to where the journal has been looked at.
    private var reconciled: Position = 0
    private let directory: TemporaryDirectory
    private var storeCount = 0
    private let isThreaded: Bool

    /// - Parameters:
    ///   - isThreaded: lets the engine have its threads. One command at a time all the same, but folds go on beside
    ///     them, so that reads find the generation that is being folded. A crash is then only a reopening.
    ///   - mistake: a mistake that the model makes on purpose.
    package init(isThreaded: Bool = false, mistake: SimulationMistake? = nil) throws {
        self.isThreaded = isThreaded
        directory = try TemporaryDirectory()
        model = ReferenceModel(limits: ScriptNames.limits, mistake: mistake)
        engine = try Self.open(directory.path + "/store-0", time, isThreaded: isThreaded)
    }

    private static func open(
        _ path: String, _ time: ManualTime, isThreaded: Bool, foldEntries: Int = 0
    ) throws -> Engine {
        var configuration = Configuration()
        configuration.runtime = isThreaded ? .threaded : .inline
        configuration.time = time
        configuration.random = SeededRandom(seed: 1)
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 28
        configuration.limits = ScriptNames.limits
        if foldEntries > 0 { configuration.limits.foldEntries = foldEntries }
        return try Engine(directory: path, configuration: configuration)
    }

    /// Where the store is now.
    package var storePath: String { "\(directory.path)/store-\(storeCount)" }

    /// Runs a script on a new store. Returns the first difference, or nil.
    package static func difference(
        in script: [ScriptCommand], isThreaded: Bool = false, mistake: SimulationMistake? = nil
    ) async throws -> Difference? {
        let simulation = try Simulation(isThreaded: isThreaded, mistake: mistake)
        defer { simulation.close() }
        return await simulation.run(script)
    }

    package func close() {
        engine.close()
    }

    /// Runs a script to its end, drains all sessions and compares everything. Returns the first difference, or nil.
    package func run(_ script: [ScriptCommand]) async -> Difference? {
        var step = 0
        var last = ScriptCommand(.compare, 0)
        do throws(Complaint) {
            while step < script.count {
                last = script[step]
                let end = step + transactionLength(script, from: step)
                trace.append("\(last) -> \(try await perform(last, Array(script[(step + 1)..<end])))")
                await settle(after: last.verb)
                try reconcile(after: last.verb)
                commandCount += end - step
                step = end
            }
            last = ScriptCommand(.compare, 0)
            try drain()
            try compare(seed: 1)
            last = ScriptCommand(.verify)
            _ = try await verify()
            return nil
        } catch {
            return Difference(step: step, command: last, complaint: error.text)
        }
    }

    /// Waits until the engine has carried out what it has told itself to do.
    private func settle(after verb: ScriptCommand.Verb) async {
        guard isThreaded else { return }
        var head: Position
        repeat {
            try? await engine.transaction { _ in }
            head = engine.head
            guard verb == .advance else { return }
            // What came due while the clock went on is set to a moment that has passed, and rings now.
            time.advance(by: .zero)
            try? await engine.transaction { _ in }
        } while engine.head > head
    }

    /// How many lines belong to a command: a transaction takes those behind it that it can do.
    private func transactionLength(_ script: [ScriptCommand], from step: Int) -> Int {
        guard script[step].verb == .transaction else { return 1 }
        return 1 + script[(step + 1)...].prefix(max(0, script[step][.lines])).prefix { $0.verb.fitsTransaction }.count
    }

    private func perform(_ command: ScriptCommand, _ block: [ScriptCommand]) async throws(Complaint) -> String {
        let slot = command[.slot]
        switch command.verb {
        case .connect: return try await connect(command)
        case .receive: return try receive(slot, maximum: command[.maximum])
        case .acknowledge:
            guard let index = openConnection(slot) else { return "" }
            let outstanding = model.connections[index].outstanding
            guard !outstanding.isEmpty else { return "" }
            return try acknowledge(slot, through: outstanding[max(0, command[.count]) % outstanding.count])
        case .acknowledgeAt:
            return try acknowledge(slot, through: relative(command[.place], to: model.head))
        case .closeSession:
            guard let session = sessions.removeValue(forKey: slot) else { return "" }
            session.close()
            let (user, device) = ScriptNames.slot(slot)
            model.end(user, device, .sessionClosed)
            try expect(session, to: .sessionClosed)
            return "closed"
        case .advance:
            time.advance(by: .milliseconds(max(0, command[.milliseconds])))
            model.advanced(to: time.now())
            return ""
        case .jump:
            time.jump(to: time.now().advanced(by: .milliseconds(command[.milliseconds])))
            return ""
        case .register: return try await register(command)
        case .poll: return try poll(slot, maximum: command[.maximum])
        case .pollAcknowledge:
            return try await pollAcknowledge(slot, through: relative(command[.place], to: model.head))
        case .verify: return try await verify()
        case .fold:
            do { try await engine.fold() } catch { throw Complaint("fold: \(error)") }
            return ""
        case .reopen, .crash:
            return try reopen(afterCrash: command.verb == .crash && !isThreaded, foldEntries: command[.entries])
        case .compare:
            try compare(seed: UInt64(command.arguments[0].magnitude))
            return ""
        case .burst: return try await burst(command)
        case .transaction: return try await transaction(block, fails: command[.fails] != 0)
        default: return try await change(command)
        }
    }

    func relative(_ place: Int, to head: UInt64) -> UInt64 {
        place < 0 ? head + UInt64(place.magnitude) : head - min(head, UInt64(place))
    }

    func openConnection(_ slot: Int) -> Int? {
        let (user, device) = ScriptNames.slot(slot)
        guard sessions[slot] != nil, model.isOpen(user, device) else { return nil }
        return model.connection(user, device)
    }

    private func verify() async throws(Complaint) -> String {
        do {
            let verification = try await engine.verify()
            if verification.isSound { return "\(verification.entries)" }
            throw Complaint("verification finds: \(verification.findings.prefix(5))")
        } catch let complaint as Complaint {
            throw complaint
        } catch {
            throw Complaint("verifying: \(error)")
        }
    }

    // MARK: Time and positions

    /// Looks what the journal has since the last time: what the model says, what had come due, and what the engine
    /// notes for itself, a device that is new or cursors that are written, which nobody sees.
    private func reconcile(after verb: ScriptCommand.Verb) throws(Complaint) {
        guard engine.head >= model.head else { throw Complaint("the head is \(engine.head), not \(model.head)") }
        let entries = try read { () throws(IMError) in try engine.entries(after: reconciled) }
            .filter { $0.kind != .bookkeeping }
        for entry in entries {
            if model.line(entry.sequence, entry.conversation) == nil {
                if verb != .advance { throw Complaint("nobody asked for \(entry)") }
                if let text = model.adopt(entry) { throw Complaint(text) }
                model.earliest = max(model.earliest, entry.timestamp)
                model.latest = max(model.latest, entry.timestamp)
            }
            model.change(entry.sequence, entry.conversation) { line in
                line.position = entry.position
                line.isSeen = true
            }
        }
        let missing = model.logs.lazy.flatMap(\.lines).first { !$0.isSeen }
        if let missing { throw Complaint("the journal has not got \(missing)") }
        for entry in entries {
            guard let line = model.line(entry.sequence, entry.conversation) else { continue }
            if !model.matches(line, entry, for: nil) { throw Complaint("the journal has \(entry), not \(line)") }
        }
        if verb == .advance, let text = model.overdue(at: time.now()) { throw Complaint(text) }
        // Where among other entries those stand that nobody sees is not known.
        let earliest = model.earliest
        try noteBookkeeping(engine.head - reconciled - UInt64(entries.count), after: verb)
        if !entries.isEmpty { model.earliest = earliest }
        model.head = engine.head
        model.silent = 0
        reconciled = engine.head
    }

    private func noteBookkeeping(_ silent: UInt64, after verb: ScriptCommand.Verb) throws(Complaint) {
        guard silent >= model.silent else { throw Complaint("\(model.silent - silent) keys are not kept") }
        let count = silent - model.silent
        if count == 0 { return }
        let bound: UInt64 =
            switch verb {
            case .connect, .closeSession, .suspend, .deleteUser, .register, .pollAcknowledge, .removeDevice: 4
            case .advance: 40
            default: 0
            }
        if count > bound { throw Complaint("\(count) entries that nobody asked for") }
        model.earliest = max(model.earliest, Timestamp(microseconds: model.earliest.microseconds + 1))
        model.latest = max(model.latest, time.now()).advanced(by: .microseconds(Int64(count)))
    }

    /// Judges the timestamp of a new entry: the clock's, or a microsecond after the newest when the clock lags.
    func note(_ moment: Timestamp) throws(Complaint) {
        let highest = max(time.now(), model.latest.advanced(by: .microseconds(1)))
        guard moment > model.earliest, moment >= time.now(), moment <= highest else {
            throw Complaint("a timestamp of \(moment), above \(model.earliest), \(time.now()) to \(highest)")
        }
        model.earliest = moment
        model.latest = moment
    }

    // MARK: Closing and opening

    private func reopen(afterCrash isCrash: Bool, foldEntries: Int) throws(Complaint) -> String {
        let before = storePath
        let epoch = engine.epoch
        do {
            // Nothing is under way between two commands, so a copy of the files is what a crash would leave.
            if isCrash { try StoreCopy.copy(before, to: "\(directory.path)/store-\(storeCount + 1)") }
        } catch {
            throw Complaint("copying the store: \(error)")
        }
        engine.close()
        for slot in sessions.keys.sorted() where openConnection(slot) != nil {
            if let session = sessions[slot] { try expect(session, to: .closed) }
        }
        for connection in model.connections {
            if !isCrash { model.end(connection.user, connection.device, .closed) }
        }
        sessions = [:]
        model.connections = []
        if isCrash { storeCount += 1 }
        do {
            engine = try Self.open(storePath, time, isThreaded: isThreaded, foldEntries: foldEntries)
        } catch {
            throw Complaint("opening: \(error)")
        }
        if engine.epoch != epoch { throw Complaint("another epoch") }
        try adoptHead(afterCrash: isCrash)
        return ""
    }

    /// Closing may have written cursors. A crash may have lost what was acknowledged last, and nothing else.
    private func adoptHead(afterCrash isCrash: Bool) throws(Complaint) {
        let count = engine.head < model.head ? nil : engine.head - model.head
        guard let count, count <= (isCrash ? 0 : 2) else {
            throw Complaint("the head is \(engine.head) after opening, and was \(model.head)")
        }
        if count > 0 { try reconcile(after: .connect) }
        for index in model.endpoints.indices {
            let endpoint = model.endpoints[index]
            let cursor = try read { () throws(IMError) in
                try engine.devices.list(of: endpoint.user).first { $0.id == endpoint.id }?.cursor
            }
            guard let cursor, cursor >= endpoint.durable, cursor <= endpoint.cursor else {
                throw Complaint("the cursor of \(endpoint) is \(cursor.map { "\($0)" } ?? "gone")")
            }
            if !isCrash, cursor != endpoint.cursor { throw Complaint("the cursor of \(endpoint) is \(cursor)") }
            model.endpoints[index].cursor = cursor
            model.endpoints[index].durable = cursor
        }
    }

    func read<Value>(_ body: () throws(IMError) -> Value) throws(Complaint) -> Value {
        do { return try body() } catch { throw Complaint("reading: \(error)") }
    }
}
