/// Stored bytes that do not have the expected form.
package struct DecodingFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong.
    package let reason: String
    /// Where, in bytes from the start of what was being decoded.
    package let offset: Int

    package init(_ reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}
