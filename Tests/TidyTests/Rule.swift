/// Something that holds for all source files, and how to tell where it does not.
struct Rule: Sendable {
    let name: String
    private let scope: Scope
    private let check: @Sendable (SourceFile) -> [Violation]

    /// Where a file breaks a rule, and what to do instead.
    struct Violation {
        let line: Int
        let message: String
    }

    init(_ name: String, in scope: Scope = .swift, check: @escaping @Sendable (SourceFile) -> [Violation]) {
        self.name = name
        self.scope = scope
        self.check = check
    }

    func findings(in file: SourceFile) -> [Finding] {
        guard scope.contains(file.path) else { return [] }
        return check(file).map { violation in
            Finding(
                rule: name, path: file.path, line: violation.line, message: violation.message,
                text: file.lines.indices.contains(violation.line - 1) ? String(file.lines[violation.line - 1]) : "")
        }
    }

    static let all = text + words + imports + declarations + names + lengths
}

/// A place where a rule is broken.
struct Finding: Sendable, CustomStringConvertible {
    let rule: String
    let path: String
    /// The first line is 1.
    let line: Int
    let message: String
    /// The line itself.
    let text: String

    var description: String { "\(path):\(line): \(message) [\(rule)]" }
}

/// The files to which a rule applies.
struct Scope: Sendable {
    let folders: [String]
    var exceptions: [String] = []
    var suffix = ".swift"

    func contains(_ path: String) -> Bool {
        path.hasSuffix(suffix)
            && folders.contains { path.hasPrefix($0) }
            && !exceptions.contains { path.hasPrefix($0) }
    }

    static let everything = Scope(folders: [""], suffix: "")
    static let swift = Scope(folders: [""])
    static let sources = Scope(folders: ["Sources/"])
    static let tests = Scope(folders: ["Tests/"])
    static let engine = Scope(folders: ["Sources/TokenIM/"])
    /// Where a run with the same seed does the same.
    static let repeatable = Scope(folders: ["Sources/", "Tests/"], exceptions: ["Sources/TokenIM/Runtime/"])
    /// The folders of the engine that only compute.
    static let pure = Scope(
        folders: ["Decide", "Projections", "Live", "Model", "Journal"].map { "Sources/TokenIM/\($0)/" })
}
