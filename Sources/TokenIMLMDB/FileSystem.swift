internal import CTokenIMLMDB

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Which file systems can hold a data file: local ones, whose locks and mappings are those of one machine.
enum FileSystem {
    /// Checks that `directory` is one, and lies on a file system that can be trusted.
    static func check(_ directory: String, allowsNetwork: Bool) throws(StorageError) {
        var information = stat()
        guard stat(directory, &information) == 0 else {
            throw .system(errno, operation: "open \(directory)", directory: nil)
        }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            throw .system(ENOTDIR, operation: "open \(directory)", directory: nil)
        }
        if allowsNetwork { return }
        if let name = try unsupportedName(of: directory) {
            throw StorageError(
                .unsupportedFileSystem, operation: "open \(directory)",
                detail: "it is on \(name); allowsNetworkFileSystem opens it all the same")
        }
    }

    #if canImport(Darwin)
    private static func unsupportedName(of directory: String) throws(StorageError) -> String? {
        var information = statfs()
        guard statfs(directory, &information) == 0 else {
            throw .system(errno, operation: "look at the file system of \(directory)", directory: nil)
        }
        return information.f_flags & UInt32(MNT_LOCAL) == 0 ? "a network file system" : nil
    }
    #else
    private static func unsupportedName(of directory: String) throws(StorageError) -> String? {
        var number: UInt32 = 0
        let code = tokenim_file_system(directory, &number)
        guard code == 0 else {
            throw .system(code, operation: "look at the file system of \(directory)", directory: nil)
        }
        return unsupportedName(number: number)
    }
    #endif

    /// The name of a file system that is refused, by the number that statfs(2) gives.
    static func unsupportedName(number: UInt32) -> String? { refused[number] }

    private static let refused: [UInt32: String] = [
        0x6969: "NFS",
        0x517B: "SMB",
        0xFE53_4D42: "SMB2",
        0xFF53_4D42: "CIFS",
        0x0102_1997: "9P",
        0x6573_5546: "FUSE",
        0x794C_7630: "overlayfs",
        0x5346_414F: "AFS",
        0x6B41_4653: "AFS",
        0x7375_7245: "Coda",
        0x00C3_6400: "Ceph",
        0x0BD0_0BD0: "Lustre",
        0x4750_4653: "GPFS",
        0x0116_1970: "GFS2",
        0x7461_636F: "OCFS2",
        0x1983_0326: "BeeGFS",
        0x786F_4256: "VirtualBox shared folders",
        0xBACB_ACBC: "VMware shared folders",
        0x564C: "NCP",
        0xAAD7_AAEA: "PanFS",
    ]
}
