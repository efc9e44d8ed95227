import CTokenIMLMDB
import Testing

@testable import TokenIMLMDB

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct StorageErrorTests {
    @Test(
        arguments: [
            (MDB_MAP_FULL, .mapFull), (MDB_TXN_FULL, .transactionFull), (MDB_CORRUPTED, .damaged),
            (MDB_PAGE_NOTFOUND, .damaged), (MDB_INVALID, .damaged), (MDB_VERSION_MISMATCH, .versionMismatch),
            (MDB_READERS_FULL, .readersExhausted), (MDB_PANIC, .outcomeUnknown), (MDB_BAD_VALSIZE, .misuse),
            (ENOSPC, .diskFull), (EDQUOT, .diskFull), (EFBIG, .diskFull), (EIO, .inputOutput), (EROFS, .inputOutput),
            (ENOENT, .missing), (ENOMEM, .other), (EACCES, .other),
        ] as [(Int32, StorageError.Kind)])
    func codesHaveKinds(code: Int32, kind: StorageError.Kind) {
        // A disk that is not full: an EIO is then what it says.
        let directory = TemporaryDirectory()
        let error = StorageError.lmdb(code, operation: "try", directory: directory.path)
        #expect(error.kind == kind)
        #expect(error.code == code)
    }

    @Test func saysWhatWasTriedAndWhy() {
        let error = StorageError.system(ENOENT, operation: "open the door", directory: nil)
        #expect(error.description == "missing: open the door: No such file or directory (2)")
        #expect(StorageError(.closed, operation: "read").description == "closed: read")
    }
}
