internal import Glibc
internal import Platform

/// Whether a path lies where a client keeps transcripts. Links below the storage are followed as the client follows them,
/// if the user owns them: people share project folders between machines that way. A link of somebody else's could have
/// been put there to have a foreign file read.
enum StoredPath {
    /// - Returns: the canonical path; nil for what lies outside, or behind a link of another user.
    /// - Parameters:
    ///   - path: of a file that is there.
    ///   - storage: the folder below which transcripts lie.
    /// - Throws: what keeps it from being known. A disk in trouble makes nobody's file a stranger's.
    static func canonical(_ path: String, below storage: String) throws(FileError) -> String? {
        let real = try Files.resolved(path), realStorage = try Files.resolved(storage)
        if real.hasPrefix(realStorage + "/") { return real }
        guard path.hasPrefix(storage + "/"), try leadsThroughOwnLinks(path, from: storage) else { return nil }
        return real
    }

    private static func leadsThroughOwnLinks(_ path: String, from storage: String) throws(FileError) -> Bool {
        let parts = path.utf8.dropFirst(storage.utf8.count + 1).split(separator: UInt8(ascii: "/"))
        var place = storage
        for part in parts {
            let name = String(Substring(part))
            guard name != "..", name != "." else { return false }
            place += "/" + name
            let status = try Files.status(place, followingLinks: false)
            if status.st_mode & S_IFMT == S_IFLNK, status.st_uid != getuid() { return false }
        }
        return true
    }
}
