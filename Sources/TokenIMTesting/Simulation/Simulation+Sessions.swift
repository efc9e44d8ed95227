internal import TokenIM

extension Simulation {
    func connect(_ command: ScriptCommand) async throws(Complaint) -> String {
        let slot = command[.slot]
        let (user, device) = ScriptNames.slot(slot)
        var options = SessionOptions()
        options.window = command[.window]
        switch command[.start] {
        case ...0: options.start = .automatic
        case 1: options.start = .creation
        case 2: options.start = .head
        case let position: options.start = .position(UInt64(position))
        }
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
