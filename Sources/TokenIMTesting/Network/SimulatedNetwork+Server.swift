internal import TokenIM

/// A connection as the server knows it.
final class SimulatedConnection {
    let device: SimulatedDevice
    let number: Int
    let session: Session
    /// How many deliveries it has had, and the position of the last one.
    var deliveries = 0
    var delivered: Position = 0
    var acknowledged: Position = 0

    init(_ device: SimulatedDevice, _ number: Int, _ session: Session) {
        self.device = device
        self.number = number
        self.session = session
    }
}

extension SimulatedNetwork {
    func post(_ packet: Packet, over link: SimulatedLink) {
        link.carry(packet)
    }

    private func post(_ body: Packet.Body, to device: SimulatedDevice, _ connection: Int) {
        post(Packet(connection: connection, body: body), over: device.link)
    }

    // MARK: What arrives

    nonisolated(nonsending) func serve(_ packet: Packet, from device: SimulatedDevice) async {
        if isDown { return post(.closure(nil), to: device, packet.connection) }
        if case .connect = packet.body { return await accept(packet.connection, of: device) }
        guard let connection = connections.first(where: { $0.device === device && $0.number == packet.connection })
        else { return post(.closure(nil), to: device, packet.connection) }
        switch packet.body {
        case .request(let request): await carryOut(request, on: connection)
        case .acknowledgement(let position): acknowledge(position, on: connection)
        case .ping(let position):
            acknowledge(position, on: connection)
            post(.pong(deliveries: connection.deliveries), to: device, connection.number)
        case .disconnect: forgetConnection(of: device)
        case .connect, .welcome, .reply, .delivery, .pong, .closure: break
        }
    }

    private nonisolated(nonsending) func accept(_ number: Int, of device: SimulatedDevice) async {
        // A connection is opened once: what comes later under its number, or an older one, is a stray packet.
        if number <= device.newestConnection {
            let isOpen = connections.contains { $0.device === device && $0.number == number }
            return post(isOpen ? .welcome(epoch: engine.epoch) : .closure(nil), to: device, number)
        }
        device.newestConnection = number
        var options = SessionOptions()
        options.start = device.start
        options.epoch = device.epoch
        requestCount += 1
        do {
            let session = try await engine.connect(device.user, device: device.id, options: options)
            takeTimeSpent()
            connections.append(SimulatedConnection(device, number, session))
            noteCursor(of: device)
            post(.welcome(epoch: session.epoch), to: device, number)
        } catch {
            takeTimeSpent()
            fail(error) { post(.closure(error), to: device, number) }
        }
    }

    private nonisolated(nonsending) func carryOut(
        _ request: SimulatedRequest, on connection: SimulatedConnection
    ) async {
        let device = connection.device
        let head = engine.head
        underWay = (device, head)
        requestCount += 1
        do {
            let receipt = try await request.work(connection.session, request.key)
            noteCaused(by: device, after: head)
            takeTimeSpent()
            post(.reply(request, .success(receipt)), to: device, connection.number)
        } catch {
            takeTimeSpent()
            let error = error as? IMError ?? IMError(.broken, "a request failed", cause: error)
            fail(error) {
                underWay = nil
                if [.sessionClosed, .sessionReplaced, .acknowledgementTimeout, .userDisconnected].contains(error.code) {
                    close(connection, error)
                } else {
                    post(.reply(request, .failure(error)), to: device, connection.number)
                }
            }
        }
    }

    private func acknowledge(_ position: Position, on connection: SimulatedConnection) {
        guard position > 0 else { return }
        do {
            try connection.session.acknowledge(through: position)
            connection.acknowledged = max(connection.acknowledged, position)
        } catch {
            if error.code == .acknowledgementAhead {
                complaints.append("\(connection.device.user)/\(connection.device.id): \(error)")
            }
            close(connection, error)
        }
    }

    // MARK: What goes out

    /// Pushes what sessions have to deliver, and notices when they or the engine have ended.
    func serveSessions() {
        takeTimeSpent()
        if test.faults.hasCrashed { return crash() }
        for connection in connections {
            do {
                for delivery in try connection.session.receive() {
                    connection.deliveries += 1
                    connection.delivered = delivery.position
                    post(
                        .delivery(number: connection.deliveries, delivery), to: connection.device, connection.number)
                }
            } catch {
                close(connection, error)
            }
        }
    }

    /// Closes a connection and says so.
    private func close(_ connection: SimulatedConnection, _ error: IMError) {
        connection.session.close()
        connections.removeAll { $0 === connection }
        post(.closure(error), to: connection.device, connection.number)
    }

    /// Closes the connection of a device without a word.
    func forgetConnection(of device: SimulatedDevice) {
        for connection in connections where connection.device === device { connection.session.close() }
        connections.removeAll { $0.device === device }
    }

    // MARK: Crashes

    /// Crashes the server when the engine cannot go on after an error; otherwise does something else about it.
    private func fail(_ error: IMError, _ otherwise: () -> Void) {
        if test.faults.hasCrashed || error.code == .outcomeUnknown { crash() } else { otherwise() }
    }

    /// Ends the server at once. Its system tells the devices, as far as their links let it.
    private func crash() {
        guard !isDown else { return }
        crashes += 1
        test.faults.crashNow()
        end("crash")
        // What was acknowledged last and not written is lost.
        for device in devices { device.ledger?.cursor = 0 }
    }

    /// Closes the engine in good order, as when a new version of the server is installed. It is opened again after
    /// ``restartDelay``; does nothing while the server is away.
    public func shutDown() {
        guard !isDown else { return }
        end("shut down")
        if test.faults.hasCrashed || test.faults.isDiskFull { for device in devices { device.ledger?.cursor = 0 } }
    }

    private func end(_ reason: String) {
        note(reason)
        isDown = true
        test.engine.close()
        takeTimeSpent()
        let lost = connections
        connections = []
        for connection in lost { post(.closure(nil), to: connection.device, connection.number) }
        schedule(.restart, after: restartDelay)
    }

    func restart() throws {
        note("restart")
        test = try TestEngine(reopening: test)
        isDown = false
        // What was under way may be on disk.
        if let (device, head) = underWay { noteCaused(by: device, after: head) }
    }
}
