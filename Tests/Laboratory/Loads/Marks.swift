/// What a load has put into the log about its steps: that it has begun one, that one was acknowledged.
enum Marks {
    static func begin(_ step: Int) { StorageCalls.mark(step * 2) }

    static func acknowledge(_ step: Int) { StorageCalls.mark(step * 2 + 1) }

    /// The highest step that was acknowledged, and the highest that had begun; -1 for none.
    static func range(_ marks: [Int]) -> ClosedRange<Int> {
        let acknowledged = marks.filter { $0 % 2 == 1 }.map { $0 / 2 }.max() ?? -1
        return acknowledged...(marks.map { $0 / 2 }.max() ?? -1)
    }
}
