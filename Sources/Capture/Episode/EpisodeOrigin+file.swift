package import Domain
package import Redis
package import Settings
internal import Storage
package import Transcripts

extension EpisodeOrigin {
    /// Whose words a transcript holds that no hook reported: the session of its name or of its first lines, under the key
    /// the registry knows it by, else that of its folder.
    /// - Returns: nil when the file does not say which session it is.
    package static func find(
        for file: TranscriptFile, settings: Settings, host: String, sources: TranscriptSources = .standard,
        over connection: inout RedisConnection
    ) throws(RedisError) -> EpisodeOrigin? {
        let head = sources.source(of: file).head(of: file.path)
        guard let session = file.session ?? SessionID(rawValue: head.sessionID) else { return nil }
        var key = try connection.ask(SessionRegistry(keys: settings.keys).session(session))?.dispatchKey
        if key == nil, head.cwd.hasPrefix("/") { key = try? DispatchKey.directory(head.cwd) }
        return EpisodeOrigin(session: session, dispatchKey: key, host: host, agentID: file.agentID)
    }

    /// Whether a transcript that no hook reported may be recorded.
    package func isTracked(
        _ file: TranscriptFile, _ rules: TrackingRules, sources: TranscriptSources = .standard
    ) -> Bool {
        rules.isTracked(key: dispatchKey, project: sources.source(of: file).head(of: file.path).cwd)
    }
}
