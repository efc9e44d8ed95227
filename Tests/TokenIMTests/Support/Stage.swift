import Testing
import TokenIM
import TokenIMTesting

/// A test engine that can be closed and opened again with the same configuration.
final class Stage {
    private(set) var test: TestEngine
    private let configure: (inout Configuration) -> Void

    var engine: Engine { test.engine }
    var time: ManualTime { test.time }

    init(_ configure: @escaping (inout Configuration) -> Void = { _ in }) throws {
        self.configure = configure
        test = try TestEngine(configure: configure)
    }

    func reopen() throws {
        test.engine.close()
        test = try TestEngine(reopening: test, configure: configure)
    }
}

extension Stage {
    /// What befalls a store between a request and its repetition.
    enum Interval: CaseIterable {
        case nothing
        case fold
        case reopening
        case foldAndReopening
        case keyMerge

        func pass(_ stage: Stage) async throws {
            switch self {
            case .nothing: break
            case .fold: try await stage.engine.fold()
            case .reopening: try stage.reopen()
            case .foldAndReopening:
                try await stage.engine.fold()
                try stage.reopen()
            case .keyMerge:
                // The limit of keys is a few; the fold that finds more hands them over to be merged.
                try await stage.engine.create("filler", "filling")
                for number in 1...20 {
                    try await stage.engine.say("\(number)", from: "filler", to: .user("filling"))
                    if number % 7 == 0 { try await stage.engine.fold() }
                }
                try await stage.engine.fold()
            }
        }
    }
}
