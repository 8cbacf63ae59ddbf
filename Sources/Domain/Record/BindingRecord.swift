/// What a dispatch key has: the hash `binding:<dispatch key>`. It may hold a candidate alone.
package struct BindingRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case host, cwd
        case sessionID = "session_id"
        case candidateID = "candidate_id"
        case lastUsedAt = "last_used_at"
        case lastUsedMilliseconds = "last_used_ms"
        case boundAt = "bound_at"
        case boundBy = "bound_by"
        case configDirectory = "config_dir"
        case transcriptPath = "transcript_path"
    }

    /// The session that resumes.
    package var sessionID: SessionID?
    /// A younger session, not yet known to be resumable.
    package var candidateID: SessionID?
    /// ISO 8601.
    package var lastUsedAt: String?
    /// Since 1970.
    package var lastUsedMilliseconds: Int64?
    /// ISO 8601.
    package var boundAt: String?
    /// Host, pid and start of the process that brought the session to the key.
    package var boundBy = ""
    package var host = ""
    package var configDirectory = ""
    package var cwd = ""
    package var transcriptPath = ""

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        sessionID = fields[.sessionID].flatMap(SessionID.init)
        candidateID = fields[.candidateID].flatMap(SessionID.init)
        lastUsedAt = fields[.lastUsedAt]
        lastUsedMilliseconds = fields.whole(.lastUsedMilliseconds)
        boundAt = fields[.boundAt]
        boundBy = fields.text(.boundBy)
        host = fields.text(.host)
        configDirectory = fields.text(.configDirectory)
        cwd = fields.text(.cwd)
        transcriptPath = fields.text(.transcriptPath)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.sessionID] = sessionID?.rawValue
        fields[.candidateID] = candidateID?.rawValue
        fields[.lastUsedAt] = lastUsedAt
        fields.set(.lastUsedMilliseconds, lastUsedMilliseconds)
        fields[.boundAt] = boundAt
        fields.set(.boundBy, orNothing: boundBy)
        // A binding says all of where its session was, be it unknown; a candidate alone says nothing.
        guard sessionID != nil else { return fields.hash }
        fields[.host] = host
        fields[.configDirectory] = configDirectory
        fields[.cwd] = cwd
        fields[.transcriptPath] = transcriptPath
        return fields.hash
    }

    /// The binding itself; nil where the key has no more than a candidate.
    package func binding(of key: DispatchKey) -> Binding? {
        guard let sessionID else { return nil }
        return Binding(
            dispatchKey: key, sessionID: sessionID, lastUsedMilliseconds: lastUsedMilliseconds ?? 0, host: host,
            configDirectory: configDirectory, cwd: cwd, transcriptPath: transcriptPath)
    }
}

extension SessionRecord {
    /// What a binding knows of its session: where it was when it was bound or last used. Put over what is known of the
    /// session otherwise.
    package func overlaid(by binding: Binding) -> SessionRecord {
        var record = self
        record.lastUsedMilliseconds = binding.lastUsedMilliseconds
        record.host = binding.host
        record.configDirectory = binding.configDirectory
        record.cwd = binding.cwd
        record.transcriptPath = binding.transcriptPath
        return record
    }
}
