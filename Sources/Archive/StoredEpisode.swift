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

    /// - Parameter fields: of the hash `episode:<id>`.
    /// - Returns: nil when the hash is not an episode's: neither content nor a note of its discarding.
    package init?(id: EpisodeID, fields: [String: String]) {
        let captured = Int64(fields["captured_ms"] ?? "") ?? 0
        var discarded = fields["discarded_ms"].flatMap { Int64($0) }
        if discarded == nil, fields["discarded_at"]?.isEmpty == false { discarded = captured }
        guard discarded != nil || fields["content"] != nil else { return nil }
        let from = Int64(fields["bytes_from"] ?? "") ?? 0
        let to = Int64(fields["bytes_to"] ?? "") ?? from
        self.init(
            id: id, sessionID: fields["session_id"] ?? "", dispatchKey: fields["dispatch_key"] ?? "",
            groupID: fields["group_id"] ?? "", host: fields["host"] ?? "", sessionFile: fields["session_file"] ?? "",
            file: fields["file_id"].flatMap { FileID(rawValue: $0) },
            generation: Int64(fields["generation"] ?? "") ?? 0, bytes: from..<max(from, to),
            agentID: fields["agent_id"] ?? "", filterMark: fields["filter"] ?? "", capturedMilliseconds: captured,
            entryCount: Int(fields["entries"] ?? "") ?? 0, content: fields["content"] ?? "",
            sha256: fields["sha256"] ?? "", retryCount: Int(fields["retry_count"] ?? "") ?? 0,
            isHistory: fields["is_history"] == "1", discardedMilliseconds: discarded)
    }
}
