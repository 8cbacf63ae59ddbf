package import Domain
internal import Redis
internal import Settings
package import Storage

/// One entry of an `events` stream: a change that was worth telling.
package struct Event: Encodable, Sendable {
    package enum Scope: String, Encodable, Sendable { case registry, pool }

    /// Of the stream's entry; unique within its scope, and in order.
    package let id: String
    package let at: String
    package let scope: Scope
    package let event: String
    package let session_id: String
    package let dispatch_key: String
    /// Empty where it is no event of an episode.
    package let episode_id: String
    package let reason: String
    package let host: String
    package let milliseconds: Int64

    private enum CodingKeys: CodingKey { case id, at, scope, event, session_id, dispatch_key, episode_id, reason, host }

    /// - Returns: nil for what only wakes those who wait.
    package init?(_ entry: RecordedEvent, _ scope: Scope) {
        let record = entry.record
        guard !record.event.isEmpty, record.event != EventRecord.woken else { return nil }
        milliseconds = entry.milliseconds
        id = entry.id
        self.scope = scope
        event = record.event
        at = record.at ?? ISOTime.text(milliseconds)
        session_id = record.sessionID
        dispatch_key = record.dispatchKey
        episode_id = record.episodeID
        reason = record.reason
        host = record.host
    }

    /// `session 3f… dropped (missing)`.
    package var words: String {
        let what = event.split(separator: "_").joined(separator: " ")
        return (session_id.isEmpty ? what : "\(session_id) \(what)") + (reason.isEmpty ? "" : " (\(reason))")
    }
}

/// What changed last, the newest first.
package struct EventList: Encodable, Sendable {
    package let events: [Event]
}

extension Workplace {
    /// The last changes of sessions and episodes, the newest first.
    package func events(limit: Int) throws -> EventList {
        guard (1...10_000).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 10000") }
        var connection = try connect()
        let (registry, pool) = try connection.ask(
            LatestEvents(settings.keys.events, count: limit), LatestEvents(queue.keys.events, count: limit))
        let all = registry.compactMap { Event($0, .registry) } + pool.compactMap { Event($0, .pool) }
        return EventList(events: Array(all.sorted { $0.milliseconds > $1.milliseconds }.prefix(limit)))
    }

    /// What changed last with a key, among the last thousand changes of sessions.
    package func lastEvent(of key: DispatchKey) throws -> Event? {
        var connection = try connect()
        return try connection.ask(LatestEvents(settings.keys.events, count: 1000)).lazy
            .compactMap { Event($0, .registry) }.first { $0.dispatch_key == key.rawValue }
    }
}
