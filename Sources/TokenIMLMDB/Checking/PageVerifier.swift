#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Checks a data file from the first page to the last: a file that it finds nothing wrong with can be opened and read
/// without a crash or a wrong answer.
public enum PageVerifier {
    /// Reads the newest committed state completely and says what is wrong with it.
    ///
    /// Checked are the header; the shape of every page of the free list, the table of tables and every table; that
    /// keys are in order and counts agree; that every page is used exactly once or free; the checksum of every value.
    /// The file is only read, never mapped, and nothing in it can make this crash.
    ///
    /// - Parameters:
    ///   - dataFile: the path of a `data.mdb` that no environment has open.
    ///   - limit: at most how many findings are returned.
    /// - Returns: what is wrong, in the order in which it was found; empty for a sound file.
    /// - Throws: `.missing`, `.inputOutput` and the like if the file cannot be read; `.locked` if it is open;
    ///   `.versionMismatch` if it is of a format that this version does not know.
    /// - Cost: reads every used page once; memory for one bit per page.
    public static func verify(dataFile: String, limit: Int = 1000) throws(StorageError) -> [Damage] {
        let file = try FileDescriptor(opening: dataFile, flags: O_RDONLY)
        guard try file.tryLock(isShared: true) else {
            throw StorageError(.locked, operation: "verify \(dataFile)", detail: "an environment has it open")
        }
        defer { file.unlock() }
        let header: DataFileHeader
        do throws(DataFileHeader.Defect) {
            header = try DataFileHeader(file)
        } catch {
            switch error {
            case .damaged(let page, let reason): return [Damage(table: nil, page: page, reason: reason)]
            case .unreadable, .version: throw error.storageError(operation: "verify \(dataFile)")
            }
        }
        let verification = Verification(file, header: header, limit: limit)
        verification.verifyEverything()
        return verification.findings
    }
}
