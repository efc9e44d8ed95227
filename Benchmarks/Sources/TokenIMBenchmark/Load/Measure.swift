/// How long something took.
enum Measure {
    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let began = ContinuousClock.now
        try await body()
        return began.duration(to: .now).inSeconds
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let began = ContinuousClock.now
        try body()
        return began.duration(to: .now).inSeconds
    }
}
