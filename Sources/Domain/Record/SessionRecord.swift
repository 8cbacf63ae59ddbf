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
        case droppedMilliseconds = "dropped_ms"
        case droppedEvent = "dropped_event"
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
        return fields.hash
    }

    /// Whether its latest news came within this boot of its host.
    package func isOfBoot(_ bootID: String) -> Bool { lastEvent.hasPrefix(bootID + " ") }
}
