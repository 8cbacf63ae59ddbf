internal import Archive
package import Domain
internal import Platform
internal import Redis
internal import Storage
internal import Transcripts

/// An episode in a list of the queue's.
package struct EpisodeRow: Encodable, Sendable {
    package let episode_id: String
    package let state: String
    /// Due, end of lease, failed or done: what the state's set is ordered by.
    package let at: Timestamp
    package let session_id: String
    package let dispatch_key: String
    package let entries: Int64?
    package let session_file: String
    package let bytes_from: Int64?
    package let bytes_to: Int64?
    package let captured_at: String
    package let retry_count: Int?
    package let error_type: String
    package let error_message: String

    init(_ id: EpisodeID, _ state: EpisodeQueue.State, _ at: Int64, _ record: EpisodeRecord?) {
        episode_id = id.rawValue
        self.state = state.rawValue
        self.at = Timestamp(at)
        session_id = record?.sessionID ?? ""
        dispatch_key = record?.dispatchKey?.rawValue ?? ""
        entries = record?.entryCount
        session_file = record?.sessionFile ?? ""
        bytes_from = record?.bytes.lowerBound
        bytes_to = record?.bytes.upperBound
        captured_at = record?.capturedAt ?? ""
        retry_count = record.map { Int($0.retryCount) }
        error_type = record?.errorType ?? ""
        error_message = record?.errorMessage ?? ""
    }

    /// One that is done, as the archive has it.
    init(_ id: EpisodeID, doneAt: Int64, _ archived: ArchivedEpisode?) {
        episode_id = id.rawValue
        state = EpisodeQueue.State.done.rawValue
        at = Timestamp(doneAt)
        session_id = archived?.episode.sessionID ?? ""
        dispatch_key = archived?.episode.dispatchKey ?? ""
        entries = archived.map { Int64($0.entries.count) }
        session_file = ""
        bytes_from = nil
        bytes_to = nil
        captured_at = archived.map { ISOTime.text($0.episode.capturedMilliseconds) } ?? ""
        retry_count = archived?.episode.retryCount
        error_type = archived?.errorType ?? ""
        error_message = archived?.errorMessage ?? ""
    }

    /// For people: why the last try failed; empty where none did.
    package var lastError: String {
        let words = error_message.prefix(60) + (error_message.count > 60 ? "…" : "")
        return [error_type, String(words)].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// For people: how long ago, or when it will be.
    package var when: String {
        at.away(Timestamp(HostClock.wallMilliseconds))
    }
}

/// An episode as the queue has it, with what was said.
package struct QueuedEpisode: Encodable, Sendable {
    package let text: String
    package let entries: [EpisodeEntry]
    /// All else that is recorded of it.
    package let fields: [String: String]

    /// nil unless it was given up.
    package let discardedAt: String?
    /// Why the last try failed, its class first; nil where none did.
    package let failure: String?

    private enum CodingKeys: CodingKey { case text, entries, fields }
}

extension QueuedEpisode {
    /// One that the queue has no more.
    init(_ archived: ArchivedEpisode) {
        self.init(
            text: ConversationText.render(archived.told), entries: archived.told,
            fields: [
                "episode_id": archived.episode.id.rawValue, "dispatch_key": archived.episode.dispatchKey,
                "session_id": archived.episode.sessionID,
                "state": archived.place.outcome?.rawValue ?? archived.place.name,
                "captured_at": ISOTime.text(archived.episode.capturedMilliseconds),
            ], discardedAt: nil, failure: nil)
    }
}

extension Workplace {
    /// Episodes of the queue, those due first, a state after the other.
    /// - Parameters:
    ///   - state: all but done when nil.
    ///   - limit: at most so many in all.
    /// - Throws: `Failure` for a state that there is not.
    package func episodes(state: String?, limit: Int) throws -> [EpisodeRow] {
        var states: [EpisodeQueue.State] = [.scheduled, .leased, .dead]
        if let state {
            guard let chosen = EpisodeQueue.State(rawValue: state) else {
                throw Failure(.usage, "--state \(state): choose scheduled, leased, dead or done")
            }
            states = [chosen]
        }
        guard (1...10_000).contains(limit) else {
            throw Failure(.usage, "--limit is \(limit); allowed: 1 to 10000")
        }
        var connection = try connect()
        var rows: [EpisodeRow] = []
        for state in states where rows.count < limit {
            let page = try connection.ask(queue.timed(state, 0..<limit - rows.count))
            if state == .done {
                // The queue has kept nothing else of them.
                let archive = archiveIfAny
                rows += page.map { EpisodeRow($0.id, doneAt: $0.milliseconds, try? archive?.show($0.id)) }
            } else {
                let records = try connection.ask(queue.episodes(page.map(\.id)))
                rows += zip(page, records).map { EpisodeRow($0.id, state, $0.milliseconds, $1) }
            }
        }
        return rows
    }

    /// What the queue has of an episode.
    /// - Throws: `Failure` where it has nothing.
    package func queuedEpisode(_ name: String) throws -> QueuedEpisode {
        let id = try episodeID(name)
        var connection = try connect()
        guard var record = try connection.ask(queue.episode(id)) else {
            // Done, and printed by lists all the same.
            guard let archived = try archiveIfAny?.show(id) else {
                throw Failure(.no, "no episode \(name)", remedy: "see 'holdfast episodes list'")
            }
            return QueuedEpisode(archived)
        }
        let entries = EpisodeEntry.all(of: record.content ?? "")
        record.content = nil
        return QueuedEpisode(
            text: ConversationText.render(entries), entries: entries,
            fields: record.fields.merging(["episode_id": id.rawValue]) { $1 }, discardedAt: record.discardedAt,
            failure: record.errorType.isEmpty
                ? nil : [record.errorType, record.errorMessage].filter { !$0.isEmpty }.joined(separator: ": "))
    }
}
