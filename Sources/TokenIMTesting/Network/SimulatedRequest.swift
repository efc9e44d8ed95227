public import TokenIM

/// Something that a device asks of the server until it gets an answer, each time with the same idempotency key.
public final class SimulatedRequest {
    typealias Work = @Sendable (Session, IdempotencyKey) async throws -> Receipt

    /// Under what the engine knows it: the same for every try.
    public internal(set) var key: IdempotencyKey
    /// What it says, when it is a message.
    public let content: Content?
    /// How it ended: nil until the device has got an answer that is no call to try again.
    public internal(set) var result: Result<Receipt, IMError>?
    /// How often the device has sent it.
    public internal(set) var tries = 0

    /// Where it is in the journal; nil until it has been answered, or when it was refused.
    public var receipt: Receipt? {
        if case .success(let receipt) = result { receipt } else { nil }
    }

    /// Why it was refused; nil until it has been answered, or when it was accepted.
    public var refusal: IMError? {
        if case .failure(let error) = result { error } else { nil }
    }

    let work: Work

    init(key: IdempotencyKey, content: Content?, work: @escaping Work) {
        self.key = key
        self.content = content
        self.work = work
    }
}
