/// Dispatch key → session that will resume.
package struct Binding: Sendable, Equatable, Codable {
    package var dispatchKey: DispatchKey
    package var sessionID: SessionID
    /// Since 1970.
    package var lastUsedMilliseconds: Int64
    package var host: String
    package var configDirectory: String
    package var cwd: String
    package var transcriptPath: String

    enum CodingKeys: String, CodingKey {
        case host, cwd
        case dispatchKey = "dispatch_key"
        case sessionID = "session_id"
        case lastUsedMilliseconds = "last_used_ms"
        case configDirectory = "config_dir"
        case transcriptPath = "transcript_path"
    }

    package init(
        dispatchKey: DispatchKey, sessionID: SessionID, lastUsedMilliseconds: Int64, host: String,
        configDirectory: String,
        cwd: String, transcriptPath: String
    ) {
        self.dispatchKey = dispatchKey
        self.sessionID = sessionID
        self.lastUsedMilliseconds = lastUsedMilliseconds
        self.host = host
        self.configDirectory = configDirectory
        self.cwd = cwd
        self.transcriptPath = transcriptPath
    }

    /// The binding to the session that news tells of, if it has a key.
    package init?(_ news: SessionNews) {
        guard let key = news.dispatchKey else { return nil }
        self.init(
            dispatchKey: key, sessionID: news.sessionID, lastUsedMilliseconds: news.moment.wallMilliseconds,
            host: news.host,
            configDirectory: news.configDirectory, cwd: news.cwd, transcriptPath: news.transcriptPath)
    }

    /// As `JSONEncoder` would write it; by hand, since hooks write it.
    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.dispatchKey, dispatchKey.rawValue)
        object.add(.sessionID, sessionID.rawValue)
        object.add(.lastUsedMilliseconds, raw: String(lastUsedMilliseconds))
        object.add(.host, host)
        object.add(.configDirectory, configDirectory)
        object.add(.cwd, cwd)
        object.add(.transcriptPath, transcriptPath)
        return object.text
    }

    package func isExpired(atMilliseconds now: Int64, maxAgeMilliseconds: Int64) -> Bool {
        now - lastUsedMilliseconds > maxAgeMilliseconds
    }
}

/// How long a binding may stay unused before it is dropped: for all agents, and for single ones.
package struct SessionAges: Sendable, Equatable {
    package static let standard = SessionAges(standardMilliseconds: 86_400_000)

    package var standardMilliseconds: Int64
    package var byAgentMilliseconds: [String: Int64]

    package init(standardMilliseconds: Int64, byAgentMilliseconds: [String: Int64] = [:]) {
        self.standardMilliseconds = standardMilliseconds
        self.byAgentMilliseconds = byAgentMilliseconds
    }

    /// The same, none of them shorter.
    package func lasting(atLeast milliseconds: Int64) -> SessionAges {
        SessionAges(
            standardMilliseconds: max(standardMilliseconds, milliseconds),
            byAgentMilliseconds: byAgentMilliseconds.mapValues { max($0, milliseconds) })
    }

    package func milliseconds(for key: DispatchKey) -> Int64 {
        byAgentMilliseconds[key.agent] ?? standardMilliseconds
    }
}

/// What becomes of a session that was unused for longer than its maximum age.
package enum ExpiredAction: String, Sendable, CaseIterable {
    /// Its key starts fresh.
    case fresh
    /// It is resumed all the same, as long as the vault keeps it: a client knows no age.
    case resume
}

/// Why a binding went: the label of `claude_session_drops_total`.
package enum DropReason: String, Sendable, CaseIterable, Codable {
    /// Unused for longer than the maximum session age, found at a lookup.
    case expired
    /// The transcript is nowhere on the binding's own host.
    case missing
    /// A resume was tried and failed.
    case failed
    /// As `expired`, found by the sweep.
    case swept
    /// `/clear`.
    case cleared
    /// By hand.
    case manual
}
