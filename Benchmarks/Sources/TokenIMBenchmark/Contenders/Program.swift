import Foundation

/// Another program that is run for its output.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        var status: Int32 = -1
    }

    /// Runs a program and returns what it wrote to standard output. Its errors go where ours go, or nowhere.
    static func run(_ path: String, _ arguments: [String], isQuiet: Bool = false) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        if isQuiet { process.standardError = FileHandle.nullDevice }
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(path) \(arguments.joined(separator: " ")): status \(process.terminationStatus)",
                status: process.terminationStatus)
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The path of this program.
    static func itself() throws -> String {
        guard let path = Bundle.main.executablePath else { throw Failure(description: "cannot find this program") }
        return path
    }

    /// Runs this program again, as a process of its own.
    static func runSelf(_ arguments: [String]) throws -> String {
        try run(itself(), arguments)
    }
}
