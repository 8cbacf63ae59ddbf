internal import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings
internal import Storage

extension RedisConnection {
    /// Forgets the cursors of this host's transcripts that are gone. Only a file that is missing under a folder that can
    /// be read is gone; one on a disk that is not mounted comes back. Where this host has the archive nothing is done: a
    /// cursor is the last that knows of words which nothing else has, so there audits see to those that are left over.
    /// - Returns: how many.
    package mutating func sweepCursors(settings: Settings, host: String) throws(RedisError) -> Int {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        guard let owner = try ask(queue.archiveOwner), owner.prefix(while: { $0 != ":" }) != host else { return 0 }
        var swept = 0
        var position: String?
        repeat {
            let page = try walkCursors(queue, from: position)
            position = page.next
            // Other hosts of the pool see to theirs.
            for (file, path, _) in page.cursors where file == FileID(host: host, path: path) && Self.isGone(path) {
                if try ask(queue.forgettingCursor(of: file)) { swept += 1 }
            }
        } while position != nil
        return swept
    }

    private static func isGone(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"), (try? Files.names(in: String(path[..<slash])))?.isEmpty == false
        else { return false }
        do throws(FileError) {
            _ = try Files.status(path)
            return false
        } catch {
            return error.isMissing
        }
    }
}
