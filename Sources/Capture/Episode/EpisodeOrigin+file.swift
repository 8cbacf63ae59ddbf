package import Domain
internal import Glibc
package import Redis
package import Settings
internal import Storage

extension EpisodeOrigin {
    /// Whose words a transcript holds that no hook reported: the session of its name or of its first lines, under the key
    /// the registry knows it by, else that of its folder.
    /// - Returns: nil when the file does not say which session it is.
    package static func find(
        for file: TranscriptFolder.File, settings: Settings, host: String, over connection: inout RedisConnection
    ) throws(RedisError) -> EpisodeOrigin? {
        let head = TranscriptHead(path: file.path)
        guard let session = file.session ?? SessionID(rawValue: head.sessionID) else { return nil }
        var key = try connection.ask(SessionRegistry(keys: settings.keys).session(session))?.dispatchKey
        if key == nil, head.cwd.hasPrefix("/") { key = try? DispatchKey.directory(head.cwd) }
        return EpisodeOrigin(session: session, dispatchKey: key, host: host, agentID: file.agentID)
    }

    /// Whether a transcript that no hook reported may be recorded.
    package func isTracked(_ file: TranscriptFolder.File, _ rules: TrackingRules) -> Bool {
        rules.isTracked(key: dispatchKey, project: TranscriptHead(path: file.path).cwd)
    }
}

/// What the first lines of a transcript say of its session.
package struct TranscriptHead: Sendable {
    package private(set) var sessionID = ""
    package private(set) var cwd = ""

    /// The first lines may be summaries of other sessions, without an id.
    private static let linesRead = 50

    package init(path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var lines = FileLines(descriptor, named: path, from: 0)
        var left = Self.linesRead
        // What cannot be read says nothing.
        while left > 0, sessionID.isEmpty || cwd.isEmpty,
            (try? lines.next { text, _, _ in
                guard let line = TranscriptLine.read(text, at: text.skipSpace(0)) else { return text.count }
                if sessionID.isEmpty { sessionID = line.sessionID }
                if cwd.isEmpty { cwd = line.cwd }
                return text.count
            }) == true
        {
            left -= 1
        }
    }
}
