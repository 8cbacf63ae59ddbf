/// What a hook, a dispatch or a person has to tell the registry about one session. A note on disk is this, as JSON.
package struct SessionNews: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case started, prompted, stopped, worked, ended, cleared
        /// A resume was tried and the client said the session does not exist.
        case resumeFailed = "resume_failed"
        /// The binding was given up without trying it.
        case dropped
        /// Its transcript was put back; the reason says how whole it is.
        case restored
    }

    package enum Presence: String, Sendable, Codable { case found, absent, unknown }

    package var kind: Kind
    package var sessionID: SessionID
    package var dispatchKey: DispatchKey?
    package var moment: Moment
    package var host: String
    package var maxSessionAgeMilliseconds: Int64
    package var configDirectory = ""
    package var cwd = ""
    package var transcriptPath = ""
    package var transcript = Presence.unknown
    /// The mark of the storage the transcript lies in (`TranscriptSource`).
    package var projectsFolder = ""
    package var process: ClientProcess?
    /// Where the numbers of processes count (`ProcessSpace`); older notes do not say it.
    package var processSpace: String?
    /// The processes above the client, nearest first, to find out whether another session started it.
    package var ancestors: [ClientProcess] = []
    /// `HOLDFAST_OUTER_SESSION`, where that is another session than this.
    package var outerSession: SessionID?
    /// `startup`, `resume`, `clear`, `compact` or `fork`, for `started`.
    package var source = ""
    /// Why it ended, or why it was dropped.
    package var reason = ""
    package var model = ""
    /// For `ended`: no start of this process waits in the spool, so a missing record means there was none.
    package var startIsNotPending = false
    /// For `ended`: another process has the session open, so what this one was told of it says nothing.
    package var isHeld: Bool?
    /// For `stopped`: why the turn got no answer, as `TurnFailure` names it.
    package var failure: String?
    /// For `stopped`: whose account was asked (`CredentialMark`).
    package var credential: String?
    /// For `stopped`: until when the account may not ask, ms since 1970.
    package var limitedUntilMilliseconds: Int64?
    /// For `resumeFailed`: the transcript exists, so the binding stays.
    package var isKept = false

    enum CodingKeys: String, CodingKey {
        case kind, moment, host, cwd, transcript, process, ancestors, source, reason, model, failure, credential
        case limitedUntilMilliseconds = "limited_until_ms"
        case sessionID = "session_id"
        case dispatchKey = "dispatch_key"
        case maxSessionAgeMilliseconds = "max_session_age_ms"
        case configDirectory = "config_dir"
        case transcriptPath = "transcript_path"
        case projectsFolder = "projects_folder"
        case outerSession = "outer_session"
        case processSpace = "process_space"
        case startIsNotPending = "start_is_not_pending"
        case isKept = "is_kept"
        case isHeld = "is_held"
    }

    package init(
        _ kind: Kind, of sessionID: SessionID, key: DispatchKey?, at moment: Moment, host: String,
        maxSessionAgeMilliseconds: Int64
    ) {
        self.kind = kind
        self.sessionID = sessionID
        self.dispatchKey = key
        self.moment = moment
        self.host = host
        self.maxSessionAgeMilliseconds = maxSessionAgeMilliseconds
    }
}

/// What a look for a session's transcript found.
package enum TranscriptPresence: Sendable, Equatable {
    case found(path: String)
    /// Every folder that could hold it was read, and none does.
    case absent
    /// Not known: the storage, or a folder inside, could not be read. Never a reason to drop anything.
    case unknown(reason: String)
}

extension SessionNews {
    /// The news as one JSON object, as `JSONEncoder` would write it. By hand, since every hook writes it, and looking up
    /// the encoder's conformances took a quarter of a hook's time.
    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.kind, kind.rawValue)
        object.add(.sessionID, sessionID.rawValue)
        if let dispatchKey { object.add(.dispatchKey, dispatchKey.rawValue) }
        object.add(.moment, raw: moment.json)
        object.add(.host, host)
        object.add(.maxSessionAgeMilliseconds, raw: String(maxSessionAgeMilliseconds))
        object.add(.configDirectory, configDirectory)
        object.add(.cwd, cwd)
        object.add(.transcriptPath, transcriptPath)
        object.add(.transcript, transcript.rawValue)
        object.add(.projectsFolder, projectsFolder)
        if let process { object.add(.process, raw: process.json) }
        if let processSpace { object.add(.processSpace, processSpace) }
        // `joined` looks up conformances for what a loop does.
        var above = "["
        for ancestor in ancestors { above += (above == "[" ? "" : ",") + ancestor.json }
        object.add(.ancestors, raw: above + "]")
        if let outerSession { object.add(.outerSession, outerSession.rawValue) }
        object.add(.source, source)
        object.add(.reason, reason)
        object.add(.model, model)
        object.add(.startIsNotPending, raw: startIsNotPending ? "true" : "false")
        object.add(.isKept, raw: isKept ? "true" : "false")
        if let isHeld { object.add(.isHeld, raw: isHeld ? "true" : "false") }
        if let failure { object.add(.failure, failure) }
        if let credential { object.add(.credential, credential) }
        if let limitedUntilMilliseconds { object.add(.limitedUntilMilliseconds, raw: String(limitedUntilMilliseconds)) }
        return object.text
    }
}

extension Moment {
    fileprivate var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.wallMilliseconds, raw: String(wallMilliseconds))
        object.add(.bootID, bootID)
        object.add(.bootMilliseconds, raw: String(bootMilliseconds))
        return object.text
    }
}

extension ClientProcess {
    fileprivate var json: String { "{\"pid\":\(pid),\"start_ticks\":\(startTicks)}" }
}
