internal import Redis
package import Storage

/// Hears of what happens to a pool's queue as it happens, and wakes those who wait for it. One blocking command every two
/// seconds, on a connection of its own.
package actor QueueWatch {
    private let events: String
    private let client: RedisClient
    private let bells: [Bell]
    /// The last entry that was heard; nil before the first look.
    private var last: String?

    package init(queue: EpisodeQueue, client: RedisClient, bells: [Bell]) {
        events = queue.keys.events
        self.client = client
        self.bells = bells
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "queue watch") { [self] in await round() }
    }

    private func round() async -> Duration {
        do throws(RedisError) {
            let from = try await position()
            let reply = try await client.send(["XREAD", "COUNT", "500", "BLOCK", "2000", "STREAMS", events, from])
            guard let entries = reply.array?.first?.array?.last?.array, let newest = entries.last?.array?.first?.text
            else { return .milliseconds(1) }
            last = newest
            for bell in bells { bell.ring() }
            // A burst is heard once.
            return .milliseconds(20)
        } catch {
            // What was missed meanwhile is found by those who look now and then by themselves.
            last = nil
            for bell in bells { bell.ring() }
            return .seconds(1)
        }
    }

    /// Where to read on: what comes between two looks must not be missed.
    private func position() async throws(RedisError) -> String {
        if let last { return last }
        let newest = try await client.send(["XREVRANGE", events, "+", "-", "COUNT", "1"])
        let found = newest.array?.first?.array?.first?.text ?? "0-0"
        last = found
        return found
    }
}
