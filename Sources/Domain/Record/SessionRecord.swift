/// What is known of one session: the hash `session:<id>`.
package struct SessionRecord: Sendable, Equatable {
    package enum State: String, Sendable { case active, idle, ended }

    package enum Field: String, CaseIterable, Sendable {
        case state, source, cwd, host, pid, model, turns, resumes
        case dispatchKey = "dispatch_key"
        case startedAt = "started_at"
        case lastUsedAt = "last_used_at"
        case lastUsedMilliseconds = "last_used_ms"
        case lastEvent = "last_event"
        case endedAt = "ended_at"
        case endReason = "end_reason"
        case transcriptPath = "transcript_path"
        case configDirectory = "config_dir"
        case projectsFolder = "projects_folder"
        case processStart = "pid_start"
        case processSpace = "pid_space"
        case droppedMilliseconds = "dropped_ms"
        case droppedEvent = "dropped_event"
        case failures, failure
        case failedAt = "failed_at"
        case refusals
        case refusedAt = "refused_at"
        case refusedMilliseconds = "refused_ms"
        case refusedEvent = "refused_event"
        case refusedIn = "refused_in"
        case refusedBy = "refused_by"
        case carriedReason = "carried_reason"
        case carriedFrom = "carried_from"
    }

    package var dispatchKey: DispatchKey?
    package var state: State?
    /// `startup`, `resume`, `clear`, `fork`, or `fork?` for a guess.
    package var source = ""
    /// ISO 8601, as all times of a record that end in `At`.
    package var startedAt: String?
    package var lastUsedAt: String?
    /// Since 1970.
    package var lastUsedMilliseconds: Int64?
    /// Boot ID and ms since boot of the latest news.
    package var lastEvent = ""
    package var endedAt: String?
    package var endReason = ""
    package var cwd = ""
    package var transcriptPath = ""
    package var configDirectory = ""
    /// Device and inode of the projects folder, as it was when the transcript was seen.
    package var projectsFolder = ""
    package var host = ""
    /// The client that drives it.
    package var process: ClientProcess?
    package var model = ""
    package var turns: Int64 = 0
    package var resumes: Int64 = 0
    /// When it was last taken from its key; older news never binds it.
    package var droppedMilliseconds: Int64?
    package var droppedEvent = ""
    /// Where the process number counts (`ProcessSpace`).
    package var processSpace = ""
    /// How often in a row the API refused its conversation, with which class, and when last (ISO 8601).
    package var failures: Int64 = 0
    package var failure = ""
    package var failedAt: String?
    /// How often in a row a client refused to resume it; it has not been used since.
    package var refusals: Int64 = 0
    package var refusedAt: String?
    package var refusedMilliseconds: Int64?
    package var refusedEvent = ""
    /// The folder in which the client was started that refused it last; empty where that is not known.
    package var refusedIn = ""
    /// Who told of that: `client`, its own last hook, or `caller`.
    package var refusedBy = ""
    /// Why it was shown the key's conversation at its start, and the session that could not be resumed then.
    package var carriedReason: CarryReason?
    package var carriedFrom: SessionID?

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        dispatchKey = fields[.dispatchKey].flatMap { try? DispatchKey($0) }
        state = fields[.state].flatMap(State.init)
        source = fields.text(.source)
        startedAt = fields[.startedAt]
        lastUsedAt = fields[.lastUsedAt]
        lastUsedMilliseconds = fields.whole(.lastUsedMilliseconds)
        lastEvent = fields.text(.lastEvent)
        endedAt = fields[.endedAt]
        endReason = fields.text(.endReason)
        cwd = fields.text(.cwd)
        transcriptPath = fields.text(.transcriptPath)
        configDirectory = fields.text(.configDirectory)
        projectsFolder = fields.text(.projectsFolder)
        host = fields.text(.host)
        if let pid = fields[.pid].flatMap({ Int32($0) }), let start = fields[.processStart].flatMap({ UInt64($0) }) {
            process = ClientProcess(pid: pid, startTicks: start)
        }
        model = fields.text(.model)
        turns = fields.whole(.turns) ?? 0
        resumes = fields.whole(.resumes) ?? 0
        droppedMilliseconds = fields.whole(.droppedMilliseconds)
        droppedEvent = fields.text(.droppedEvent)
        processSpace = fields.text(.processSpace)
        failures = fields.whole(.failures) ?? 0
        failure = fields.text(.failure)
        failedAt = fields[.failedAt]
        refusals = fields.whole(.refusals) ?? 0
        refusedAt = fields[.refusedAt]
        refusedMilliseconds = fields.whole(.refusedMilliseconds)
        refusedEvent = fields.text(.refusedEvent)
        refusedIn = fields.text(.refusedIn)
        refusedBy = fields.text(.refusedBy)
        carriedReason = fields[.carriedReason].flatMap(CarryReason.init)
        carriedFrom = fields[.carriedFrom].flatMap(SessionID.init)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.dispatchKey] = dispatchKey?.rawValue
        fields[.state] = state?.rawValue
        fields.set(.source, orNothing: source)
        fields[.startedAt] = startedAt
        fields[.lastUsedAt] = lastUsedAt
        fields.set(.lastUsedMilliseconds, lastUsedMilliseconds)
        fields.set(.lastEvent, orNothing: lastEvent)
        fields[.endedAt] = endedAt
        fields.set(.endReason, orNothing: endReason)
        fields.set(.cwd, orNothing: cwd)
        fields.set(.transcriptPath, orNothing: transcriptPath)
        fields.set(.configDirectory, orNothing: configDirectory)
        fields.set(.projectsFolder, orNothing: projectsFolder)
        fields.set(.host, orNothing: host)
        fields.set(.pid, process.map { Int64($0.pid) })
        fields[.processStart] = process.map { String($0.startTicks) }
        fields.set(.model, orNothing: model)
        fields.set(.turns, turns == 0 ? nil : turns)
        fields.set(.resumes, resumes == 0 ? nil : resumes)
        fields.set(.droppedMilliseconds, droppedMilliseconds)
        fields[.droppedEvent] = droppedMilliseconds == nil ? nil : droppedEvent
        fields.set(.processSpace, orNothing: processSpace)
        if failures > 0 {
            fields.set(.failures, failures)
            fields.set(.failure, orNothing: failure)
            fields[.failedAt] = failedAt
        }
        fields[.carriedReason] = carriedReason?.rawValue
        fields[.carriedFrom] = carriedFrom?.rawValue
        guard refusals > 0 else { return fields.hash }
        fields.set(.refusals, refusals)
        fields[.refusedAt] = refusedAt
        fields.set(.refusedMilliseconds, refusedMilliseconds)
        fields[.refusedEvent] = refusedEvent
        fields[.refusedIn] = refusedIn
        fields[.refusedBy] = refusedBy
        return fields.hash
    }

    /// Whether its conversation was refused so often in a row that it is not offered any more.
    /// - Parameter limit: 0 for never.
    package func isRetired(after limit: Int64) -> Bool { limit > 0 && failures >= limit }

    /// Whether a client refused it at or after a moment of this host.
    package func wasRefused(since start: Moment) -> Bool {
        refusedMilliseconds != nil && Self.isLater(refusedEvent, refusedMilliseconds, than: start)
    }

    /// Whether it was used at or after a moment of this host.
    package func wasUsed(since start: Moment) -> Bool { Self.isLater(lastEvent, lastUsedMilliseconds, than: start) }

    private static func isLater(_ event: String, _ milliseconds: Int64?, than start: Moment) -> Bool {
        let parts = event.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        if parts.count == 2, parts[0] == start.bootID, let told = Int64(parts[1]) {
            return told >= start.bootMilliseconds
        }
        return (milliseconds ?? 0) >= start.wallMilliseconds
    }

    /// Whether its latest news came within this boot of its host.
    package func isOfBoot(_ bootID: String) -> Bool { lastEvent.hasPrefix(bootID + " ") }
}
