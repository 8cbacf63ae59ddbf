internal import Archive
package import Domain
internal import FoundationEssentials
internal import Redis
internal import Storage
internal import Transcripts

/// One episode as a person reads it.
package struct EpisodeView: Codable, Sendable {
    package let episode_id: String
    package let dispatch_key: String
    package let session_id: String
    package let captured_at: String
    /// scheduled, leased, dead, discarded; from the archive: queued, backlog, or how it ended.
    package let state: String
    package let error_type: String
    package let error_message: String
    package let retry_count: Int
    @OrNull package var next_retry: String?
    package let title: String
    package let digest: String
    /// What was said.
    package let text: String
    @OrNull package var memory: MemoryView?
}

extension Workplace {
    /// - Throws: `Failure` where nobody knows of it.
    package func episode(_ id: EpisodeID) throws -> EpisodeView {
        let archived = try archiveIfAny?.show(id)
        var queued: EpisodeRecord?
        var state = ""
        do throws(RedisError) {
            var connection = try connect()
            queued = try connection.ask(queue.episode(id))
            if let queued { state = try place(of: id, queued, &connection) }
        } catch {
            // The archive has most of it; without either there is nothing to say.
            guard archived != nil else { throw error }
        }
        guard queued != nil || archived != nil else {
            throw Failure(.no, "no episode \(id) in the queue or the archive", remedy: "see 'holdfast episodes list'")
        }
        if state.isEmpty, let archived { state = archived.place.outcome?.rawValue ?? archived.place.name }
        let entries = archived?.told ?? EpisodeEntry.all(of: queued?.content ?? "")
        return EpisodeView(
            episode_id: id.rawValue,
            dispatch_key: queued.map { $0.dispatchKey?.rawValue ?? "" } ?? archived?.episode.dispatchKey ?? "",
            session_id: queued?.sessionID ?? archived?.episode.sessionID ?? "",
            captured_at: queued?.capturedAt ?? archived.map { ISOTime.text($0.episode.capturedMilliseconds) } ?? "",
            state: state, error_type: queued.map(\.errorType) ?? archived?.errorType ?? "",
            error_message: queued.map(\.errorMessage) ?? archived?.errorMessage ?? "",
            retry_count: queued.map { Int($0.retryCount) } ?? archived?.episode.retryCount ?? 0,
            next_retry: queued?.nextRetryAt, title: archived?.title ?? "",
            digest: archived?.digest ?? "", text: ConversationText.render(entries),
            memory: archived?.memory.map(MemoryView.init))
    }

    private func place(
        of id: EpisodeID, _ queued: EpisodeRecord, _ connection: inout RedisConnection
    ) throws(RedisError) -> String {
        if queued.discardedAt != nil { return "discarded" }
        return try connection.ask(queue.state(of: id))?.rawValue ?? ""
    }
}
