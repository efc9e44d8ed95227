import Glibc
import Testing

@testable import TokenIMLMDB

@Suite struct EnvironmentTests {
    @Test func roundTrip() throws {
        var template = Array("/tmp/tokenim-XXXXXX".utf8CString)
        let directory = String(cString: mkdtemp(&template))
        let environment = try Environment(directory: directory, options: EnvironmentOptions(tables: ["a", "b"]))
        let table = environment.table("a")
        try environment.write { transaction in
            try [UInt8](1...8).withUnsafeBytes { key in
                try transaction.put(table, key: key, value: key)
            }
        }
        try environment.read { transaction in
            let count = try transaction.view.count(table)
            #expect(count == 1)
        }
        environment.close()
    }
}
