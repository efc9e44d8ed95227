import CStorageCalls

/// What a process did to its files, in order.
struct StorageLog {
    enum Event {
        /// Bytes that are in memory, and on their way to disk.
        case write(node: UInt64, offset: Int, bytes: Range<Int>, isStuck: Bool)
        /// The last write of the node is on disk.
        case settle(node: UInt64)
        /// Everything of the node is on disk, except what a failed sync has given up.
        case sync(node: UInt64)
        case syncFailed(node: UInt64)
        case truncate(node: UInt64, length: Int)
        case create(node: UInt64, path: String, isDirectory: Bool)
        case rename(path: String, to: String)
        case remove(path: String)
        case mark(Int)
        case fault
    }

    /// The bytes that the events refer to.
    let bytes: [UInt8]
    let events: [Event]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var events: [Event] = []
        var offset = 0
        while offset + MemoryLayout<storage_record>.size <= bytes.count {
            let record = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: storage_record.self) }
            offset += MemoryLayout<storage_record>.size
            let content = offset..<offset + Int(record.length)
            offset += (Int(record.length) + 7) / 8 * 8
            events += Self.events(record, content, bytes)
        }
        self.events = events
    }

    private static func events(_ record: storage_record, _ content: Range<Int>, _ bytes: [UInt8]) -> [Event] {
        let (node, offset) = (record.node, Int(record.offset))
        let text = { String(decoding: bytes[content], as: UTF8.self) }
        switch storage_kind(record.kind) {
        case storage_write:
            let isStuck = record.flags & storage_stuck.rawValue != 0
            let write = Event.write(node: node, offset: offset, bytes: content, isStuck: isStuck)
            return record.flags & storage_durable.rawValue != 0 ? [write, .settle(node: node)] : [write]
        case storage_sync: return [.sync(node: node)]
        case storage_sync_failed: return [.syncFailed(node: node)]
        case storage_truncate: return [.truncate(node: node, length: offset)]
        case storage_create: return [.create(node: node, path: text(), isDirectory: false)]
        case storage_make_directory: return [.create(node: node, path: text(), isDirectory: true)]
        case storage_rename:
            let names = text().split(separator: "\0").map(String.init)
            return [.rename(path: names[0], to: names[1])]
        case storage_unlink, storage_remove_directory: return [.remove(path: text())]
        case storage_mark: return [.mark(offset)]
        default: return [.fault]
        }
    }
}
