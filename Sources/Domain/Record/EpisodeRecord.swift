/// One captured span and how its way through the queue went so far: the hash `episode:<id>`.
package struct EpisodeRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case host, generation, entries, filter, content, sha256, archived, attempts, cause, revived
        case sessionID = "session_id"
        case dispatchKey = "dispatch_key"
        case groupID = "group_id"
        case agentID = "agent_id"
        case sessionFile = "session_file"
        case fileID = "file_id"
        case bytesFrom = "bytes_from"
        case bytesTo = "bytes_to"
        case capturedAt = "captured_at"
        case capturedMilliseconds = "captured_ms"
        case needsReprocessing = "needs_reprocessing"
        case isHistory = "is_history"
        case retryCount = "retry_count"
        case nextRetryAt = "next_retry_at"
        case leaseToken = "lease_token"
        case leaseOwner = "lease_owner"
        case failedAt = "failed_at"
        case failedMilliseconds = "failed_ms"
        case errorType = "error_type"
        case errorMessage = "error_message"
        case discardedAt = "discarded_at"
    }

    package var sessionID = ""
    package var dispatchKey: DispatchKey?
    package var groupID = ""
    /// The sub-agent that speaks; empty where none does.
    package var agentID = ""
    package var host = ""
    /// Empty for what no transcript holds.
    package var sessionFile = ""
    package var file: FileID?
    package var generation: Int64 = 0
    package var bytes: Range<Int64> = 0..<0
    package var entryCount: Int64 = 0
    /// Of the policy that chose what is kept.
    package var filterMark = ""
    /// Entries as JSON lines; nil once discarded.
    package var content: String?
    /// Of the content, as it was captured.
    package var sha256 = ""
    /// ISO 8601.
    package var capturedAt = ""
    /// Since 1970.
    package var capturedMilliseconds: Int64 = 0
    package var isArchived = false
    /// Whether a memory is wanted of it.
    package var needsReprocessing = true
    /// It was there before Holdfast looked: it waits for what is live.
    package var isHistory = false
    /// Failed calls of the model.
    package var retryCount: Int64 = 0
    /// Leases that ran out.
    package var attempts: Int64 = 0
    /// ISO 8601; empty for the dead.
    package var nextRetryAt: String?
    package var leaseToken: String?
    package var leaseOwner: String?
    /// ISO 8601.
    package var failedAt: String?
    package var failedMilliseconds: Int64?
    /// The class of failure, `crash` for one that killed its workers.
    package var errorType = ""
    /// One line, redacted.
    package var errorMessage = ""
    /// Whom the failure is blamed on: what a recovery releases.
    package var cause: FailureCause?
    /// A dead letter comes back by itself once.
    package var isRevived = false
    /// ISO 8601; when a person gave it up.
    package var discardedAt: String?

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        sessionID = fields.text(.sessionID)
        dispatchKey = fields[.dispatchKey].flatMap { try? DispatchKey($0) }
        groupID = fields.text(.groupID)
        agentID = fields.text(.agentID)
        host = fields.text(.host)
        sessionFile = fields.text(.sessionFile)
        file = fields[.fileID].flatMap(FileID.init)
        generation = fields.whole(.generation) ?? 0
        let from = fields.whole(.bytesFrom) ?? 0
        bytes = from..<max(from, fields.whole(.bytesTo) ?? from)
        entryCount = fields.whole(.entries) ?? 0
        filterMark = fields.text(.filter)
        content = fields.has(.content) ? fields.text(.content) : nil
        sha256 = fields.text(.sha256)
        capturedAt = fields.text(.capturedAt)
        capturedMilliseconds = fields.whole(.capturedMilliseconds) ?? 0
        isArchived = fields.flag(.archived)
        needsReprocessing = fields.text(.needsReprocessing) != "0"
        isHistory = fields.flag(.isHistory)
        retryCount = fields.whole(.retryCount) ?? 0
        attempts = fields.whole(.attempts) ?? 0
        nextRetryAt = fields[.nextRetryAt]
        leaseToken = fields[.leaseToken]
        leaseOwner = fields[.leaseOwner]
        failedAt = fields[.failedAt]
        failedMilliseconds = fields.whole(.failedMilliseconds)
        errorType = fields.text(.errorType)
        errorMessage = fields.text(.errorMessage)
        cause = fields[.cause].flatMap(FailureCause.init)
        isRevived = fields.flag(.revived)
        discardedAt = fields[.discardedAt]
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.sessionID] = sessionID
        fields[.dispatchKey] = dispatchKey?.rawValue ?? ""
        fields[.groupID] = groupID
        fields.set(.agentID, orNothing: agentID)
        fields[.host] = host
        fields[.sessionFile] = sessionFile
        fields[.fileID] = file?.rawValue
        fields.set(.generation, generation)
        fields.set(.bytesFrom, bytes.lowerBound)
        fields.set(.bytesTo, bytes.upperBound)
        fields.set(.entries, entryCount)
        fields[.filter] = filterMark
        fields[.content] = content
        fields[.sha256] = sha256
        fields[.capturedAt] = capturedAt
        fields.set(.capturedMilliseconds, capturedMilliseconds)
        fields.set(.archived, isArchived)
        fields.set(.needsReprocessing, needsReprocessing)
        fields.set(.isHistory, isHistory)
        fields.set(.retryCount, retryCount)
        fields.set(.attempts, attempts)
        fields[.nextRetryAt] = nextRetryAt
        fields[.leaseToken] = leaseToken
        fields[.leaseOwner] = leaseOwner
        if failedAt != nil {
            fields[.failedAt] = failedAt
            fields.set(.failedMilliseconds, failedMilliseconds)
            fields[.errorType] = errorType
            fields[.errorMessage] = errorMessage
        }
        fields[.cause] = cause?.rawValue
        if isRevived { fields.set(.revived, true) }
        fields[.discardedAt] = discardedAt
        return fields.hash
    }

    /// When a person gave it up, ms since 1970.
    package var discardedMilliseconds: Int64? {
        // A time that a hand has mangled still says that it was given up.
        discardedAt.map { ISOTime.milliseconds($0) ?? capturedMilliseconds }
    }

    /// As it was captured, for a Redis that has forgotten it; the content goes beside it.
    package var restorable: [String: String] {
        var captured = EpisodeRecord()
        captured.sessionID = sessionID
        captured.dispatchKey = dispatchKey
        captured.groupID = groupID
        captured.agentID = agentID
        captured.host = host
        captured.sessionFile = sessionFile
        captured.file = file
        captured.generation = generation
        captured.bytes = bytes
        captured.entryCount = entryCount
        captured.filterMark = filterMark
        captured.sha256 = sha256
        captured.capturedAt = ISOTime.text(capturedMilliseconds)
        captured.capturedMilliseconds = capturedMilliseconds
        captured.isHistory = isHistory
        captured.retryCount = retryCount
        return captured.fields
    }
}
