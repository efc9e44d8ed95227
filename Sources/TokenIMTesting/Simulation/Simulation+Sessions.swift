internal import TokenIM

extension Simulation {
    private func start(_ command: ScriptCommand) -> SessionOptions.Start {
        switch command[.start] {
        case ...0: .automatic
        case 1: .creation
        case 2: .head
        case let position: .position(UInt64(position))
        }
    }

    func connect(_ command: ScriptCommand) async throws(Complaint) -> String {
        let slot = command[.slot]
        let (user, device) = ScriptNames.slot(slot)
        var options = SessionOptions()
        options.window = command[.window]
        options.start = start(command)
        let expected: Result<Position?, Refusal>
        do throws(Refusal) {
            expected = .success(try model.connecting(user, device, max(0, command[.start]), window: command[.window]))
        } catch {
            expected = .failure(error)
        }
        let session: Session
        do throws(IMError) {
            session = try await engine.connect(user, device: device, options: options)
        } catch {
            guard case .failure(let refusal) = expected, refusal.codes.contains(error.code) else {
                throw Complaint("refused with \(error); the model says \(expected)")
            }
            return error.code.name
        }
        guard case .success(let start) = expected else { throw Complaint("connected; the model says \(expected)") }
        let wasOpen = model.isOpen(user, device)
        model.connect(user, device, newAt: start, window: command[.window])
        if wasOpen, let older = sessions[slot] { try expect(older, to: .sessionReplaced) }
        sessions[slot] = session
        return "connected"
    }

    /// A session that is over must say so, and why.
    func expect(_ session: Session, to code: IMError.Code) throws(Complaint) {
        let deliveries: [Delivery]
        do throws(IMError) {
            deliveries = try session.receive()
        } catch {
            if error.code == code { return }
            throw Complaint("a session ended with \(error), not with \(code.name)")
        }
        throw Complaint("a session that is over hands out \(deliveries)")
    }

    func receive(_ slot: Int, maximum: Int) throws(Complaint) -> String {
        guard let session = sessions[slot] else { return "" }
        guard let index = openConnection(slot) else {
            let (user, device) = ScriptNames.slot(slot)
            let code = model.connection(user, device).flatMap { model.connections[$0].end } ?? .sessionClosed
            try expect(session, to: code)
            sessions[slot] = nil
            return code.name
        }
        let deliveries: [Delivery]
        do { deliveries = try session.receive(maximum: maximum) } catch { throw Complaint("receiving: \(error)") }
        if let text = model.receive(deliveries, index, maximum: maximum, now: time.now()) { throw Complaint(text) }
        return deliveries.map { "\($0.position)" }.joined(separator: " ")
    }

    func acknowledge(_ slot: Int, through position: Position) throws(Complaint) -> String {
        guard let session = sessions[slot] else { return "" }
        guard let index = openConnection(slot) else { return try receive(slot, maximum: 1) }
        let (mayPass, mayFail) = model.acknowledging(index, through: position)
        do throws(IMError) {
            try session.acknowledge(through: position)
        } catch {
            guard mayFail, error.code == .acknowledgementAhead else {
                throw Complaint("acknowledging \(position) is refused with \(error)")
            }
            return error.code.name
        }
        if !mayPass { throw Complaint("acknowledging \(position) passes what has not been delivered") }
        if let text = model.acknowledge(index, through: position, now: time.now()) { throw Complaint(text) }
        return "\(position)"
    }

    // MARK: Without a session

    func register(_ command: ScriptCommand) async throws(Complaint) -> String {
        let (user, device) = ScriptNames.slot(command[.slot])
        let expected: Result<Position?, Refusal>
        do throws(Refusal) {
            expected = .success(try model.connecting(user, device, max(0, command[.start]), window: 1))
        } catch {
            expected = .failure(error)
        }
        do throws(IMError) {
            try await engine.devices.register(device, of: user, start: start(command))
        } catch {
            guard case .failure(let refusal) = expected, refusal.codes.contains(error.code) else {
                throw Complaint("refused with \(error); the model says \(expected)")
            }
            return error.code.name
        }
        guard case .success(let start) = expected else { throw Complaint("registered; the model says \(expected)") }
        if let start { model.endpoints.append(.init(user: user, id: device, start: start)) }
        return "registered"
    }

    func poll(_ slot: Int, maximum: Int) throws(Complaint) -> String {
        let (user, device) = ScriptNames.slot(slot)
        let endpoint = model.endpoints.first { $0.user == user && $0.id == device }
        let deliveries: [Delivery]
        do throws(IMError) {
            deliveries = try engine.devices.receive(device, of: user, maximum: maximum)
        } catch {
            let code = model.person(user) == nil ? IMError.Code.unknownUser : .notFound
            if endpoint == nil, error.code == code { return error.code.name }
            throw Complaint("polling: \(error)")
        }
        guard let endpoint else { throw Complaint("a device that is not there gets \(deliveries)") }
        // What a deleted user said about itself is erased step by step: transcripts show how.
        if model.existing(user) == nil { return "" }
        // The same judgement as for a session that has just begun.
        var copy = model
        copy.connections = [.init(user: user, device: device, window: maximum, floor: endpoint.cursor)]
        if let text = copy.receive(deliveries, 0, maximum: maximum, now: time.now()) { throw Complaint(text) }
        if deliveries.count < maximum, let text = copy.receive([], 0, maximum: maximum, now: time.now()) {
            throw Complaint(text)
        }
        return deliveries.map { "\($0.position)" }.joined(separator: " ")
    }

    func pollAcknowledge(_ slot: Int, through position: Position) async throws(Complaint) -> String {
        let (user, device) = ScriptNames.slot(slot)
        let index = model.endpoints.firstIndex { $0.user == user && $0.id == device }
        do throws(IMError) {
            try await engine.devices.acknowledge(device, of: user, through: position)
        } catch {
            var codes: [IMError.Code] = model.existing(user) == nil ? [.unknownUser] : []
            if index == nil { codes.append(.notFound) }
            if position > model.head { codes.append(.acknowledgementAhead) }
            if codes.contains(error.code) { return error.code.name }
            throw Complaint("acknowledging \(position) is refused with \(error)")
        }
        guard let index, model.existing(user) != nil, position <= model.head else {
            throw Complaint("acknowledging \(position) is accepted")
        }
        model.endpoints[index].cursor = max(model.endpoints[index].cursor, position)
        model.endpoints[index].durable = max(model.endpoints[index].durable, position)
        return "\(position)"
    }

    /// Receives and acknowledges in all sessions until nothing comes.
    func drain() throws(Complaint) {
        for slot in sessions.keys.sorted() {
            while let index = openConnection(slot) {
                if let last = model.connections[index].outstanding.last { _ = try acknowledge(slot, through: last) }
                if try receive(slot, maximum: 4_096).isEmpty { break }
            }
        }
    }
}
