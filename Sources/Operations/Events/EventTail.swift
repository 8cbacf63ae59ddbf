internal import Domain
package import Redis
internal import Settings
internal import Storage

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
