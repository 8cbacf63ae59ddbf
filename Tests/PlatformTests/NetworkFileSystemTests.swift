import Testing

@testable import Platform

@Suite struct NetworkFileSystemTests {
    @Test func knowsNetworkFileSystems() {
        let mounts = """
            22 27 0:21 / / rw,relatime - ext4 /dev/sda1 rw
            30 22 0:22 / /home rw,relatime shared:1 - nfs4 server:/home rw
            31 22 0:23 / /home/dev/local\\040disk rw - xfs /dev/sdb rw
            32 22 0:24 / /mnt/s rw - fuse.sshfs x: rw
            33 22 0:25 / /mnt/e rw - fuse.gocryptfs x rw
            """
        func type(_ path: String) -> String? { NetworkFileSystem.type(of: path, mounts: mounts) }
        #expect(type("/var/lib") == "ext4")
        #expect(type("/home/dev") == "nfs4")
        #expect(type("/homes") == "ext4")
        #expect(type("/home/dev/local disk/x") == "xfs")
        #expect(["nfs4", "fuse.sshfs", "cifs", "9p"].allSatisfy(NetworkFileSystem.includes))
        #expect(
            !["ext4", "xfs", "tmpfs", "overlay", "fuse.gocryptfs", "virtiofs"].contains(
                where: NetworkFileSystem.includes))
        #expect(NetworkFileSystem.type(of: "/x", mounts: "garbage") == nil)
    }
}
