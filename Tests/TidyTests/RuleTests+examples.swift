extension RuleTests {
    typealias Places = [(path: String, source: String)]

    private static let decide = "Sources/TokenIM/Decide/A.swift"
    private static let live = "Sources/TokenIM/Live/A.swift"
    private static let runtime = "Sources/TokenIM/Runtime/A.swift"
    private static let engine = "Sources/TokenIM/A.swift"
    private static let lmdb = "Sources/TokenIMLMDB/A.swift"
    private static let command = "Sources/TokenIMCommand/A.swift"
    private static let test = "Tests/TokenIMTests/ATests.swift"

    /// Joined here, so that this file keeps the rules that it gives examples of.
    private static func path(_ parts: String...) -> String { parts.map { "/" + $0 }.joined() }
    private static let reminder = "TO" + "DO"

    /// What each rule finds.
    static let broken: [(rule: String, places: Places)] = [
        ("final-newline", [(engine, "let a = 1"), ("README.md", "text\n\n"), (".ci/run", "exit")]),
        ("leftover", [(engine, "// \(reminder): later\n"), ("README.md", "(\(reminder))\n")]),
        (
            "machine-path",
            [
                (engine, "let a = \"\(path("tmp", "a"))\"\n"), ("README.md", "see \(path("home", "me", "a"))\n"),
                (test, "// \(path("work", "a"))\n"),
            ]
        ),
        (
            "pure-suspension",
            [
                (decide, "await f()\n"), (live, "func f() async {}\n"),
                ("Sources/TokenIM/Journal/A/B.swift", "Task {}\n"),
            ]
        ),
        ("pure-lock", [(decide, "let a = Mutex(0)\n"), (live, "a.withLock {}\n"), (live, "pthread_self()\n")]),
        ("pure-time", [(live, "let time: any TimeSource\n"), (decide, "let a = time.now()\n")]),
        ("pure-randomness", [(decide, "Int.random(in: 0..<2, using: &a)\n"), (live, "a.shuffled()\n")]),
        ("pure-logging", [(decide, "print(a)\n"), ("Sources/TokenIM/Model/A.swift", "debugPrint(a)\n")]),
        (
            "system-time",
            [
                (engine, "let a = ContinuousClock.now\n"), (lmdb, "clock_gettime(CLOCK_REALTIME, &a)\n"),
                (runtime, "Date()\n"), (test, "SuspendingClock().now\n"),
            ]
        ),
        ("system-randomness", [(engine, "SystemRandomNumberGenerator()\n"), (test, "UUID().uuidString\n")]),
        ("threads", [(engine, "Task { a() }\n"), (live, "pthread_create(&a, nil, b, nil)\n")]),
        (
            "unchecked",
            [(engine, "final class A: @unchecked Sendable {}\n"), (runtime, "nonisolated(unsafe) var a = 1\n")]
        ),
        ("run", [(engine, "public func run() async throws {}\n"), (engine, "public func start() {}\n")]),
        ("trap", [(engine, "try! f()\n"), (lmdb, "a as! B\n"), (command, "fatalError(\"a\")\n")]),
        (
            "sleep",
            [
                (test, "try await Task.sleep(for: .seconds(1))\n"), (test, "usleep(5)\n"),
                (test, "Thread.sleep(forTimeInterval: 1)\n"),
            ]
        ),
        (
            "import",
            [
                (engine, "import Foundation\n"), (engine, "internal import Dispatch\n"), (engine, "import NIOCore\n"),
                (engine, "@preconcurrency public import struct Logging.Logger\n"), (engine, "import CTokenIMLMDB\n"),
                (lmdb, "import TokenIM\n"), (engine, "import TokenIMTesting\n"), (command, "import TokenIMHTTP\n"),
                ("Sources/TokenIMTesting/A.swift", "import Testing\n"), ("Sources/TokenIMNew/A.swift", "let a = 1\n"),
            ]
        ),
        ("actor", [(engine, "public actor A {}\n"), (runtime, "struct A { private actor B {} }\n")]),
        ("open-class", [(engine, "class A {}\n"), (lmdb, "open class A: B {}\n"), (command, "private class A {}\n")]),
        (
            "public-enum",
            [
                (engine, "public enum A { case b }\n"), (lmdb, "public indirect enum A {\n    case b(A)\n}\n"),
                (engine, "@frozen public enum A {\n    static func f() {}\n    case b\n}\n"),
            ]
        ),
        (
            "storage-protocol",
            [(engine, "protocol Storage {}\n"), (lmdb, "public protocol MessageStore: Sendable {}\n")]
        ),
        (
            "force-unwrap",
            [
                (engine, "a!\n"), (lmdb, "a[0]!.b\n"), (engine, "f()!\n"), (engine, "var a: Int!\n"),
                (engine, "a?.b! + c\n"), (engine, "\"\\(a!)\"\n"), (engine, "if a! == b {}\n"), (engine, "a!!\n"),
            ]
        ),
        (
            "nested-lock",
            [
                (engine, "a.withLock { b in\n    b.withLock { $0 = 1 }\n}\n"),
                (lmdb, "a.withLock({ if c { d { b.withLock {} } } })\n"),
            ]
        ),
        (
            "unseeded",
            [(test, "Int.random(in: 0..<f(2))\n"), (engine, "a.shuffled()\n"), (test, "a.randomElement()\n")]
        ),
        (
            "empty-word",
            [
                ("Sources/TokenIM/StringUtils.swift", "extension String {}\n"),
                ("Tests/Helpers/A.swift", "let a = 1\n"),
                (engine, "struct SessionManager {}\n"), (engine, "enum A { final class Common {} }\n"),
            ]
        ),
        (
            "file-name",
            [
                ("Sources/TokenIM/B.swift", "struct C {}\n"), ("Sources/TokenIM/B+c.swift", "extension D {}\n"),
                ("Sources/TokenIM/B+.swift", "extension B {}\n"), ("Sources/TokenIM/B+c+d.swift", "extension B {}\n"),
                ("Sources/TokenIM/B.swift", "extension B {}\n"), ("Sources/TokenIM/B.swift", "// struct B {}\n"),
            ]
        ),
        ("module-name", [("Sources/TokenIM/Engine.swift", "public enum TokenIM {}\n")]),
        ("file-length", [(test, String(repeating: "\n", count: 601)), (engine, String(repeating: "a\n", count: 601))]),
        (
            "function-length",
            [
                (engine, "func f() {\(String(repeating: "\n", count: 70))}\n"),
                (test, "init(a: Int = { 1 }()) throws(E) {\(String(repeating: "\n", count: 70))}\n"),
                (engine, "struct A {\n    subscript(a: Int) -> [B] {\(String(repeating: "\n", count: 70))}\n}\n"),
                (engine, "func f(\(String(repeating: "\n", count: 35))) {\(String(repeating: "\n", count: 35))}\n"),
                (engine, "func f() -> @Sendable () -> Void {\(String(repeating: "\n", count: 70))}\n"),
            ]
        ),
        ("line-length", [(engine, "// \(String(repeating: "ü", count: 118))\n")]),
    ]

    /// What looks like it and is not.
    static let kept: [(rule: String, places: Places)] = [
        ("final-newline", [(engine, "let a = 1\n"), ("README.md", "a\n\nb\n")]),
        ("leftover", [(engine, "let a = \"\(reminder)Smith\"\n"), (engine, "// to do\n")]),
        (
            "machine-path",
            [
                (engine, "let a = \"b\(path("tmp", "a"))\"\n"), (engine, "let a = \"..\(path("work", "a"))\"\n"),
                (engine, "let a = \"\\(b)\(path("home", "a"))\"\n"), ("README.md", "in `/dev/shm`\n"),
            ]
        ),
        ("pure-suspension", [(engine, "await f()\n"), (decide, "let asynchronous = awaited // await\n")]),
        ("pure-lock", [(runtime, "let a = Mutex(0)\n"), (decide, "/// A Mutex is \"Mutex\".\nlet a = \"Mutex\"\n")]),
        ("pure-time", [(engine, "let time: any TimeSource\n"), (decide, "let a = now\n")]),
        ("pure-randomness", [(engine, "a.shuffled()\n"), (decide, "let random = a.randomness\n")]),
        ("pure-logging", [(command, "print(a)\n"), (decide, "fingerprint(a)\n")]),
        (
            "system-time",
            [
                ("Sources/TokenIM/Runtime/SystemTime.swift", "clock_gettime(CLOCK_REALTIME, &a)\n"),
                (command, "ContinuousClock.now\n"), (engine, "let a: Date\nlet b = update()\n"),
            ]
        ),
        (
            "system-randomness",
            [(runtime, "SystemRandomNumberGenerator()\n"), (engine, "SeededGenerator(seed: 1)\nlet a: UUID\n")]
        ),
        ("threads", [(runtime, "pthread_create(&a, nil, b, nil)\n"), (engine, "/// Task { }\nlet a = thread\n")]),
        ("unchecked", [(lmdb, "final class A: @unchecked Sendable {}\n"), (engine, "final class A: Sendable {}\n")]),
        ("run", [(command, "public func run() {}\n"), (engine, "func run() {}\npublic func runs() {}\n")]),
        ("trap", [(engine, "try? f()\na as? B\npreconditionFailure()\n"), (test, "try! f()\n")]),
        ("sleep", [(test, "let asleep = \"Task.sleep(for:)\"\n"), (command, "sleep(1)\n")]),
        (
            "import",
            [
                (engine, "import TokenIMLMDB\npublic import Synchronization\nimport HeapModule\n"),
                (engine, "// import Foundation\nlet a = \"import Foundation\"\n"), (test, "import Foundation\n"),
                (engine, "store.import(backup)\n"),
                (lmdb, "#if canImport(Darwin)\ninternal import Darwin\n#endif\nimport CTokenIMLMDB\n"),
                ("Sources/TokenIMWire/A.swift", "import FoundationEssentials\nimport class TokenIM.Engine\n"),
                ("Sources/CTokenIMLMDB/shim.h", "#include <lmdb.h>\n"),
            ]
        ),
        ("actor", [(engine, "let actor = a.actor\nif actor == self {}\nf(actor: A())\n"), (test, "actor A {}\n")]),
        (
            "open-class",
            [
                (engine, "final class A {}\npublic final class B {}\nprotocol C: AnyObject {}\n"),
                (engine, "struct A { class func f() {} }\n"),
            ]
        ),
        (
            "public-enum",
            [
                (engine, "enum A { case b }\npublic struct C { package enum D { case e } }\n"),
                (engine, "public enum A { public static func f(a: B) { switch a { case .b: break } } }\n"),
                (test, "public enum A { case b }\n"),
            ]
        ),
        ("storage-protocol", [(engine, "protocol TimeSource {}\nstruct Storage {}\n")]),
        (
            "force-unwrap",
            [
                (engine, "!a\na != b\nf(!a, [!b])\nreturn !c\n#if !os(Linux)\n#endif\na !== b\n"),
                (engine, "static func != (a: A, b: A) -> Bool { !(a == b) }\n"), (engine, "let a = \"b!\" // c!\n"),
                (test, "a!\n"), (engine, "try! f()\na as! B\n"),
            ]
        ),
        ("nested-lock", [(engine, "a.withLock { $0 }\nb.withLock { c in c = 1 }\nd.withLock(f)\n")]),
        (
            "unseeded",
            [
                (test, "Int.random(in: 0..<f(2), using: &generator)\n"), (runtime, "a.shuffled()\n"),
                (engine, "let random = b.random\n"),
            ]
        ),
        (
            "empty-word",
            [
                ("Sources/TokenIM/Manage.swift", "struct Manage {}\n"), (engine, "let a: FileManager\n"),
                (engine, "struct CommonsRoom {}\n"),
            ]
        ),
        (
            "file-name",
            [
                ("Sources/TokenIM/B.swift", "public struct B {}\n"),
                ("Sources/TokenIM/B+c.swift", "extension A.B {}\n"),
                ("Sources/TokenIM/B+c.swift", "extension B {}\n"), ("Sources/TokenIM/Rows.swift", "struct ARow {}\n"),
                ("Sources/TokenIM/B.swift", "typealias B = C\n"), ("Sources/TokenIMCommand/main.swift", "f()\n"),
                ("Tests/TokenIMTests/B.swift", "struct C {}\n"),
            ]
        ),
        ("module-name", [("Sources/TokenIM/Engine.swift", "public enum Engine {}\n")]),
        (
            "file-length",
            [(test, String(repeating: "\n", count: 600)), ("README.md", String(repeating: "\n", count: 601))]
        ),
        (
            "function-length",
            [
                (engine, "func f() {\(String(repeating: "\n", count: 69))}\n"),
                (
                    engine,
                    "protocol A {\n    func f()\n    init()\n}\nstruct B {\(String(repeating: "\n", count: 99))}\n"
                ),
                (engine, "protocol A { func f() }\nlet a = {\(String(repeating: "\n", count: 99))}\n"),
                (engine, "self.init()\nlet a = B.init {\(String(repeating: "\n", count: 99))}\n"),
            ]
        ),
        ("line-length", [(engine, "// \(String(repeating: "ü", count: 117))\n"), ("README.md", longLine)]),
    ]

    private static let longLine = String(repeating: "a", count: 200) + "\n"
}
