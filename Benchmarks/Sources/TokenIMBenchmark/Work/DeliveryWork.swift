import Foundation
import Synchronization
import TokenIM

/// How soon a message reaches those who are online, and how many deliveries a second that makes.
struct DeliveryWork: Work {
    static let name = "delivery"
    static let title = "from one sender to sessions that are online, in this process"

    func measure(_ plan: Plan) async throws -> [Row] {
        var rows: [Row] = []
        for count in plan.size.of([1, 100], [1, 100, 10_000], [1, 100, 10_000]) {
            rows += try await measure(sessions: count, plan)
        }
        return rows
    }

    private func measure(sessions count: Int, _ plan: Plan) async throws -> [Row] {
        let store = try BenchmarkStore()
        let users = try await store.engine.createUsers(count)
        let sender = try await store.engine.createUsers(1, prefix: "sender")
        try await store.engine.createGroup("everyone", of: sender + users)
        let audience = Audience(store.engine, users, sender[0])
        let parameters = [Parameter(count == 1 ? "session" : "sessions", count)]
        let deliveries = plan.size.of(20_000, 300_000, 3_000_000)
        let messages = max(plan.size.of(20, 30, 300), deliveries / count)

        Progress.say("\(Figure.text(Double(messages))) messages to \(Figure.text(Double(count))) sessions, all at once")
        var (rates, perCore): ([Double], [Double]) = ([], [])
        let full = SharedHistogram()
        for _ in 0..<plan.rounds(1, 2, 5) {
            let (seconds, processor) = try await audience.sendInTurn(messages, inFlight: 100, full)
            rates.append(Double(messages * count) / seconds)
            perCore.append(Double(messages * count) / processor)
        }
        let half = Samples(rates).median / Double(count) / 2
        Progress.say("\(Figure.text(half)) messages a second to \(Figure.text(Double(count))) sessions")
        let calm = SharedHistogram()
        let outcome = try await audience.send(rate: half, seconds: plan.seconds(0.5, 1, 10), calm)
        let isInBatches = count >= 100
        let halfLoad = parameters + [Parameter("half load", "")]
        var rows = [
            Self.row("deliveries", parameters, rates, "deliveries/s", note: "100 in flight, window 64"),
            Self.row(
                "deliveries for a second of one core", parameters, perCore, "deliveries/s",
                aim: isInBatches ? .atLeast(1_000_000) : nil, note: "sending is in it"),
        ]
        rows += Self.rows("send to delivery", parameters + [Parameter("full load", "")], full.value)
        rows += Self.rows("send to delivery", halfLoad, calm.value, aims: [0.99: .atMost(1_000)])
        rows += Self.rows("handed in late, in what is above", halfLoad, outcome.lateness)
        rows.append(
            Self.row(
                "messages sent at half load", halfLoad, outcome.rate, "messages/s",
                note: "\(Figure.text(half)) were to be; \(outcome.failed) failed"))
        return rows
    }
}

/// Those who are online, and the one who writes to them.
private struct Audience {
    private let engine: Engine
    private let users: [UserID]
    private let sender: UserID

    init(_ engine: Engine, _ users: [UserID], _ sender: UserID) {
        self.engine = engine
        self.users = users
        self.sender = sender
    }

    /// So many messages, each as soon as there is room. Returns the seconds until all have received all, and those of
    /// processors that this took.
    func sendInTurn(
        _ messages: Int, inFlight: Int, _ ages: SharedHistogram
    ) async throws -> (seconds: Double, processor: Double) {
        let sessions = try await connect()
        defer { for session in sessions { session.close() } }
        let (began, processor) = (ContinuousClock.now, ProcessUse.seconds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, session) in sessions.enumerated() {
                group.addTask { try await receive(messages, session, isWatched(index) ? ages : nil) }
            }
            for index in 0..<inFlight {
                let share = messages / inFlight + (index < messages % inFlight ? 1 : 0)
                group.addTask {
                    var source = MessageSource(.group("everyone", from: [sender]))
                    for _ in 0..<share { try await send(source.makeKey(), .now) }
                }
            }
            try await group.waitForAll()
        }
        return (began.duration(to: .now).inSeconds, ProcessUse.seconds - processor)
    }

    /// So many messages a second, by a schedule.
    func send(rate: Double, seconds: Double, _ ages: SharedHistogram) async throws -> OpenLoop.Outcome {
        let sessions = try await connect()
        let loop = OpenLoop(rate: rate, seconds: seconds)
        let receivers = sessions.enumerated().map { index, session in
            Task { try? await receive(loop.count, session, isWatched(index) ? ages : nil) }
        }
        let sources = Mutex(MessageSource(.group("everyone", from: [sender])))
        let outcome = await loop.run { _, moment in
            try await send(sources.withLock { try $0.makeKey() }, moment)
        }
        // When some were not sent, nobody gets as many as are waited for.
        if outcome.done < loop.count { for session in sessions { session.close() } }
        for receiver in receivers { await receiver.value }
        for session in sessions { session.close() }
        return outcome
    }

    /// Taking the time costs time: of many a hundred do it.
    private func isWatched(_ index: Int) -> Bool { index.isMultiple(of: max(1, users.count / 100)) }

    private func send(_ key: IdempotencyKey, _ moment: ContinuousClock.Instant) async throws {
        try await engine.messages.send(Stamp.content(moment), from: sender, to: .group("everyone"), key: key)
    }

    private func connect() async throws -> [Session] {
        var options = SessionOptions()
        options.start = .head
        var sessions: [Session] = []
        for user in users { sessions.append(try await engine.connect(user, device: "phone", options: options)) }
        return sessions
    }

    /// Takes so many messages, and notes how old they are where that is wanted.
    private func receive(_ count: Int, _ session: Session, _ ages: SharedHistogram?) async throws {
        var received = 0
        var histogram = ages.map { _ in Histogram() }
        defer { if let histogram { ages?.add(histogram) } }
        for try await delivery in session.deliveries {
            if let message = delivery.message {
                if histogram != nil, let age = Stamp.age(of: message) {
                    histogram?.note(nanoseconds: age.inNanoseconds)
                }
                received += 1
            }
            session.acknowledge(delivery)
            if received == count { return }
        }
    }
}
