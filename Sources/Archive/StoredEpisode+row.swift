internal import Domain
internal import GRDB

extension StoredEpisode {
    init(_ row: Row, content: String) throws {
        guard let id = EpisodeID(rawValue: try row.value("id")) else {
            throw ArchiveError.corrupt(reason: "an episode has no id")
        }
        let from: Int64 = try row.value("bytes_from")
        try self.init(
            id: id, sessionID: row.value("session_id"), dispatchKey: row.value("dispatch_key"),
            groupID: row.value("group_id"),
            host: row.value("host"), sessionFile: row.value("session_file"),
            file: FileID(rawValue: row.value("file_id")),
            generation: row.value("generation"), bytes: from..<max(from, row.value("bytes_to")),
            agentID: row.value("agent_id"),
            filterMark: row.value("filter"), capturedMilliseconds: row.value("captured_ms"),
            entryCount: row.value("entry_count"),
            content: content, sha256: row.value("sha256"), retryCount: row.value("retry_count"),
            isHistory: row.value("is_history"),
            discardedMilliseconds: row.value("discarded_ms"))
    }
}
