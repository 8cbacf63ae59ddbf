internal import Domain
package import Redis
package import Settings
internal import Storage
package import Transcripts

extension TranscriptFile {
    /// Whether it may be recorded: it is of a session that the rules do not stop, and no memory tool's own call.
    package func isRecordable(
        _ rules: TrackingRules, settings: Settings, host: String, sources: TranscriptSources = .standard,
        over connection: inout RedisConnection
    ) throws(RedisError) -> Bool {
        let origin = try EpisodeOrigin.find(
            for: self, settings: settings, host: host, sources: sources, over: &connection)
        guard let origin, origin.isTracked(self, rules, sources: sources) else { return false }
        return sources.source(of: self).ownWork(in: self) == nil
    }

    /// The same without Redis, which alone knows the key of a session.
    /// - Returns: nil where that counts.
    package func isRecordable(
        _ rules: TrackingRules, host: String, sources: TranscriptSources = .standard
    ) -> Bool? {
        guard rules.stoppedKeys.isEmpty else { return nil }
        let source = sources.source(of: self)
        let head = source.head(of: path)
        guard let session = session ?? SessionID(rawValue: head.sessionID) else { return false }
        let origin = EpisodeOrigin(session: session, dispatchKey: nil, host: host, agentID: agentID)
        return origin.isTracked(self, rules, sources: sources) && source.ownWork(in: self) == nil
    }
}
