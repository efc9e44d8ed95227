/// Numbered cases, the same for the same seed, each of which holds or has a defect.
protocol Experiment {
    var caseCount: Int { get }

    /// Throws when a promise is not kept. Cases are mostly asked for in ascending order.
    ///
    /// - Returns: words for what has happened, to be counted.
    mutating func run(_ number: Int) async throws -> [String]
}
