internal import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings
internal import Storage

extension RedisConnection {
    /// Forgets the cursors of this host's transcripts that are gone. Only a file that is missing under a folder that can
    /// be read is gone; one on a disk that is not mounted comes back.
    /// - Returns: how many.
    package mutating func sweepCursors(settings: Settings, host: String) throws(RedisError) -> Int {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        var swept = 0
        var position = "0"
        repeat {
            let page = try send(["SCAN", position, "MATCH", queue.keys.allCursors, "COUNT", "500"]).array ?? []
            guard page.count == 2, let next = page[0].text else {
                throw .unexpectedReply(expected: "a position and keys")
            }
            position = next
            for key in (page[1].array ?? []).compactMap(\.text) {
                let path = try send(["HGET", key, "path"]).text ?? ""
                // Other hosts of the pool see to theirs.
                guard queue.keys.cursor(FileID(host: host, path: path)) == key, Self.isGone(path) else { continue }
                swept += Int(try send(["DEL", key]).integer ?? 0)
            }
        } while position != "0"
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
