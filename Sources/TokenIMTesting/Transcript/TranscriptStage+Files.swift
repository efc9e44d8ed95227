internal import TokenIM

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What befalls files while no engine looks: copied, mixed up, lost.
extension TranscriptStage {
    func keepFiles() throws {
        let kept = try TemporaryDirectory()
        try StoreCopy.copy(storePath, to: kept.path + "/store")
        keptFiles = kept
    }

    /// Puts one of the files that were kept in the place of the one that is there.
    func bringBack(_ name: String) throws {
        guard let keptFiles else { throw TranscriptFailure("no files were kept") }
        let path = try path(of: name)
        unlink(path)
        try StoreCopy.copyFile(keptFiles.path + "/store/\(name)/data.mdb", to: path)
    }

    func lose(_ name: String) throws {
        unlink(try path(of: name))
    }

    private func path(of name: String) throws -> String {
        guard ["journal", "projections"].contains(name) else {
            throw TranscriptFailure("a store has a journal and projections, and no \(name)")
        }
        return try storePath + "/\(name)/data.mdb"
    }
}
