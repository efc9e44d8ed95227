public import TokenIM

/// A client on a ``SimulatedNetwork``, that does what a good client does.
///
/// - It asks for one thing after the other, in the order in which it was told to, and repeats each with the same
///   idempotency key until it has an answer. What it asks for while it is offline waits.
/// - It stores what is delivered unless it has it already, by (conversation, sequence), and acknowledges what it has
///   stored. Deliveries that arrive out of order wait for those before them.
/// - It reconnects when it is told that its connection is gone, when nothing has come for too long, and when a delivery
///   is missing; each time after a longer while, by chance between half and all of it.
///
/// Its log and its requests outlive ``kill()``, as they would on a disk. Nothing happens unless the network runs.
public final class SimulatedDevice {
    /// How patient a device is.
    public struct Timing: Hashable, Sendable {
        /// After which an unanswered request is sent again.
        public var request = Duration.seconds(3)
        /// How long connecting may take.
        public var connect = Duration.seconds(5)
        /// How long a missing delivery may be late.
        public var gap = Duration.seconds(3)
        /// How often it asks whether the server is there.
        public var ping = Duration.seconds(10)
        /// After how long without a word it takes the connection for gone.
        public var silence = Duration.seconds(25)
        /// How long it waits before it connects again, after the first time; each time twice as long.
        public var shortestBackoff = Duration.milliseconds(500)
        public var longestBackoff = Duration.seconds(8)

        public init() {}
    }

    enum Phase {
        case offline
        case waiting
        case connecting
        case online
    }

    public let user: UserID
    public let id: DeviceID
    public let link: SimulatedLink
    public var timing = Timing()
    /// Everything that it was asked to do, in that order.
    public private(set) var requests: [SimulatedRequest] = []
    /// Why it has given up connecting; nil while it has not. ``connect()`` makes it try again.
    public private(set) var refusal: IMError?

    weak var network: SimulatedNetwork?
    let start: SessionOptions.Start
    let mistake: DeviceMistake?
    /// What it has on its disk.
    var log = DeviceLog()
    var epoch: UInt64?

    /// What the server has found out about it.
    var ledger: DeviceLedger?
    /// The newest of its connections that has reached the server.
    var newestConnection = 0

    // What it has in its memory.
    private(set) var phase = Phase.offline
    private(set) var connection = 0
    private var attempts = 0
    private var heardAt = Duration.zero
    var taken = 0
    var held: [Int: Delivery] = [:]
    var acknowledged: Position = 0
    /// Counts launches, so that what was in memory before a kill is known to be gone.
    private(set) var launches = 0
    private var finished = 0
    private var isWaitingToRetry = false
    private var freshKeys = 0

    init(
        _ id: DeviceID, of user: UserID, start: SessionOptions.Start, on network: SimulatedNetwork, seed: UInt64,
        _ mistake: DeviceMistake?
    ) {
        precondition(id.rawValue.utf8.count <= 100, "a simulated device makes keys of its name: at most 100 bytes")
        self.user = user
        self.id = id
        self.start = start
        self.network = network
        self.mistake = mistake
        link = SimulatedLink(seed: seed)
        link.device = self
    }

    // MARK: What a test tells it

    /// Goes online, and stays so as well as it can. Every device is told so when it is made.
    public func connect() {
        refusal = nil
        if phase == .offline { open() }
    }

    /// Goes offline and says so.
    public func disconnect() {
        if phase == .online || phase == .connecting { post(.disconnect) }
        end()
    }

    /// Ends at once, as when the system kills an app or the battery is empty. Nobody is told, and what was not stored
    /// is lost. ``connect()`` starts it again.
    public func kill() {
        end()
        launches += 1
    }

    /// Sends a message, as soon as it can.
    @discardableResult
    public func send(_ content: Content, to target: Target) -> SimulatedRequest {
        ask(content) { session, key in try await session.send(content, to: target, key: key) }
    }

    /// Marks a conversation as read, as soon as it can.
    @discardableResult
    public func markRead(_ conversation: Conversation, through sequence: SequenceNumber) -> SimulatedRequest {
        request { session, key in
            try await session.markRead(conversation, through: sequence, key: key)
        }
    }

    /// Asks for anything that a session can do, as soon as it can.
    ///
    /// ```swift
    /// phone.request { session, key in try await session.groups.leave("bob", "team", key: key) }
    /// ```
    ///
    /// - Parameter work: done on the server, each time that the request arrives there. It has to use the key, or else a
    ///   request whose reply was lost takes effect twice. An ``IMError`` that it throws is the answer, or a call to try
    ///   again, as its advice says; another error is `broken` with that error as its cause.
    @discardableResult
    public func request(
        _ work: @escaping @Sendable (Session, IdempotencyKey) async throws -> Receipt
    ) -> SimulatedRequest {
        ask(nil, work)
    }

    private func ask(_ content: Content?, _ work: @escaping SimulatedRequest.Work) -> SimulatedRequest {
        let request = SimulatedRequest(key: makeKey(requests.count + 1), content: content, work: work)
        requests.append(request)
        if finished == requests.count - 1 { sendRequest() }
        return request
    }

    private func makeKey(_ number: Int) -> IdempotencyKey {
        do { return try IdempotencyKey("\(id)-\(number)") } catch { preconditionFailure("\(error)") }
    }

    // MARK: What a test asks it

    /// Whether it has a connection, as far as it knows.
    public var isOnline: Bool { phase == .online }

    /// Whether every request has been answered.
    public var isIdle: Bool { finished == requests.count }

    /// What it has of a conversation, in order of sequences.
    public func log(of conversation: Conversation) -> [LogLine] {
        (log.lines[conversation] ?? []).sorted { $0.sequence < $1.sequence }
    }

    /// The texts of the messages that it has of a conversation, in order of sequences.
    public func texts(of conversation: Conversation) -> [String] {
        log(of: conversation).compactMap { $0.content?.text }
    }

    /// What it was told that it has missed for good, as the host had it trimmed.
    public func gaps(of conversation: Conversation) -> [Gap] {
        log.gaps[conversation] ?? []
    }

    // MARK: Connecting

    private func open() {
        connection += 1
        phase = .connecting
        (taken, held, acknowledged) = (0, [:], 0)
        hear()
        if link.isCut { return loseConnection() }
        post(.connect)
        set(.connect(connection), after: timing.connect)
    }

    func loseConnection() {
        guard phase != .offline, phase != .waiting else { return }
        phase = .waiting
        held = [:]
        isWaitingToRetry = false
        let backoff = min(timing.shortestBackoff * (1 << min(attempts, 10)), timing.longestBackoff)
        attempts += 1
        set(.reconnect(connection), after: link.duration(within: backoff / 2...backoff))
    }

    private func end() {
        phase = .offline
        held = [:]
        isWaitingToRetry = false
    }

    private func hear() {
        heardAt = network?.elapsed ?? .zero
    }

    func post(_ body: Packet.Body) {
        network?.post(Packet(connection: connection, body: body), over: link)
    }

    func set(_ timer: DeviceTimer, after duration: Duration) {
        network?.schedule(.timer(timer, self), after: duration)
    }

    // MARK: What happens to it

    func receive(_ packet: Packet) {
        guard packet.connection == connection, phase == .connecting || phase == .online else { return }
        hear()
        switch packet.body {
        case .welcome(let epoch):
            guard phase == .connecting else { return }
            phase = .online
            attempts = 0
            self.epoch = epoch
            set(.ping(connection), after: timing.ping)
            sendRequest()
        case .reply(let request, let result): finish(request, result)
        case .delivery(let number, let delivery): take(delivery, number)
        case .pong(let deliveries): if deliveries > taken { set(.gap(connection, taken), after: timing.gap) }
        case .closure(let error):
            // Only refusals to connect are for ever. It reconnects even when it is told that a newer session took over:
            // there is no other device of its name, so that was a late packet of its own.
            if phase == .connecting, let error, error.retry == .never {
                refusal = error
                end()
            } else {
                loseConnection()
            }
        case .connect, .request, .acknowledgement, .ping, .disconnect: break
        }
    }

    func rings(_ timer: DeviceTimer) {
        switch timer {
        case .connect(connection) where phase == .connecting: loseConnection()
        case .reconnect(connection) where phase == .waiting: open()
        case .gap(connection, taken) where phase == .online: giveUpConnection()
        case .ping(connection) where phase == .online:
            if (network?.elapsed ?? .zero) - heardAt >= timing.silence { return giveUpConnection() }
            post(.ping(acknowledged))
            set(.ping(connection), after: timing.ping)
        case .request(connection, finished, let tries)
        where phase == .online && !isIdle && requests[finished].tries == tries:
            isWaitingToRetry = false
            sendRequest()
        case .store(let delivery, launches): store(delivery)
        default: break
        }
    }

    private func giveUpConnection() {
        post(.disconnect)
        loseConnection()
    }

    // MARK: Asking

    private func sendRequest() {
        guard phase == .online, !isIdle, !isWaitingToRetry else { return }
        let request = requests[finished]
        if mistake == .retriesWithAnotherKey, request.tries > 0 {
            freshKeys += 1
            request.key = makeKey(1_000_000 + freshKeys)
        }
        request.tries += 1
        post(.request(request))
        set(.request(connection, finished, request.tries), after: timing.request)
    }

    private func finish(_ request: SimulatedRequest, _ result: Result<Receipt, IMError>) {
        guard !isIdle, request === requests[finished] else { return }
        switch result {
        case .success(let receipt):
            log.store(LogLine(receipt, request.content), in: receipt.conversation)
        case .failure(let error) where error.retry != .never:
            // The timer is set already: it is sent again when the patience with this try is over.
            isWaitingToRetry = true
            return
        case .failure: break
        }
        request.result = result
        finished += 1
        isWaitingToRetry = false
        sendRequest()
    }
}

/// What a device wants to be reminded of, and the state in which that still matters.
enum DeviceTimer {
    case connect(Int)
    case reconnect(Int)
    case ping(Int)
    case gap(Int, Int)
    case request(Int, Int, Int)
    case store(Delivery, Int)
}
