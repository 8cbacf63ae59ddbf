internal import Domain
package import Redis
internal import Settings
internal import Storage

/// Follows the streams of events over a connection of its own.
package struct EventTail: ~Copyable {
    private var connection: RedisConnection
    private let streams: [(name: String, scope: Event.Scope)]
    private var positions: [String]

    /// Begins with what is told from now on.
    package init(_ place: Workplace) throws {
        let deadlines = RedisDeadlines(connect: place.deadlines.connect, reply: .seconds(10))
        var connection = try RedisConnection(to: try place.settings.redisURL(), deadlines: deadlines)
        let streams = [(place.settings.keys.events.name, Event.Scope.registry), (place.queue.keys.events.name, .pool)]
        let last = try connection.pipeline(streams.map { ["XREVRANGE", $0.0, "+", "-", "COUNT", "1"] })
        self.init(
            connection: connection, streams: streams,
            positions: last.map { $0.array?.first?.array?.first?.text ?? "0" })
    }

    private init(
        connection: consuming RedisConnection, streams: [(name: String, scope: Event.Scope)], positions: [String]
    ) {
        self.connection = connection
        self.streams = streams
        self.positions = positions
    }

    /// Waits up to a second for what is told next.
    package mutating func next() throws(RedisError) -> [Event] {
        let reply = try connection.send(
            ["XREAD", "COUNT", "500", "BLOCK", "1000", "STREAMS"] + streams.map(\.name) + positions)
        var events: [Event] = []
        for answer in reply.array ?? [] {
            guard let parts = answer.array, parts.count == 2,
                let index = streams.firstIndex(where: { $0.name == parts[0].text })
            else { continue }
            let entries = parts[1].array ?? []
            if let last = entries.last?.array?.first?.text { positions[index] = last }
            events += entries.compactMap { Event($0, streams[index].scope) }
        }
        return events.sorted { $0.milliseconds < $1.milliseconds }
    }
}
