package import Redis
package import Storage

/// Transcripts that Claude Code will delete within three days, and of which something is not captured.
package enum EndangeredTranscripts {
    /// - Returns: how many; the first thousand that are old enough are looked at.
    package static func count(
        settings: Settings, host: String, over connection: inout RedisConnection
    ) throws(RedisError) -> Int {
        var count = 0
        for file in Transcripts(settings: settings).endangered(now: HostClock.wallMilliseconds).prefix(1000)
        where try UncapturedPart(of: file, settings: settings, host: host, over: &connection) != nil {
            count += 1
        }
        return count
    }
}
