package import Domain
internal import Redis
internal import Settings
internal import Storage

extension Workplace {
    /// The last changes of sessions and episodes, the newest first.
    package func events(limit: Int) throws -> [Event] {
        guard (1...10_000).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 10000") }
        var connection = try connect()
        let replies = try connection.pipeline(
            [settings.keys.events.name, queue.keys.events.name].map {
                ["XREVRANGE", $0, "+", "-", "COUNT", String(limit)]
            })
        if case .error(let message) = replies[0] { throw RedisError(reply: message) }
        let all = zip([Event.Scope.registry, .pool], replies).flatMap { scope, reply in
            (reply.array ?? []).compactMap { Event($0, scope) }
        }
        return Array(all.sorted { $0.milliseconds > $1.milliseconds }.prefix(limit))
    }

    /// What changed last with a key, among the last thousand changes of sessions.
    package func lastEvent(of key: DispatchKey) throws -> Event? {
        var connection = try connect()
        let entries = try connection.send(["XREVRANGE", settings.keys.events.name, "+", "-", "COUNT", "1000"])
        return (entries.array ?? []).lazy.compactMap { Event($0, .registry) }.first { $0.dispatch_key == key.rawValue }
    }
}
