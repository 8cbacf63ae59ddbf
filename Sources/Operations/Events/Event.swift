internal import Domain
package import Redis

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
    package let reason: String
    package let host: String
    package let milliseconds: Int64

    private enum CodingKeys: CodingKey { case id, at, scope, event, session_id, dispatch_key, reason, host }

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
        reason = fields["reason"] ?? ""
        host = fields["host"] ?? ""
    }

    /// `session 3f… dropped (missing)`.
    package var words: String {
        let what = event.split(separator: "_").joined(separator: " ")
        return (session_id.isEmpty ? what : "\(session_id) \(what)") + (reason.isEmpty ? "" : " (\(reason))")
    }
}
