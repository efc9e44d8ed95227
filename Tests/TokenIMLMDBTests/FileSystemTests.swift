import Testing

@testable import TokenIMLMDB

@Suite struct FileSystemTests {
    @Test(arguments: [0x6969, 0x517B, 0xFE53_4D42, 0xFF53_4D42, 0x6573_5546, 0x794C_7630, 0x0102_1997] as [UInt32])
    func networkAndOverlayFileSystemsAreRefused(number: UInt32) {
        #expect(FileSystem.unsupportedName(number: number) != nil)
    }

    /// ext4, XFS, Btrfs, tmpfs, ZFS, F2FS.
    @Test(arguments: [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x2FC1_2FC1, 0xF2F5_2010] as [UInt32])
    func localFileSystemsAreAccepted(number: UInt32) {
        #expect(FileSystem.unsupportedName(number: number) == nil)
    }

    @Test func aMissingDirectoryIsSaid() {
        let directory = TemporaryDirectory()
        let error = #expect(throws: StorageError.self) {
            try FileSystem.check(directory.path + "/none", allowsNetwork: true)
        }
        #expect(error?.kind == .missing)
    }
}
