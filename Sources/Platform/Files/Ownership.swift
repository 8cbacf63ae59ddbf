internal import CPlatform
internal import Glibc

/// What somebody else has a hand in: a folder or a socket that must be this user's alone, and the way out.
package struct OwnershipFault: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let reason: String
    package let remedy: String

    package var description: String { "\(path): \(reason); \(remedy)" }
}

/// Who may have put something where we look for it. Another user of the host can make any name in `/tmp`, and what he
/// listens on there accepts us as our own server would.
package enum Ownership {
    /// Holds a folder to be this user's alone to change. One that is missing is nobody's yet. Users have a group of their
    /// own on most systems, of the same number; that one may write.
    package static func check(_ folder: String) throws(OwnershipFault) {
        guard let status = try? Files.status(folder) else { return }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        guard status.st_uid == geteuid() else {
            throw OwnershipFault(
                path: folder, reason: "belongs to user \(status.st_uid), not to you (\(geteuid()))",
                remedy: "nothing in it is used; remove it, or name another folder")
        }
        let isOpen = status.st_mode & 0o002 != 0 || status.st_mode & 0o020 != 0 && status.st_gid != status.st_uid
        guard !isOpen else {
            throw OwnershipFault(
                path: folder, reason: "others may write to it (mode \(mode))",
                remedy: "nothing in it is used; look through it, then 'chmod go-w \(folder)'")
        }
    }

    /// Holds who answers on a Unix socket to be one who was given the place: this user, root, or whom they let have a folder
    /// on the way. A name in a folder that all may write to is only of who made it.
    /// - Parameters:
    ///   - descriptor: connected.
    ///   - socket: the path that it was connected to.
    package static func checkPeer(of descriptor: Int32, at socket: String) throws(OwnershipFault) {
        var trusted: Set<uid_t> = [0, geteuid()]
        try follow(socket, &trusted)
        if let resolved = Files.realPath(socket), resolved != socket { try follow(resolved, &trusted) }
        var peer: uid_t = 0
        guard unsafe holdfast_peer_user(descriptor, &peer) == 0, trusted.contains(peer) else {
            throw OwnershipFault(
                path: socket, reason: "user \(peer) answers there",
                remedy: "nothing is said to it; remove the socket, or have a server of your own there")
        }
    }

    private static func follow(_ path: String, _ trusted: inout Set<uid_t>) throws(OwnershipFault) {
        guard var folder = try? Files.status("/", followingLinks: false) else { return }
        // Where users are mapped, the system's own is another number.
        trusted.insert(folder.st_uid)
        var place = ""
        for name in path.split(separator: "/") {
            place += "/\(name)"
            // Gone meanwhile: who answers is asked all the same.
            guard let entry = try? Files.status(place, followingLinks: false) else { return }
            let isLink = folder.st_mode & S_IFMT == S_IFLNK
            if !isLink, folder.st_mode & 0o002 != 0, !trusted.contains(entry.st_uid) {
                throw OwnershipFault(
                    path: place, reason: "user \(entry.st_uid) made it in a folder that all may write to",
                    remedy: "nothing is said to what answers there; remove it")
            }
            trusted.insert(entry.st_uid)
            folder = entry
        }
    }
}
