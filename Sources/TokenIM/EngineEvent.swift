/// Something the engine did that an operator may want to see. More kinds may come.
public struct EngineEvent: Sendable {
    public struct Kind: Hashable, Sendable {
        public let name: String
        /// A fold wrote `count` entries' worth of projections in `duration`.
        public static let folded = Kind(name: "folded")
        /// Writers waited `duration` because the working set was full while the one before was still being folded.
        public static let foldBackPressure = Kind(name: "fold-back-pressure")
        /// At opening, `count` entries were replayed in `duration`.
        public static let replayed = Kind(name: "replayed")
        /// Idempotency keys were merged into their tree: `count` of them in `duration`.
        public static let keysMerged = Kind(name: "keys-merged")
        /// Storage failed; the detail says how.
        public static let storageFailed = Kind(name: "storage-failed")
    }

    public let kind: Kind
    public let count: Int
    public let duration: Duration
    public let detail: String
}
