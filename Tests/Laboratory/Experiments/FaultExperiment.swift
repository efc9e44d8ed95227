import TokenIM
import TokenIMTesting

/// Fails one storage call of a chat, or all from one on, in every way; then goes on as a host would: tries again,
/// opens again, retries with the same keys. Afterwards cuts the power at moments behind the failure.
struct FaultExperiment: Experiment {
    private enum Fault {
        /// A call, counted from 1, fails; all later ones too, if it lasts, until the store is opened again.
        case call(Int, StorageCalls.Failure, lasts: Bool)
        /// No file can have more bytes.
        case fileLimit(Int)
        /// The store is opened with so small a map.
        case map(Int)
    }

    /// What is to be failed.
    struct Plan {
        /// How many commands the chat has.
        var length: Int
        /// Only so many of the first calls; all when 0.
        var calls: Int
        var failures: [StorageCalls.Failure]
        /// How many power cuts follow each failure.
        var cuts: Int
    }

    private let seed: UInt64
    private let plan: Plan
    private var load: ChatLoad
    private var faults: [Fault] = []
    private var engine: Engine?
    private var time = ChatLoad.clock(life: 0)
    private var mapSize = ChatLoad.mapSize
    private var lives = 0
    /// The codes that it has failed with.
    private var codes: [String] = []
    /// Whether something else is written before what has failed is retried, which then comes to lie on other pages;
    /// otherwise a retry may have nothing to write.
    private var writesFirst = false

    /// What a failing storage call may be reported as.
    private static let codes: [IMError.Code] = [.inputOutput, .storageFull, .outcomeUnknown]

    init(seed: UInt64, _ plan: Plan) async throws {
        self.seed = seed
        self.plan = plan
        load = ChatLoad(seed: seed, length: plan.length, waits: false)
        load.comparesMoments = false
        let directory = try TemporaryDirectory(prefix: "faults")
        StorageCalls.watch(directory.path, keepsLog: false)
        try await load.run(in: directory.path)
        let count = plan.calls > 0 ? min(plan.calls, StorageCalls.count) : StorageCalls.count
        StorageCalls.rest()
        for call in 1...count {
            for failure in plan.failures {
                for lasts in [false, true] { faults.append(.call(call, failure, lasts: lasts)) }
            }
            // As many as there are calls, so that a sample has some of them.
            faults += [.fileLimit(4_096 + 2_048 * call), .map(16_384 + 2_048 * call)]
        }
    }

    var caseCount: Int { faults.count }

    mutating func run(_ number: Int) async throws -> [String] {
        let fault = faults[number]
        var generator = SeededGenerator(seed: seed &* 100_000 &+ UInt64(number))
        writesFirst = Bool.random(using: &generator)
        let directory = try TemporaryDirectory(prefix: "faults")
        StorageCalls.watch(directory.path)
        codes = []
        do {
            try begin(fault)
            try await run(in: directory.path)
            let log = StorageCalls.log()
            StorageCalls.rest()
            try await cutPower(log, root: directory.path, &generator)
        } catch {
            engine?.close()
            engine = nil
            try? end()
            StorageCalls.rest()
            throw Defect("\(fault): \(error)")
        }
        return codes.isEmpty ? ["unnoticed"] : codes
    }

    private mutating func begin(_ fault: Fault) throws {
        switch fault {
        case .call(let number, let failure, let lasts): StorageCalls.fail(number, failure, lasts: lasts)
        case .fileLimit(let bytes): try StorageCalls.limitFiles(to: bytes)
        case .map(let bytes): mapSize = bytes
        }
    }

    private mutating func end() throws {
        StorageCalls.succeed()
        try StorageCalls.limitFiles(to: nil)
        mapSize = ChatLoad.mapSize
    }

    private mutating func run(in root: String) async throws {
        for step in 0...load.commands.count {
            Marks.begin(step)
            do throws(IMError) {
                try await perform(step, in: root)
            } catch {
                try await recover(from: error, at: step, in: root)
            }
            Marks.acknowledge(step)
        }
        engine?.close()
        engine = nil
        try end()
        try await load.examine(root, marks: [load.commands.count * 2 + 1], isThorough: true)
    }

    private mutating func perform(_ step: Int, in root: String) async throws(IMError) {
        if step == 0 {
            engine = try open(root)
            return
        }
        let command = load.commands[step - 1]
        if case .reopen = command {
            engine?.close()
            engine = nil
            engine = try open(root)
        }
        guard let engine else { throw IMError(.broken, "there is no engine") }
        try await command.perform(step, on: engine, time)
    }

    /// Each time at another moment, or what is retried would be the same to the byte.
    private mutating func open(_ root: String) throws(IMError) -> Engine {
        lives += 1
        time = ChatLoad.clock(life: lives)
        return try ChatLoad.open(root, seed: 1, time: time, mapSize: mapSize)
    }

    /// Does what a host does that was told of an error, and sees that nothing but the truth comes of it.
    private mutating func recover(from error: IMError, at step: Int, in root: String) async throws {
        try check(error, at: step)
        if let engine {
            try checkReading(of: engine, at: step)
            guard let again = await failure(of: step, on: engine) else {
                if error.code == .outcomeUnknown { throw Defect("step \(step): it goes on after an unknown outcome") }
                return try checkReading(of: engine, at: step)
            }
            try check(again, at: step)
            if error.code == .outcomeUnknown, again.code != .outcomeUnknown {
                throw Defect("step \(step): after an unknown outcome it says \(again)")
            }
        }
        engine?.close()
        engine = nil
        try end()
        do throws(IMError) {
            let opened = try open(root)
            engine = opened
        } catch {
            throw Defect("step \(step): it cannot be opened again: \(error)")
        }
        guard let engine else { return }
        if writesFirst {
            try await engine.transaction { transaction in
                try transaction.put([UInt8](repeating: 1, count: 5_000), for: [9], in: ChatCommand.hostTable)
                for number in 10..<40 { try transaction.put([0], for: [UInt8(number)], in: ChatCommand.hostTable) }
            }
        }
        try await load.examine(engine, time, steps: max(0, step - 1)...step, isThorough: false)
    }

    private func failure(of step: Int, on engine: Engine) async -> IMError? {
        do throws(IMError) {
            try await load.commands[step - 1].perform(step, on: engine, time)
            return nil
        } catch {
            return error
        }
    }

    private mutating func check(_ error: IMError, at step: Int) throws {
        if !codes.contains(error.code.name) { codes.append(error.code.name) }
        guard Self.codes.contains(error.code) else { throw Defect("step \(step): \(error)") }
    }

    /// An engine whose storage has failed may refuse to read, but not show what is neither old nor new.
    private mutating func checkReading(of engine: Engine, at step: Int) throws {
        let found: [String]
        do {
            found = try ChatReading.lines(of: engine)
        } catch let error as IMError {
            return try check(error, at: step)
        }
        guard load.allows(found, max(0, step - 1)...step) else {
            throw Defect("step \(step): the engine that failed shows what never was")
        }
    }

    /// Cuts the power at some moments after the failure.
    private func cutPower(_ log: StorageLog, root: String, _ generator: inout SeededGenerator) async throws {
        guard let fault = log.events.firstIndex(where: { if case .fault = $0 { true } else { false } }) else { return }
        var disk = DiskModel(log, root: root)
        let places = (0..<plan.cuts).map { _ in
            // Mostly soon: what a failure has left half done is done anew by then.
            let isSoon = Bool.random(using: &generator)
            let last = isSoon ? min(fault + 20, log.events.count) : log.events.count
            return Int.random(in: fault...last, using: &generator)
        }
        for place in places.sorted() {
            while disk.place < place { disk.step() }
            let survivals = Survival.worthTrying(pending: disk.pending.count, using: &generator)
            guard let survival = survivals.randomElement(using: &generator) else { continue }
            let image = try TemporaryDirectory(prefix: "image")
            defer { image.remove() }
            try disk.makeImage(at: image.path, survival)
            do {
                try await load.examine(image.path, marks: disk.marks, isThorough: false)
            } catch {
                throw Defect("a power cut after \(place) of \(log.events.count) events, \(survival) is left: \(error)")
            }
        }
    }
}
