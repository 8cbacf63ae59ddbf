internal import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
internal import Transcripts

/// Transcripts that their client will delete within three days, and of which nothing is captured.
package enum EndangeredTranscripts {
    /// So many are looked into: `status` must answer at once, and a hundred is warning enough.
    private static let most = 100

    /// - Returns: how many, at most a hundred.
    package static func count(
        settings: Settings, host: String, over connection: inout RedisConnection
    ) throws(RedisError) -> Int {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        let files = HostTranscripts(settings: settings).endangered(now: HostClock.wallMilliseconds)
        var count = 0
        var looks = 0
        for start in stride(from: 0, to: files.count, by: 500) where looks < most {
            let page = files[start..<min(files.count, start + 500)]
            let ids = page.map { FileID(host: host, path: Files.realPath($0.path) ?? $0.path) }
            for (file, cursor) in zip(page, try connection.ask(queue.cursors(of: ids))) where cursor.offset == 0 {
                guard looks < most else { break }
                looks += 1
                if try UncapturedPart(of: file, settings: settings, host: host, over: &connection) != nil { count += 1 }
            }
        }
        return count
    }
}
