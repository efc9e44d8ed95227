/// Something that is done to files below a directory, and how to tell what of it they hold.
protocol Load {
    init(seed: UInt64, length: Int)

    /// Does it, and says so with ``Marks``. Learns what is to be there after each step.
    mutating func run(in root: String) async throws

    /// Opens what a crash has left, and throws when it is not what the marks allow.
    ///
    /// - Parameter isThorough: looks at every row of it too.
    func examine(_ root: String, marks: [Int], isThorough: Bool) async throws
}
