import Foundation

/// The files of the project, read from where this file was compiled.
enum Repository {
    private static let suffixes: Set = ["swift", "md", "h", "c", "modulemap", "sh", "py", "json", "yml", "yaml"]
    private static let skipped: Set = [".build", ".git", ".swiftpm", "Package.resolved"]

    struct NotFound: Error {}

    /// The folder that holds the package.
    static func root() throws -> URL {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            // Benchmarks are a package of their own, but this file is none of theirs.
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
                return folder
            }
            folder.deleteLastPathComponent()
        }
        throw NotFound()
    }

    /// All source and text files that are no output of a build, in the order of their paths.
    static func files(in root: URL) throws -> [SourceFile] {
        try paths(in: root, prefix: "").sorted().map { path in
            let data = try Data(contentsOf: root.appendingPathComponent(path))
            return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
        }
    }

    private static func paths(in folder: URL, prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap { name -> [String] in
            if skipped.contains(name) || name.hasSuffix(".tokenim") { return [] }
            let url = folder.appendingPathComponent(name)
            let values = try url.resourceValues(forKeys: [.isDirectoryKey, .isRegularFileKey])
            if values.isDirectory == true { return try paths(in: url, prefix: "\(prefix)\(name)/") }
            let isText = suffixes.contains(url.pathExtension) || prefix == ".ci/" || name == ".swift-format"
            return values.isRegularFile == true && isText ? [prefix + name] : []
        }
    }
}
