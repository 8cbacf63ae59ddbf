internal import Domain
internal import Redis
internal import Storage

/// One entry of the `events` stream.
struct Event: Encodable {
    let event: String
    let session_id: String
    let reason: String
    let host: String
    let at: String
    let milliseconds: Int64

    enum CodingKeys: String, CodingKey { case event, session_id, reason, host, at }

    /// How far back a search goes: about a tenth of the stream.
    private static let searched = 1000

    static func last(of key: DispatchKey, _ place: Workplace) throws -> Event? {
        var connection = try place.connect()
        let entries = try connection.send([
            "XREVRANGE", place.settings.keys.events, "+", "-", "COUNT", String(searched),
        ])
        return (entries.array ?? []).lazy.compactMap { Event($0, key: key) }.first
    }

    private init?(_ entry: RedisReply, key: DispatchKey) {
        guard let parts = entry.array, parts.count == 2, let id = parts[0].text else { return nil }
        let fields = parts[1].fields
        guard fields["dispatch_key"] == key.rawValue else { return nil }
        event = fields["event"] ?? ""
        session_id = fields["session_id"] ?? ""
        reason = fields["reason"] ?? ""
        host = fields["host"] ?? ""
        at = fields["at"] ?? ""
        milliseconds = Int64(id.prefix { $0 != "-" }) ?? 0
    }

    var sentence: String {
        let why = reason.isEmpty ? "" : " (\(reason))"
        return
            "Last change: session \(session_id) \(event.split(separator: "_").joined(separator: " "))\(why), \(Terminal.ago(milliseconds))."
    }
}
