import Glibc
import TokenIM
import TokenIMTesting

/// Runs inputs of one target. What it is at stands in a file that outlives it.
struct FuzzWorker {
    private let target: FuzzTarget
    private var mutator: Mutator
    private let current: String
    private var pool: [[UInt8]] = []
    private var outcomes: Set<String> = []
    private var count = 0

    /// More than these are not kept: the others then come up too rarely.
    private static let poolLimit = 4_000
    /// Seconds in which one input must be done.
    private static let patience: UInt32 = 20

    /// - Parameter current: where to say which input it is at.
    init(_ target: FuzzTarget, seed: UInt64, current: String) {
        self.target = target
        self.current = current
        mutator = Mutator(seed: seed, dictionary: target.dictionary, maximumLength: target.maximumLength)
    }

    /// Prints how many inputs it was, how many of them were new, and how long that took.
    mutating func run(corpus: String, count runs: Int, seconds: Double?) throws {
        let clock = SystemTime()
        let began = clock.now()
        let end = seconds.map { began.advanced(by: .microseconds(Int64($0 * 1_000_000))) }
        let note = try Note(path: current)
        for input in try Corpus.files(in: corpus).map({ try Corpus.bytes(of: $0) }) + (try target.seeds()) {
            try examine(input, note)
            if pool.last != input { pool.append(input) }
        }
        let known = count
        while count - known < runs, end.map({ clock.now() < $0 }) ?? true {
            for _ in 0..<min(64, runs - (count - known)) {
                let input = pool.isEmpty ? [] : pool[mutator.below(pool.count)]
                let other = pool.isEmpty ? [] : pool[mutator.below(pool.count)]
                try examine(mutator.mutated(input, with: other), note)
                if let end, target.maximumLength > 512, clock.now() >= end { break }
            }
        }
        let time = Double(clock.now().duration(since: began).wholeMicroseconds) / 1_000_000
        print("\(count) \(outcomes.count) \(time)")
    }

    private mutating func examine(_ input: [UInt8], _ note: Note) throws {
        // Who hangs is ended by this alarm.
        if count % 32 == 0 { alarm(Self.patience) }
        note.write(input)
        count += 1
        let outcome = try target.examine(input)
        if outcomes.count < Self.poolLimit, outcomes.insert(outcome).inserted { pool.append(input) }
    }
}

/// A file in memory that holds the input which is being run: what a process writes to it is there when the process has
/// ended, however it did.
struct Note {
    static let size = 1 << 18
    private let memory: UnsafeMutableRawPointer

    init(path: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, ftruncate(file, off_t(Self.size)) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { throw Finding("cannot make \(path): \(errno)") }
        close(file)
        self.memory = memory
    }

    func write(_ bytes: [UInt8]) {
        let count = min(bytes.count, Self.size - 8)
        memory.storeBytes(of: UInt64(count), as: UInt64.self)
        bytes.withUnsafeBytes { bytes in
            if let address = bytes.baseAddress { (memory + 8).copyMemory(from: address, byteCount: count) }
        }
    }

    /// What another process has written.
    static func read(_ path: String) throws -> [UInt8] {
        let bytes = try Corpus.bytes(of: path)
        guard bytes.count >= 8 else { return [] }
        let count = bytes.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(as: UInt64.self)) }
        return Array(bytes.dropFirst(8).prefix(max(0, min(count, bytes.count - 8))))
    }
}
