/// Whether a change would be carried out, and why.
public struct Verdict: Hashable, Sendable {
    public let isAllowed: Bool
    /// The rule that decided. Nil when no rule of groups was asked, or something else than one refused.
    public let rule: Rule?
    /// The code of the refusal; nil when it is allowed.
    public let code: IMError.Code?
    /// For people.
    public let message: String

    init(allowedBy rule: Rule?) {
        isAllowed = true
        self.rule = rule
        code = nil
        message = rule?.meaning ?? "nothing stands against it"
    }

    init(refusedBy error: IMError) {
        isAllowed = false
        rule = error.rule
        code = error.code
        message = error.message
    }
}
