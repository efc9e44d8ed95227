public import TokenIM

/// An engine, the devices of its users, and unreliable links between them, on virtual time and on one thread.
///
/// A test makes devices, gives their links faults, lets them ask for things, lets time pass, and looks at what every
/// device has. There are no threads and no sleeps: a minute takes milliseconds, and the same seed gives the same run.
///
/// ```swift
/// @Test func bobGetsEverythingInTheEnd() async throws {
///     let test = try TestEngine()
///     try await test.engine.users.create("alice")
///     try await test.engine.users.create("bob")
///     let network = SimulatedNetwork(test, seed: 7)
///     let laptop = network.device("laptop", of: "alice")
///     let phone = network.device("phone", of: "bob")
///     let tablet = network.device("tablet", of: "bob", start: .creation)
///     phone.link.drop(0.3)
///     phone.link.delay(.milliseconds(20)...(.milliseconds(900)))
///     test.faults.crash(.afterCommit, skipping: 9)
///
///     for number in 1...20 { laptop.send(.text("\(number)"), to: .user("bob")) }
///     let answer = phone.send("thanks", to: .user("alice"))
///     try await network.run(for: .seconds(60))
///     tablet.kill()
///     try await network.run(for: .seconds(5))
///     tablet.connect()
///
///     #expect(try await network.settle(within: .seconds(120)))
///     #expect(network.crashes == 1)
///     #expect(answer.receipt != nil)
///     #expect(tablet.texts(of: .direct("alice", "bob")).count == 21)
///     #expect(try network.discrepancies() == [])
/// }
/// ```
///
/// The server is as simple as a server can be: it has the engine, does what arrives at once, one thing after the other,
/// and pushes what sessions have to deliver. When the engine crashes (``StorageFaults``), it is opened again after
/// ``restartDelay``. What a host's own server adds can be done in ``SimulatedDevice/request(_:)``.
///
/// Keep a network as long as its devices are used: they do nothing without it.
public final class SimulatedNetwork {
    /// The engine's surroundings. After a crash these are others, on the same store and the same clock.
    public internal(set) var test: TestEngine
    /// The engine, as it is now. After a crash this is another one.
    public var engine: Engine { test.engine }
    /// How long the network has run. A jump of the clock does not change that.
    public private(set) var elapsed = Duration.zero
    /// All devices, in the order in which they were made.
    public private(set) var devices: [SimulatedDevice] = []
    /// How long the server is away after a crash.
    public var restartDelay = Duration.seconds(1)
    /// How often the engine has crashed.
    public internal(set) var crashes = 0
    /// Whether the server is away after a crash.
    public internal(set) var isDown = false
    /// Told of everything that happens, a line each: to see why a test fails. `network.observer = { print($0) }`
    public var observer: ((String) -> Void)?

    private let seed: UInt64
    private var events = EventQueue()
    private var trace = TraceHash()

    // The server's side.
    var connections: [SimulatedConnection] = []
    /// The request that is being carried out, and the head before it.
    var underWay: (device: SimulatedDevice, head: Position)?
    var complaints: [String] = []
    /// How many requests the engine has been asked for.
    package internal(set) var requestCount = 0

    /// - Parameters:
    ///   - test: an engine, whose clock and faults the network uses from now on.
    ///   - seed: of what happens by chance on links and devices.
    public init(_ test: TestEngine, seed: UInt64 = 1) {
        self.test = test
        self.seed = seed
    }

    /// A device of a user, which goes online as soon as the network runs. The same one when it is asked for again.
    ///
    /// - Parameters:
    ///   - user: has to be created before the device reaches the server; else it gives up with `unknown-user`.
    ///   - start: where it begins when it connects for the first time.
    @discardableResult
    public func device(
        _ id: DeviceID, of user: UserID, start: SessionOptions.Start = .automatic
    ) -> SimulatedDevice {
        device(id, of: user, start: start, mistake: nil)
    }

    package func device(
        _ id: DeviceID, of user: UserID, start: SessionOptions.Start = .automatic, mistake: DeviceMistake?
    ) -> SimulatedDevice {
        if let device = devices.first(where: { $0.id == id && $0.user == user }) { return device }
        // Each with chance of its own: what happens to one does not depend on how many others there are.
        var seeds = SplitMix64(state: seed &+ UInt64(devices.count) << 32)
        let device = SimulatedDevice(id, of: user, start: start, on: self, seed: seeds.next(), mistake)
        devices.append(device)
        device.connect()
        return device
    }

    /// A number for everything that has happened so far, in its order. Two runs that did the same have the same.
    public var traceHash: UInt64 { trace.value }

    // MARK: Time

    /// Lets time pass, and everything happen that is due.
    ///
    /// - Throws: what reopening an engine throws after a crash.
    nonisolated(nonsending) public func run(for duration: Duration) async throws {
        precondition(duration >= .zero, "time passes forwards only; jumpClock(by:) sets the engine's clock back")
        try await run(to: elapsed + duration)
    }

    /// Lets time pass until every device that wants to be online is so, has its requests answered, and has stored and
    /// acknowledged all there is for it. It looks every second.
    ///
    /// - Returns: false when that was not so within `limit`.
    /// - Throws: as ``run(for:)``.
    nonisolated(nonsending) public func settle(within limit: Duration) async throws -> Bool {
        let end = elapsed + limit
        while elapsed < end {
            try await run(to: min(end, elapsed + .seconds(1)))
            if isSettled { return true }
        }
        return false
    }

    /// Sets the engine's clock forwards or back, as when somebody has corrected the system's. Links and devices do not
    /// notice.
    public func jumpClock(by duration: Duration) {
        test.time.jump(to: test.time.now().advanced(by: duration))
        note("the clock jumps by \(duration.wholeMicroseconds)")
    }

    /// Does something when so much time has passed: cuts a link in the midst of a run, say.
    public func after(_ delay: Duration, _ action: @escaping () -> Void) {
        schedule(.action(action), after: delay)
    }

    private nonisolated(nonsending) func run(to end: Duration) async throws {
        // The test may have asked the engine itself for something.
        serveSessions()
        while let moment = nextMoment, moment <= end {
            advance(to: moment)
            if events.nextMoment ?? end <= elapsed, let event = events.popFirst() { try await perform(event) }
            serveSessions()
        }
        advance(to: end)
        serveSessions()
    }

    /// When something happens next: an event of the network, or an alarm of the engine.
    private var nextMoment: Duration? {
        let alarm = test.time.nextDeadline.map { elapsed + max(.zero, $0.duration(since: test.time.now())) }
        return [events.nextMoment, alarm].compactMap(\.self).min()
    }

    /// Lets the clocks go on; the alarms of the engine ring.
    private func advance(to moment: Duration) {
        let step = max(.zero, moment - elapsed)
        elapsed += step
        test.time.advance(by: step)
    }

    private nonisolated(nonsending) func perform(_ event: EventQueue.Event) async throws {
        switch event {
        case .toServer(let packet, let device):
            note(device, ">", packet)
            await serve(packet, from: device)
        case .toDevice(let packet, let device):
            note(device, "<", packet)
            device.receive(packet)
        case .timer(let timer, let device): device.rings(timer)
        case .restart: try restart()
        case .action(let action): action()
        }
    }

    /// A slow disk keeps the server from everything else: what is due meanwhile happens late.
    func takeTimeSpent() {
        elapsed += test.faults.takeSpent()
    }

    func schedule(_ event: EventQueue.Event, after delay: Duration) {
        events.schedule(event, at: elapsed + delay)
    }

    // MARK: What happened

    func note(_ line: String) {
        let line = "\(elapsed.wholeMicroseconds) \(line)"
        trace.combine(line)
        observer?(line)
    }

    func note(_ device: SimulatedDevice, _ what: String, _ packet: Packet) {
        note("\(device.user)/\(device.id) \(what) \(packet)")
    }
}
