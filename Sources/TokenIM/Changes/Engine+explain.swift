extension Engine {
    /// Says whether a change would be carried out at this moment, and which rule decides. Nothing is changed.
    ///
    /// It is judged by what would judge it if it were asked for, in turn with all other requests, so that the answer is
    /// right until the next change. Of groups that the principal may not see it says that they are not there.
    ///
    /// - Throws: `overloaded`, `closed`, `cancelled`, or what storage says; never what the change itself would throw,
    ///   which is the answer.
    public func explain(_ change: Change, by principal: Principal) async throws(IMError) -> Verdict {
        do throws(IMError) {
            try change.action.validate(core.limits)
        } catch {
            return Verdict(refusedBy: error)
        }
        return try await judge(Command(change.action, by: principal.actor))
    }
}
