import TokenIMLMDB

/// Something for the writer to do, and how to answer it.
enum Job: Sendable {
    case command(Command, Preparation, Reply<Outcome>)
    indirect case connect(Connecting, Reply<Attachment>)
    /// Say what would become of a command.
    case judge(Command, Reply<Verdict>)
    case transaction(HostWork)
    /// Fold everything that has been committed before this, and answer when it is in the trees.
    case fold(Reply<Void>)
    /// The same for idempotency keys too; nothing is committed before the answer has been given.
    case settle(Reply<Void>)
}

/// How a job's result reaches the one who asked. Answered exactly once.
enum Reply<Success: Sendable>: Sendable {
    case task(UnsafeContinuation<Result<Success, IMError>, Never>)
    case callback(@Sendable (Result<Success, IMError>) -> Void)
    case none

    func answer(_ result: Result<Success, IMError>) {
        switch self {
        case .task(let continuation): continuation.resume(returning: result)
        case .callback(let callback): callback(result)
        case .none: break
        }
    }
}

/// A device that connects.
struct Connecting: Sendable {
    var user: UserID
    var device: DeviceID
    var options: SessionOptions
    /// Opened when the device is attached.
    let reception = Reception(DeliveryWindow(size: 0, cursor: 0, head: 0))
    let signalBell = Doorbell()
}

/// What a device that connected has become among the live sessions.
struct Attachment: Sendable {
    var user: UserNumber
    var device: DeviceNumber
    var session: SessionNumber
}

/// What a host does in a transaction of its own.
struct HostWork: Sendable {
    /// Runs on the writer's thread. Throws to undo everything.
    var body: @Sendable (borrowing HostTransaction) throws -> Void
    /// Told nil after the commit, or why there was none.
    var finished: @Sendable ((any Error)?) -> Void
}

extension Job {
    func refuse(_ error: IMError) {
        switch self {
        case .command(_, _, let reply): reply.answer(.failure(error))
        case .connect(_, let reply): reply.answer(.failure(error))
        case .judge(_, let reply): reply.answer(.failure(error))
        case .transaction(let work): work.finished(error)
        case .fold(let reply), .settle(let reply): reply.answer(.failure(error))
        }
    }
}
