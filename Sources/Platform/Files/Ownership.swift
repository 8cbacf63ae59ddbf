internal import CPlatform
internal import Glibc

/// What somebody else has a hand in: a folder or a socket that must be this user's alone, and the way out.
package struct OwnershipFault: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let reason: String
    package let remedy: String

    package init(path: String, reason: String, remedy: String) {
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { "\(path): \(reason); \(remedy)" }
}

/// Who may have put something where we look for it. Another user of the host can make any name in `/tmp`, and what he
/// listens on there accepts us as our own server would.
package enum Ownership {
    /// Whether others than its owner may write there. Users have a group of their own on most systems, of the same number;
    /// that one may write. Of any other group nobody knows who is in it.
    private static func isOpen(_ status: stat) -> Bool {
        status.st_mode & 0o002 != 0 || status.st_mode & 0o020 != 0 && status.st_gid != status.st_uid
    }

    private static func mode(_ status: stat) -> String { String(status.st_mode & 0o7777, radix: 8) }

    /// Holds a folder to be this user's alone to change. One that is missing is nobody's yet.
    package static func check(_ folder: String) throws(OwnershipFault) {
        guard let status = try? Files.status(folder) else { return }
        guard status.st_uid == geteuid() else {
            throw OwnershipFault(
                path: folder, reason: "belongs to user \(status.st_uid), not to you (\(geteuid()))",
                remedy: "nothing in it is used; name another folder")
        }
        guard !isOpen(status) else {
            throw OwnershipFault(
                path: folder, reason: "others may write to it (mode \(mode(status)))",
                remedy: "nothing in it is used; look through it, then 'chmod go-w \(folder)'")
        }
    }

    /// Holds an open file by which we go to say what this user or root wrote. A link to it may be anywhere.
    package static func check(_ descriptor: Int32, of path: String) throws(OwnershipFault) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw OwnershipFault(
                path: path, reason: "the file belongs to user \(status.st_uid), not to you (\(geteuid())) or root",
                remedy: "it is not used; look through it, then 'chown \(geteuid()) \(path)'")
        }
        guard !isOpen(status) else {
            throw OwnershipFault(
                path: path, reason: "others may write to the file (mode \(mode(status)))",
                remedy: "it is not used; look through it, then 'chmod go-w \(path)'")
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

    /// Holds who listens on a TCP port of this host to be this user, root or a user of the system's: any user may listen on
    /// a port while its server is away. Who listens elsewhere, or in another network namespace, cannot be asked.
    /// - Parameters:
    ///   - descriptor: connected.
    ///   - place: what it was connected to, for people.
    package static func checkListener(of descriptor: Int32, at place: String) throws(OwnershipFault) {
        var listener: uid_t = 0
        guard unsafe holdfast_listener_user(descriptor, &listener) == 0 else { return }
        guard listener == geteuid() || listener < firstOrdinaryUser else {
            throw OwnershipFault(
                path: place, reason: "user \(listener) listens there",
                remedy: "nothing is said to it; have a server of yours or of the system's there, or use a Unix socket")
        }
    }

    /// Below it are root and the accounts of services, on all common systems.
    private static let firstOrdinaryUser: uid_t = 1000

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
            if !isLink, isOpen(folder), !trusted.contains(entry.st_uid) {
                throw OwnershipFault(
                    path: place, reason: "user \(entry.st_uid) made it in a folder that others may write to",
                    remedy: """
                        nothing is said to what answers there; remove it, or give the folder to that user alone \
                        (chown, chmod go-w)
                        """)
            }
            trusted.insert(entry.st_uid)
            folder = entry
        }
    }
}
