/// Where the test kit may let storage fail.
package enum FaultPoint: Sendable {
    /// Everything of a batch has been written, and nothing of it is on disk.
    case beforeCommit
    /// The batch is on disk, and nobody has been told.
    case afterCommit
    /// A fold is about to begin.
    case beforeFold
}
