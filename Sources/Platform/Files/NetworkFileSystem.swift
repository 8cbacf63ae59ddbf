/// File systems whose files other hosts may change, by the names that Linux has in `/proc/self/mountinfo`.
///
/// The number in statfs(2) would not do: FUSE has one for all, and most of it (containers, encrypted homes) is local.
package enum NetworkFileSystem {
    private static let types: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "ceph", "coda", "lustre", "glusterfs", "davfs",
        "beegfs", "gpfs", "orangefs", "pvfs2",
    ]
    /// Behind `fuse.`.
    private static let fuseTypes: Set<String> = [
        "sshfs", "s3fs", "glusterfs", "ceph-fuse", "rclone", "davfs", "davfs2", "gcsfuse", "blobfuse", "blobfuse2",
        "curlftpfs", "juicefs", "goofys", "mount-s3", "seaweedfs", "smbnetfs",
    ]

    package static func includes(_ type: String) -> Bool {
        guard type.hasPrefix("fuse.") else { return types.contains(type) }
        return fuseTypes.contains(String(type.dropFirst(5)))
    }

    /// The type of the file system that a folder is on; nil where the system does not tell.
    package static func type(of folder: String) -> String? {
        guard let mounts = try? Files.read("/proc/self/mountinfo", limit: 4 << 20), let folder = Files.realPath(folder)
        else { return nil }
        return type(of: folder, mounts: mounts)
    }

    /// The type of the file system that a folder is on; nil when the mounts do not tell.
    /// - Parameters:
    ///   - folder: absolute, links resolved.
    ///   - mounts: as `/proc/self/mountinfo` lists them (proc_pid_mountinfo(5)); a later one hides an earlier one.
    package static func type(of folder: String, mounts: String) -> String? {
        var found: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, let mark = fields.firstIndex(of: "-"), mark + 1 < fields.count else { continue }
            let point = unescaped(fields[4])
            let below = point == "/" ? "/" : point + "/"
            guard folder == point || folder.hasPrefix(below), point.utf8.count >= found?.length ?? 0 else { continue }
            found = (point.utf8.count, String(fields[mark + 1]))
        }
        return found?.type
    }

    /// Blanks and the like are written as `\040`.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let value = UInt8(Substring(digits), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
