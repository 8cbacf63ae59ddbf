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

    /// For people: why the last try failed; empty where none did.
    package var lastError: String {
        let words = error_message.prefix(60) + (error_message.count > 60 ? "…" : "")
        return [error_type, String(words)].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// For people: how long ago, or when it will be.
    package var when: String {
        let now = Timestamp(HostClock.wallMilliseconds)
        return at > now ? at.text : at.ago(now)
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

    private enum CodingKeys: CodingKey { case text, entries, fields }
}

extension Workplace {
    /// Episodes of the queue, those due first, a state after the other.
    /// - Parameters:
    ///   - state: all but done when nil.
    ///   - limit: at most so many of each state.
    /// - Throws: `Failure` for a state that there is not.
    package func episodes(state: String?, limit: Int) throws -> [EpisodeRow] {
        var states: [EpisodeQueue.State] = [.scheduled, .leased, .dead]
        if let state {
            guard let chosen = EpisodeQueue.State(rawValue: state) else {
                throw Failure(.usage, "--state \(state): choose scheduled, leased, dead or done")
            }
            states = [chosen]
        }
        guard limit > 0 else { throw Failure(.usage, "--limit \(limit): must be 1 or more") }
        var connection = try connect()
        var rows: [EpisodeRow] = []
        for state in states {
            let page = try connection.ask(queue.timed(state, 0..<limit))
            // Of what is done the queue has kept nothing else.
            let records = state == .done ? [] : try connection.ask(queue.episodes(page.map(\.id)))
            rows += page.enumerated().map { index, place in
                EpisodeRow(place.id, state, place.milliseconds, records.isEmpty ? nil : records[index])
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
            throw Failure(.no, "no episode \(name); see 'holdfast episodes list'")
        }
        let entries = EpisodeEntry.all(of: record.content ?? "")
        record.content = nil
        return QueuedEpisode(
            text: ConversationText.render(entries), entries: entries,
            fields: record.fields.merging(["episode_id": id.rawValue]) { $1 }, discardedAt: record.discardedAt)
    }
}
