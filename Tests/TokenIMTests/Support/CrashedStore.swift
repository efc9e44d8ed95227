import TokenIM
import TokenIMTesting

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What a crash at this moment would leave of a test engine's store: a copy of its files, opened.
final class CrashedStore {
    private let directory: TemporaryDirectory?
    let engine: Engine

    /// Copies the store and opens the copy, on a clock of its own.
    init(_ test: TestEngine, configure: (inout Configuration) -> Void = { _ in }) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        try StoreFiles.copy(from: test.directory.path + "/store", to: directory.path + "/store")
        engine = try Self.open(directory.path + "/store", configure)
    }

    /// Opens the store at a path, which the caller keeps.
    init(_ path: String, configure: (inout Configuration) -> Void = { _ in }) throws {
        directory = nil
        engine = try Self.open(path, configure)
    }

    private static func open(_ path: String, _ configure: (inout Configuration) -> Void) throws -> Engine {
        var configuration = Configuration()
        configuration.runtime = .inline
        configuration.time = ManualTime()
        configuration.random = SeededRandom(seed: 9)
        configuration.allowsUnsafeFileSystem = true
        configuration.mapSize = 1 << 30
        configure(&configuration)
        return try Engine(directory: path, configuration: configuration)
    }

    deinit { engine.close() }
}

/// The files of a store, as files.
enum StoreFiles {
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    static let parts = ["journal", "projections"]

    static func copy(from source: String, to target: String, _ parts: [String] = parts) throws {
        mkdir(target, 0o700)
        for part in parts {
            mkdir("\(target)/\(part)", 0o700)
            try write(read("\(source)/\(part)/data.mdb"), to: "\(target)/\(part)/data.mdb")
        }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fill(&buffer, from: file)
            guard count >= 0 else { throw Failure(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                pwrite(file, rest.baseAddress! + offset, rest.count - offset, off_t(offset))
            }
            guard count > 0 else { throw Failure(path: path, code: errno) }
            offset += count
        }
    }

    private static func fill(_ buffer: inout [UInt8], from file: Int32) -> Int {
        buffer.withUnsafeMutableBytes { readBytes(file, $0) }
    }
}

private func readBytes(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(file, buffer.baseAddress, buffer.count)
}
