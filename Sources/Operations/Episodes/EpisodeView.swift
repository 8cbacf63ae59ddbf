internal import Archive
package import Domain
internal import FoundationEssentials
internal import Redis
internal import Storage
internal import Transcripts

/// One episode as a person reads it.
package struct EpisodeView: Encodable, Sendable {
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
        var fields: [String: String] = [:]
        var state = ""
        do {
            var connection = try connect()
            fields = try connection.episode(id, queue)
            if !fields.isEmpty { state = try place(of: id, fields, &connection) }
        } catch let error as RedisError {
            // The archive has most of it; without either there is nothing to say.
            guard archived != nil else { throw error }
        }
        guard !fields.isEmpty || archived != nil else {
            throw Failure(.no, "no episode \(id) in the queue or the archive", remedy: "see 'holdfast episodes list'")
        }
        if state.isEmpty, let archived { state = archived.place.outcome?.rawValue ?? archived.place.name }
        let entries = archived?.entries ?? Self.entries(fields["content"] ?? "")
        return EpisodeView(
            episode_id: id.rawValue, dispatch_key: fields["dispatch_key"] ?? archived?.episode.dispatchKey ?? "",
            session_id: fields["session_id"] ?? archived?.episode.sessionID ?? "",
            captured_at: fields["captured_at"] ?? archived.map { ISOTime.text($0.episode.capturedMilliseconds) } ?? "",
            state: state, error_type: fields["error_type"] ?? archived?.errorType ?? "",
            error_message: fields["error_message"] ?? archived?.errorMessage ?? "",
            retry_count: fields["retry_count"].flatMap { Int($0) } ?? archived?.episode.retryCount ?? 0,
            next_retry: fields["next_retry_at"].flatMap { $0.isEmpty ? nil : $0 }, title: archived?.title ?? "",
            digest: archived?.digest ?? "", text: ConversationText.render(entries),
            memory: archived?.memory.map(MemoryView.init))
    }

    private func place(
        of id: EpisodeID, _ fields: [String: String], _ connection: inout RedisConnection
    ) throws(RedisError) -> String {
        if fields["discarded_at"] != nil { return "discarded" }
        let sets = [queue.keys.schedule, queue.keys.leases, queue.keys.dead]
        let scores = try connection.pipeline(sets.map { ["ZSCORE", $0, id.rawValue] })
        return zip(["scheduled", "leased", "dead"], scores).first { $1.text != nil }?.0 ?? ""
    }

    package static func entries(_ content: String) -> [EpisodeEntry] {
        let decoder = JSONDecoder()
        return content.split(separator: "\n").compactMap { try? decoder.decode(EpisodeEntry.self, from: Data($0.utf8)) }
    }

    /// - Throws: `Failure` for what is no episode's ID.
    package static func episodeID(_ text: String) throws(Failure) -> EpisodeID {
        guard let id = EpisodeID(rawValue: text) else {
            throw Failure(
                .badInput, "'\(text)' is no episode ID: 32 hexadecimal digits, as 'holdfast episodes list' shows")
        }
        return id
    }
}
