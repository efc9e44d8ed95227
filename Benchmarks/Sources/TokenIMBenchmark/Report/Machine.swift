import Foundation

/// Where a report was made.
struct Machine: Codable {
    var processor: String
    var cores: Int
    var memoryBytes: UInt64
    var system: String
    var fileSystem: String
    /// How many threads wanted to run in the last minute, before and after: what else was going on.
    var loadBefore: Double
    var loadAfter: Double
    var isOptimized: Bool
    var date: String

    init(loadBefore: Double) {
        let process = ProcessInfo.processInfo
        processor = Self.processorName()
        cores = process.activeProcessorCount
        memoryBytes = process.physicalMemory
        system = process.operatingSystemVersionString
        fileSystem = Self.fileSystemName(of: FileManager.default.temporaryDirectory.path)
        self.loadBefore = loadBefore
        loadAfter = Self.load()
        #if DEBUG
        isOptimized = false
        #else
        isOptimized = true
        #endif
        date = ISO8601DateFormatter().string(from: Date())
    }

    var description: [String] {
        let memory = Figure.text((Double(memoryBytes) / Double(1 << 30)).rounded())
        let load = "load average \(Figure.text(loadBefore)) before, \(Figure.text(loadAfter)) after"
        var lines = [
            "\(processor), \(cores) cores, \(memory) GiB, \(system), stores on \(fileSystem), \(load), \(date)"
        ]
        if !isOptimized { lines.append("NOT OPTIMIZED: build with -c release") }
        if fileSystem == "tmpfs" { lines.append("stores are in memory, so nothing waits for a disk: set TMPDIR") }
        return lines
    }

    static func load() -> Double {
        var averages = [0.0, 0.0, 0.0]
        return getloadavg(&averages, 3) > 0 ? averages[0] : .nan
    }

    private static func processorName() -> String {
        #if os(Linux)
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        #else
        var name = [UInt8](repeating: 0, count: 128)
        var size = name.count
        guard sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 else { return "unknown processor" }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        #endif
    }

    private static func fileSystemName(of path: String) -> String {
        #if os(Linux)
        // The mount with the longest path that leads there.
        let mounts = (try? String(contentsOfFile: "/proc/mounts", encoding: .utf8))?.split(separator: "\n") ?? []
        let fitting = mounts.map { $0.split(separator: " ") }.filter { fields in
            guard fields.count > 2 else { return false }
            let point = fields[1] == "/" ? "/" : fields[1] + "/"
            return (path + "/").hasPrefix(point)
        }
        return fitting.max { $0[1].count < $1[1].count }.map { String($0[2]) } ?? "unknown"
        #else
        return "the local disk"
        #endif
    }
}
