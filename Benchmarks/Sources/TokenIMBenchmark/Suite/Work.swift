/// One kind of work, measured in a process of its own, so that none measures what another one left behind.
///
/// It fails when something is broken, and never because something took long.
protocol Work: Sendable {
    /// As it is asked for, and as it stands before each of its rows.
    static var name: String { get }
    /// What is measured, for the page and the list.
    static var title: String { get }

    /// Whether it lets servers work that have been filled before.
    static var meetsServers: Bool { get }

    init()

    func measure(_ plan: Plan) async throws -> [Row]
}

extension Work {
    static var meetsServers: Bool { false }
}

/// All works, in the order in which they are done: those first that meet servers, which are then stopped.
enum Works {
    static let all: [any Work.Type] = [
        SendWork.self, GroupWork.self, CatchUpWork.self, DeliveryWork.self, DayWork.self, ReadingWork.self,
        OpeningWork.self, MemoryWork.self, DiskWork.self, GrowthWork.self, FoldsWork.self, DueWork.self,
    ]

    /// Where a work stands among all.
    static func place(of name: String) -> Int { all.firstIndex { $0.name == name } ?? all.count }

    static func named(_ name: String) -> (any Work.Type)? { all.first { $0.name == name } }
}
