internal import Redis
package import Storage

/// Hears of what happens to a pool's queue, and to circuits, as it happens, and wakes those who wait for it. One blocking
/// command every two seconds, on a connection of its own.
package actor QueueWatch {
    /// The pool's events, and the registry's, of which circuits alone matter here.
    private let streams: [String]
    private let client: RedisClient
    private let bells: [Bell]
    /// The last entry that was heard of each stream; nil before the first look.
    private var heard: [String: String] = [:]

    package init(queue: EpisodeQueue, registry: Keys, client: RedisClient, bells: [Bell]) {
        streams = [queue.keys.events, registry.events]
        self.client = client
        self.bells = bells
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "queue watch") { [self] in await round() }
    }

    private func round() async -> Duration {
        do throws(RedisError) {
            var positions: [String] = []
            for stream in streams { positions.append(try await position(in: stream)) }
            let reply = try await client.send(
                ["XREAD", "COUNT", "500", "BLOCK", "2000", "STREAMS"] + streams + positions)
            var isOurs = false
            for part in reply.array ?? [] {
                guard let stream = part.array?.first?.text, let entries = part.array?.last?.array,
                    let newest = entries.last?.array?.first?.text
                else { continue }
                heard[stream] = newest
                isOurs = isOurs || stream == streams[0] || entries.contains(where: Self.isOfCircuit)
            }
            if isOurs { for bell in bells { bell.ring() } }
            // A burst is heard once.
            return isOurs ? .milliseconds(20) : .milliseconds(1)
        } catch {
            // What was missed meanwhile is found by those who look now and then by themselves.
            heard = [:]
            for bell in bells { bell.ring() }
            return .seconds(1)
        }
    }

    private static func isOfCircuit(_ entry: RedisReply) -> Bool {
        (entry.array?.last?.array ?? []).contains { $0.text?.hasPrefix("circuit_") ?? false }
    }

    /// Where to read on: what comes between two looks must not be missed.
    private func position(in stream: String) async throws(RedisError) -> String {
        if let last = heard[stream] { return last }
        let newest = try await client.send(["XREVRANGE", stream, "+", "-", "COUNT", "1"])
        let found = newest.array?.first?.array?.first?.text ?? "0-0"
        heard[stream] = found
        return found
    }
}
