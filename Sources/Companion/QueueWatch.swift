internal import Domain
internal import Redis
package import Storage

/// Hears of what happens to a pool's queue, or to circuits, as it happens, and wakes those who wait for it. One stream,
/// one blocking command every 20 s, on a connection of its own: two streams need not lie in one slot.
package actor QueueWatch {
    private let stream: RedisKey
    /// Whether an entry is worth waking anybody.
    private let matters: @Sendable (EventRecord) -> Bool
    private let client: RedisClient
    private let bells: [Bell]
    /// The last entry that was heard; nil before the first look.
    private var heard: String?

    private init(
        _ stream: RedisKey, client: RedisClient, bells: [Bell], matters: @escaping @Sendable (EventRecord) -> Bool
    ) {
        self.stream = stream
        self.client = client
        self.bells = bells
        self.matters = matters
    }

    /// All that happens to a pool's queue.
    package static func of(_ queue: EpisodeQueue, client: RedisClient, bells: [Bell]) -> QueueWatch {
        QueueWatch(queue.keys.events, client: client, bells: bells) { _ in true }
    }

    /// Of the registry's events circuits alone matter here.
    package static func ofCircuits(_ keys: Keys, client: RedisClient, bells: [Bell]) -> QueueWatch {
        QueueWatch(keys.events, client: client, bells: bells, matters: \.isOfCircuit)
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "queue watch") { [self] in
            await withTaskCancellationHandler {
                await round()
            } onCancel: {
                client.cut()
            }
        }
    }

    private func round() async -> Duration {
        do throws(RedisError) {
            let position = try await position()
            let entries = try await client.ask(EventsAfter(stream, position, patience: .seconds(20)))
            heard = entries.last?.id ?? position
            guard entries.contains(where: { matters($0.record) }) else { return .milliseconds(1) }
            for bell in bells { bell.ring() }
            // A burst is heard once.
            return .milliseconds(20)
        } catch {
            // What was missed meanwhile is found by those who look now and then by themselves.
            heard = nil
            for bell in bells { bell.ring() }
            return .seconds(1)
        }
    }

    /// Where to read on: what comes between two looks must not be missed. Nor what came before the first: whoever had
    /// looked for himself a moment earlier is woken to look again.
    private func position() async throws(RedisError) -> String {
        if let heard { return heard }
        let newest = try await client.ask(LatestEvents(stream, count: 1)).first?.id ?? LatestEvents.none
        heard = newest
        for bell in bells { bell.ring() }
        return newest
    }
}
