package import Domain

/// An episode as its hash in Redis holds it. What the fields hold is kept as it is: nothing is refused for a field that
/// looks odd.
package struct StoredEpisode: Sendable, Equatable {
    package var id: EpisodeID
    package var sessionID: String
    /// Empty where there is none.
    package var dispatchKey: String
    package var groupID: String
    package var host: String
    /// Empty for what no transcript holds.
    package var sessionFile: String
    package var file: FileID?
    package var generation: Int64
    package var bytes: Range<Int64>
    /// Empty where no sub-agent speaks.
    package var agentID: String
    package var filterMark: String
    /// Of the content, as it was captured.
    package var sha256: String
    package var capturedMilliseconds: Int64
    package var entryCount: Int
    /// Entries as JSON lines.
    package var content: String
    package var retryCount: Int
    /// It was there before Holdfast looked: it waits for what is live.
    package var isHistory: Bool
    /// When a person discarded it; its content is gone then.
    package var discardedMilliseconds: Int64?

    package init(
        id: EpisodeID, sessionID: String, dispatchKey: String = "", groupID: String = "", host: String = "",
        sessionFile: String = "", file: FileID? = nil, generation: Int64 = 0, bytes: Range<Int64> = 0..<0,
        agentID: String = "", filterMark: String = "", capturedMilliseconds: Int64, entryCount: Int, content: String,
        sha256: String? = nil, retryCount: Int = 0, isHistory: Bool = false, discardedMilliseconds: Int64? = nil
    ) {
        self.id = id
        self.sessionID = sessionID
        self.dispatchKey = dispatchKey
        self.groupID = groupID
        self.host = host
        self.sessionFile = sessionFile
        self.file = file
        self.generation = generation
        self.bytes = bytes
        self.agentID = agentID
        self.filterMark = filterMark
        self.sha256 = sha256 ?? SHA256.hexadecimal(of: content)
        self.capturedMilliseconds = capturedMilliseconds
        self.entryCount = entryCount
        self.content = content
        self.retryCount = retryCount
        self.isHistory = isHistory
        self.discardedMilliseconds = discardedMilliseconds
    }

    /// - Returns: nil when the hash is not an episode's: neither content nor a note of its discarding.
    package init?(id: EpisodeID, _ record: EpisodeRecord) {
        guard record.discardedAt != nil || record.content != nil else { return nil }
        self.init(
            id: id, sessionID: record.sessionID, dispatchKey: record.dispatchKey?.rawValue ?? "",
            groupID: record.groupID, host: record.host, sessionFile: record.sessionFile, file: record.file,
            generation: record.generation, bytes: record.bytes, agentID: record.agentID, filterMark: record.filterMark,
            capturedMilliseconds: record.capturedMilliseconds, entryCount: Int(record.entryCount),
            content: record.content ?? "", sha256: record.sha256, retryCount: Int(record.retryCount),
            isHistory: record.isHistory, discardedMilliseconds: record.discardedMilliseconds)
    }

    /// The hash as it was captured.
    package var record: EpisodeRecord {
        var record = EpisodeRecord()
        record.sessionID = sessionID
        // Empty for what has no key; nothing else was ever written there.
        record.dispatchKey = try? DispatchKey(dispatchKey)
        record.groupID = groupID
        record.host = host
        record.sessionFile = sessionFile
        record.file = file
        record.generation = generation
        record.bytes = bytes
        record.agentID = agentID
        record.filterMark = filterMark
        record.sha256 = sha256
        record.capturedMilliseconds = capturedMilliseconds
        record.entryCount = Int64(entryCount)
        record.content = content
        record.retryCount = Int64(retryCount)
        record.isHistory = isHistory
        return record
    }
}

/// A file's cursor with what is needed to restore it.
package struct ArchivedCursor: Sendable, Equatable {
    package var file: FileID
    package var path: String
    package var host: String
    package var cursor: Cursor
    package var capturedMilliseconds: Int64

    package init(file: FileID, path: String, host: String, cursor: Cursor, capturedMilliseconds: Int64) {
        self.file = file
        self.path = path
        self.host = host
        self.cursor = cursor
        self.capturedMilliseconds = capturedMilliseconds
    }
}
