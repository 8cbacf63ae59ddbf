package import Domain
package import Redis
internal import Settings
package import Storage

/// One entry of an `events` stream: a change that was worth telling.
package struct Event: Codable, Sendable {
    package enum Scope: String, Codable, Sendable { case registry, pool }

    /// Of the stream's entry; unique within its scope, and in order.
    package let id: String
    package let at: Timestamp
    package let scope: Scope
    package let event: String
    package let session_id: String
    package let dispatch_key: String
    /// Empty where it is no event of an episode.
    package let episode_id: String
    package let reason: String
    package let host: String

    /// Since 1970, by the clock of Redis: a stream's ids begin with it.
    package var milliseconds: Int64 { Int64(id.prefix { $0 != "-" }) ?? 0 }

    /// - Returns: nil for what only wakes those who wait.
    package init?(_ entry: RecordedEvent, _ scope: Scope) {
        let record = entry.record
        guard !record.event.isEmpty, record.event != EventRecord.woken else { return nil }
        id = entry.id
        self.scope = scope
        event = record.event
        at = Timestamp(record.at.flatMap(ISOTime.milliseconds) ?? entry.milliseconds)
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
package struct EventList: Codable, Sendable {
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

/// Follows the streams of events over a connection of its own. They lie in two slots, so each is waited for in its turn.
package struct EventTail: ~Copyable {
    private struct Stream {
        let key: RedisKey
        let scope: Event.Scope
        /// The last entry that was read.
        var position: String
    }

    private var connection: RedisConnection
    private var streams: [Stream]

    /// How long each stream is waited for before it is the other's turn.
    private static let turn: Duration = .milliseconds(250)

    /// Begins with what is told from now on.
    package init(_ place: Workplace) throws {
        let deadlines = RedisDeadlines(connect: place.deadlines.connect, reply: .seconds(10))
        var connection = try place.connect(deadlines)
        let registry = place.settings.keys.events, pool = place.queue.keys.events
        let (last, lastOfPool) = try connection.ask(LatestEvents(registry, count: 1), LatestEvents(pool, count: 1))
        self.init(
            connection: connection,
            streams: [
                Stream(key: registry, scope: .registry, position: last.first?.id ?? LatestEvents.none),
                Stream(key: pool, scope: .pool, position: lastOfPool.first?.id ?? LatestEvents.none),
            ])
    }

    private init(connection: consuming RedisConnection, streams: [Stream]) {
        self.connection = connection
        self.streams = streams
    }

    /// Waits up to half a second for what is told next.
    package mutating func next() throws(RedisError) -> [Event] {
        var events: [Event] = []
        for index in streams.indices {
            let stream = streams[index]
            let entries = try connection.ask(EventsAfter(stream.key, stream.position, patience: Self.turn))
            streams[index].position = entries.last?.id ?? stream.position
            events += entries.compactMap { Event($0, stream.scope) }
        }
        return events.sorted { $0.milliseconds < $1.milliseconds }
    }
}
