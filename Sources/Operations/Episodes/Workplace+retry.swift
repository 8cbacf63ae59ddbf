package import Domain
internal import Redis
package import Storage

extension Workplace {
    /// Makes episodes due now; the dead get all their retries anew.
    /// - Returns: for each what became of it.
    package func retry(_ ids: [EpisodeID]) throws -> [(id: EpisodeID, state: RetryEpisodes.State)] {
        var connection = try connect()
        var states: [(EpisodeID, RetryEpisodes.State)] = []
        for start in stride(from: 0, to: ids.count, by: 100) {
            let page = Array(ids[start..<min(ids.count, start + 100)])
            states += zip(page, try connection.run(queue.retrying(page)))
        }
        // Who waits for the queue looks at it now.
        if !ids.isEmpty { try connection.wakeDrains(of: queue) }
        return states
    }

    /// All that failed for good.
    package func deadEpisodes() throws -> [EpisodeID] {
        var connection = try connect()
        return try connection.ask(queue.ids(.dead, 0..<100_000))
    }

    /// Gives up what episodes say; they never come back.
    /// - Returns: those that were there to discard.
    package func discard(_ ids: [EpisodeID]) throws -> [EpisodeID] {
        var connection = try connect()
        var discarded: [EpisodeID] = []
        for id in ids where try connection.run(queue.discarding(id)) { discarded.append(id) }
        return discarded
    }
}
