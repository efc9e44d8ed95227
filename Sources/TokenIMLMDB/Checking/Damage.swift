/// One thing that is wrong in a data file.
public struct Damage: Sendable, Hashable, CustomStringConvertible {
    /// The table whose rows are concerned. Nil for the header, the free list and the table of tables.
    public let table: String?
    /// The page that is wrong, counted from 0.
    public let page: UInt64
    /// What is wrong with it, for people.
    public let reason: String

    public var description: String {
        if let table { return "table \(table), page \(page): \(reason)" }
        return "page \(page): \(reason)"
    }
}
