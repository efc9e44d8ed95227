import Glibc

/// A disk as it is after the first events of a log: what is safely on it, and what is on its way.
///
/// It is as unkind as POSIX allows: without a sync, each page of each write and each change of a name is on disk or
/// not, on its own.
struct DiskModel {
    private struct Write {
        var number: Int
        var offset: Int
        /// In the log; nil for a change of the length to `offset`.
        var bytes: Range<Int>?
        var isStuck = false
        var isDurable = false
    }

    private struct NameChange {
        var number: Int
        var names: [(name: String, node: UInt64?)]
    }

    private struct Node {
        var isDirectory: Bool
        var content: [UInt8] = []
        var writes: [Write] = []
        var names: [String: UInt64] = [:]
        var nameChanges: [NameChange] = []
    }

    let log: StorageLog
    /// How many events have happened.
    private(set) var place = 0
    /// The marks among them.
    private(set) var marks: [Int] = []
    private let root: (path: String, node: UInt64)
    private var nodes: [UInt64: Node]
    /// What the process sees.
    private var paths: [String: UInt64]

    init(_ log: StorageLog, root: String) {
        var information = stat()
        stat(root, &information)
        self.log = log
        self.root = (root, UInt64(information.st_ino))
        nodes = [self.root.node: Node(isDirectory: true)]
        paths = [root: self.root.node]
    }

    // MARK: Going on

    /// Lets the next event happen.
    mutating func step() {
        let number = place
        place += 1
        switch log.events[number] {
        case .write(let node, let offset, let bytes, let isStuck):
            nodes[node]?.writes.append(Write(number: number, offset: offset, bytes: bytes, isStuck: isStuck))
        case .truncate(let node, let length): nodes[node]?.writes.append(Write(number: number, offset: length))
        case .settle(let node):
            guard let last = nodes[node]?.writes.indices.last else { return }
            nodes[node]?.writes[last].isDurable = true
            flatten(node)
        case .sync(let node): sync(node)
        case .syncFailed(let node):
            for index in nodes[node]?.writes.indices ?? 0..<0 { nodes[node]?.writes[index].isStuck = true }
        case .create(let node, let path, let isDirectory):
            nodes[node] = Node(isDirectory: isDirectory)
            paths[path] = node
            rename(number, in: path, [(path, node)])
        case .rename(let path, let other):
            guard let node = paths[path] else { return }
            for (inner, node) in paths where inner == path || inner.hasPrefix(path + "/") {
                paths[inner] = nil
                paths[other + inner.dropFirst(path.count)] = node
            }
            rename(number, in: path, [(path, nil), (other, node)])
        case .remove(let path):
            paths[path] = nil
            rename(number, in: path, [(path, nil)])
        case .mark(let mark): marks.append(mark)
        case .fault: break
        }
    }

    private mutating func rename(_ number: Int, in path: String, _ names: [(path: String, node: UInt64?)]) {
        guard let slash = path.lastIndex(of: "/"), let parent = paths[String(path[..<slash])] else { return }
        let names = names.map { (String($0.path[$0.path.index(after: slash)...]), $0.node) }
        nodes[parent]?.nameChanges.append(NameChange(number: number, names: names))
    }

    private mutating func sync(_ node: UInt64) {
        guard var synced = nodes[node] else { return }
        for change in synced.nameChanges {
            for (name, node) in change.names { synced.names[name] = node }
        }
        synced.nameChanges = []
        for index in synced.writes.indices where !synced.writes[index].isStuck { synced.writes[index].isDurable = true }
        nodes[node] = synced
        flatten(node)
    }

    /// Applies the oldest writes for good, as long as they are durable.
    private mutating func flatten(_ node: UInt64) {
        guard let count = nodes[node]?.writes.prefix(while: \.isDurable).count, count > 0 else { return }
        for write in nodes[node]?.writes.prefix(count) ?? [] {
            guard let bytes = write.bytes else {
                nodes[node]?.content.resize(to: write.offset)
                continue
            }
            let end = write.offset + bytes.count
            if end > nodes[node]?.content.count ?? 0 { nodes[node]?.content.resize(to: end) }
            nodes[node]?.content.withUnsafeMutableBytes { content in
                log.bytes.withUnsafeBytes { log in
                    UnsafeMutableRawBufferPointer(rebasing: content[write.offset..<end])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: log[bytes]))
                }
            }
        }
        nodes[node]?.writes.removeFirst(count)
    }

    // MARK: Cutting the power

    /// The numbers of the changes that are not safely on disk.
    var pending: [Int] {
        nodes.values.flatMap { node in
            node.writes.filter { !$0.isDurable }.map(\.number) + node.nameChanges.map(\.number)
        }.sorted()
    }

    /// Makes a directory with what is on disk after a power cut at this moment.
    func makeImage(at path: String, _ survival: Survival) throws {
        try makeDirectory(root.node, at: path, survival, last: pending.last ?? -1)
    }

    private func makeDirectory(_ number: UInt64, at path: String, _ survival: Survival, last: Int) throws {
        guard let node = nodes[number] else { return }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Defect("cannot make \(path): \(errno)") }
        var names = node.names
        for change in node.nameChanges where survival.keeps(change.number, piece: 0, isLast: change.number == last) {
            for (name, node) in change.names { names[name] = node }
        }
        for (name, number) in names.sorted(by: { $0.key < $1.key }) {
            if nodes[number]?.isDirectory == true {
                try makeDirectory(number, at: "\(path)/\(name)", survival, last: last)
            } else {
                try makeFile(number, at: "\(path)/\(name)", survival, last: last)
            }
        }
    }

    private func makeFile(_ number: UInt64, at path: String, _ survival: Survival, last: Int) throws {
        guard let node = nodes[number] else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Defect("cannot make \(path): \(errno)") }
        defer { _ = close(file) }
        try write(node.content[...], to: file, at: 0)
        for write in node.writes {
            let isLast = write.number == last
            guard let bytes = write.bytes else {
                let isKept = write.isDurable || survival.keeps(write.number, piece: 0, isLast: isLast)
                if isKept, ftruncate(file, write.offset) != 0 { throw Defect("cannot cut \(path): \(errno)") }
                continue
            }
            guard !write.isDurable, let granularity = survival.granularity(isLast: isLast) else {
                let isKept = write.isDurable || survival.keeps(write.number, piece: 0, isLast: isLast)
                if isKept { try self.write(log.bytes[bytes], to: file, at: write.offset) }
                continue
            }
            var start = write.offset
            let end = write.offset + bytes.count
            while start < end {
                let next = min(end, (start / granularity + 1) * granularity)
                if survival.keeps(write.number, piece: start / granularity, isLast: isLast) {
                    let piece = bytes.lowerBound + start - write.offset..<bytes.lowerBound + next - write.offset
                    try self.write(log.bytes[piece], to: file, at: start)
                }
                start = next
            }
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int) throws {
        guard !bytes.isEmpty else { return }
        let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, offset) }
        guard count == bytes.count else { throw Defect("cannot write an image: \(errno)") }
    }
}

extension [UInt8] {
    fileprivate mutating func resize(to length: Int) {
        if length < count {
            removeLast(count - length)
        } else {
            self += [UInt8](repeating: 0, count: length - count)
        }
    }
}
