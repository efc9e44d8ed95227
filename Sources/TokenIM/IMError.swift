/// Why something was not done, and what to do about it.
///
/// ``code`` is stable: its number and its name never change their meaning. The message is for people, may change, and
/// holds identifiers but never what a message says.
public struct IMError: Error, Sendable {
    /// What can be done about an error.
    public struct RetryAdvice: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        /// The same request will fail again.
        public static let never = RetryAdvice(description: "never")
        /// Send the request again with the same idempotency key: it takes effect once, whatever happened before.
        public static let sameKey = RetryAdvice(description: "same-key")
        /// Send it again after a while, each time after a longer one.
        public static let afterBackoff = RetryAdvice(description: "after-backoff")
    }

    public let code: Code
    public let message: String
    /// What caused it, when that is another error.
    public let cause: (any Error)?
    /// The rule of a group that refused, when one did.
    public let rule: Rule?

    /// For the engine, and for a host that has to make one in its own tests.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        rule = nil
    }

    /// What a rule refuses in a group. The same whether the group is not there or may not be seen.
    ///
    /// - Parameter user: to whom it should have been done.
    init(_ rule: Rule.Name, in group: GroupID, to user: UserID? = nil) {
        let place = user.map { "group \(group), user \($0)" } ?? "group \(group)"
        code = rule.code ?? .broken
        message = rule == .noSuchGroup ? "there is no group \(group)" : "\(place): \(rule.meaning)"
        cause = nil
        self.rule = Rule(rule)
    }

    /// Whether and how to try again.
    public var retry: RetryAdvice { code.retry }
}

extension IMError: CustomStringConvertible {
    public var description: String {
        "\(code.name) (\(code.number)): \(message)" + (cause.map { " [\($0)]" } ?? "")
    }
}

extension IMError: Equatable {
    /// Errors are the same when their code and message are.
    public static func == (left: IMError, right: IMError) -> Bool {
        left.code == right.code && left.message == right.message
    }
}
