internal import CTokenIMLMDB

/// Looking for a change for a moment, where going to sleep would take longer.
package enum Spinning {
    /// Looks at most `count` times, some tens of nanoseconds apart, until `body` says that it is there.
    @inline(always)
    package static func look(atMost count: Int, for body: () -> Bool) {
        for _ in 0..<count {
            if body() { return }
            tokenim_relax()
        }
    }
}
