import Contender
import Foundation
import GRDB

/// Does something with the options that this program was called with, or ends it.
private func attempt(_ options: UnsafePointer<options>?, _ body: (UnsafePointer<options>, String) throws -> Void) {
    guard let options, let directory = options.pointee.directory else { exit(1) }
    do {
        traffic_start(options)
        try body(options, String(cString: directory))
    } catch {
        FileHandle.standardError.write(Data("SQLite: \(error)\n".utf8))
        exit(1)
    }
}

private let version = try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "?"

private var program = contender()
program.name = UnsafePointer(strdup("SQLite"))
program.version = UnsafePointer(strdup("\(version), GRDB 7"))
program.guarantee = UnsafePointer(strdup("every message synced before it is accepted"))
program.equal = true
program.writes_pages = true
program.prepare = { options in
    attempt(options) { options, directory in
        try Store(directory, isSynced: false).fill(options)
    }
}
program.send = { options in
    attempt(options) { options, directory in
        let (bytes, batch) = (options.pointee.body, options.pointee.in_flight)
        try Store(directory).sendAll(options, batch: batch) { database in
            try Store.send(.next(bytes: bytes), in: database)
        }
    }
}
program.group = { options in
    attempt(options) { options, directory in
        let (bytes, members) = (options.pointee.body, options.pointee.members)
        let group = Int64(group_conversation(members))
        let store = try Store(directory)
        try store.found(group, members: members)
        try store.sendAll(options, batch: group_batch(options)) { database in
            var message = Message.next(bytes: bytes)
            message.conversation = group
            message.sender %= 2
            try Store.sendToGroup(message, in: database)
        }
    }
}
program.catch_up = { options in
    attempt(options) { options, directory in try Store(directory).catchUp(options) }
}
exit(contender_main(CommandLine.argc, CommandLine.unsafeArgv, &program))
