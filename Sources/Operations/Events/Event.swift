package import Domain
package import Redis
internal import Settings
internal import Storage

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

    /// - Parameter entry: as `XRANGE` sends it. Nil for what only wakes those who wait.
    package init?(_ entry: RedisReply, _ scope: Scope) {
        guard let parts = entry.array, parts.count == 2, let id = parts[0].text else { return nil }
        let fields = parts[1].fields
        guard let event = fields["event"], event != "woken" else { return nil }
        milliseconds = Int64(id.prefix { $0 != "-" }) ?? 0
        self.id = id
        self.scope = scope
        self.event = event
        at = fields["at"] ?? ISOTime.text(milliseconds)
        session_id = fields["session_id"] ?? ""
        dispatch_key = fields["dispatch_key"] ?? ""
        episode_id = fields["episode_id"] ?? ""
        reason = fields["reason"] ?? ""
        host = fields["host"] ?? ""
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
        let replies = try connection.pipeline(
            [settings.keys.events, queue.keys.events].map { ["XREVRANGE", $0, "+", "-", "COUNT", String(limit)] })
        if case .error(let message) = replies[0] { throw RedisError(reply: message) }
        let all = zip([Event.Scope.registry, .pool], replies).flatMap { scope, reply in
            (reply.array ?? []).compactMap { Event($0, scope) }
        }
        return EventList(events: Array(all.sorted { $0.milliseconds > $1.milliseconds }.prefix(limit)))
    }

    /// What changed last with a key, among the last thousand changes of sessions.
    package func lastEvent(of key: DispatchKey) throws -> Event? {
        var connection = try connect()
        let entries = try connection.send(["XREVRANGE", settings.keys.events, "+", "-", "COUNT", "1000"])
        return (entries.array ?? []).lazy.compactMap { Event($0, .registry) }.first { $0.dispatch_key == key.rawValue }
    }
}
