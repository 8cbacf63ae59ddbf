package import Domain
package import Redis

/// One entry of an `events` stream.
package struct RecordedEvent: Sendable, Equatable {
    /// Of the stream's entry; unique within its stream, and in order.
    package var id: String
    /// By the server's clock, since 1970.
    package var milliseconds: Int64
    package var record: EventRecord

    init(_ entry: StreamEntry) {
        id = entry.id
        milliseconds = entry.milliseconds ?? 0
        record = EventRecord(fields: entry.fields)
    }
}

/// The last changes that a stream tells of, the newest first.
package struct LatestEvents: RedisCommand {
    private let command: XREVRANGE

    package init(_ stream: RedisKey, count: Int) { command = XREVRANGE(stream, count: count) }

    /// Where the entries of a stream begin.
    package static let none = StreamEntry.beginning

    package var request: RedisRequest { command.request }
    package func read(_ reply: RedisReply) -> [RecordedEvent] { command.read(reply).map(RecordedEvent.init) }
}

/// What a stream tells of behind an entry, the oldest first; the server waits a while where there is nothing yet.
package struct EventsAfter: RedisCommand {
    private let command: XREAD

    /// - Parameter patience: less than the connection waits for a reply.
    package init(_ stream: RedisKey, _ id: String, patience: Duration = .seconds(2)) {
        command = XREAD(stream, after: id, count: 500, blocking: patience)
    }

    package var request: RedisRequest { command.request }
    package func read(_ reply: RedisReply) -> [RecordedEvent] { command.read(reply).map(RecordedEvent.init) }
}
