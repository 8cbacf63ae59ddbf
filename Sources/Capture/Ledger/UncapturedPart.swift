package import Domain
internal import Platform
internal import Redaction
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// What of a transcript is not captured yet, as episodes.
package struct UncapturedPart: Sendable {
    package var origin: EpisodeOrigin
    package var episodes: Int
    /// Bytes of text in them.
    package var textBytes: Int64

    /// - Returns: nil when nothing of the file is left to capture, or nothing of it would be kept.
    package init?(
        of file: TranscriptFile, settings: Settings, host: String, over connection: inout RedisConnection
    ) throws(RedisError) {
        guard let open = try? TranscriptSources.standard.source(of: file).open(file.path, in: file.configDirectory)
        else { return nil }
        let id = FileID(host: host, path: open.path)
        let stored = try connection.ask(EpisodeQueue(keys: settings.poolKeys(host: host)).cursor(of: id))
        // What cannot be read now is not called captured, nor counted.
        guard let cursor = try? open.following(stored), let end = try? open.end(), cursor.offset < end,
            let origin = try EpisodeOrigin.find(for: file, settings: settings, host: host, over: &connection),
            // Rules that cannot be read allow nothing; 'sync' and the companion say so.
            let rules = try? settings.trackingRules(), origin.isTracked(file, rules)
        else { return nil }
        self.origin = origin
        episodes = 0
        textBytes = 0
        guard
            let exclusions = try? Exclusions(
                of: origin.session, isSubagent: file.agentID != nil, state: settings.state)
        else { return nil }
        let reading = ReadingRules(
            policy: settings.configuration.filter, redactor: settings.configuration.redactor, exclusions: exclusions)
        guard var reader = try? open.reader(from: cursor, reading) else { return nil }
        var builder = EpisodeBuilder(file: id, from: cursor)
        while let entry = reader.next(), reader.ownWork == nil {
            episodes += builder.add(entry).reduce(0) { $0 + $1.count }
            textBytes += Int64(entry.textCount)
        }
        episodes += builder.isEmpty ? 0 : 1
        guard reader.ownWork == nil, episodes > 0 else { return nil }
    }
}

/// Transcripts that their client will delete within three days, and of which nothing is captured, nor kept otherwise.
package enum EndangeredTranscripts {
    /// So many are looked into: `status` must answer at once, and a hundred is warning enough.
    private static let most = 100

    /// - Parameter isKept: whether all of one lies where it comes back from.
    /// - Returns: how many, at most a hundred.
    package static func count(
        settings: Settings, host: String, over connection: inout RedisConnection, isKept: (TranscriptFile) -> Bool
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
                guard !isKept(file) else { continue }
                looks += 1
                if try UncapturedPart(of: file, settings: settings, host: host, over: &connection) != nil { count += 1 }
            }
        }
        return count
    }
}
