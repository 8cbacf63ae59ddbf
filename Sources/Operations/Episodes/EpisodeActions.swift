internal import Domain
internal import Redis
package import Storage

/// What became of episodes that were to be tried again.
package struct RetryAnswer: Encodable, Sendable {
    package struct Episode: Encodable, Sendable {
        package let episode_id: String
        package let state: RetryEpisodes.State
    }

    /// In the order in which they were named.
    package let episodes: [Episode]

    /// How many are due now.
    package var dueCount: Int { episodes.count { $0.state == .scheduled } }
}

/// Failed episodes that were to be tried again, all at once.
package struct RetriedFailures: Encodable, Sendable {
    /// How many are due now.
    package let due: Int
    /// How many were asked for: some may be worked on already.
    package let asked: Int
}

/// What became of episodes that were to be given up.
package struct DiscardAnswer: Encodable, Sendable {
    /// Those that were there to discard.
    package let discarded: [String]
}

/// The one episode that was to be given up, and is.
package struct DiscardedEpisode: Encodable, Sendable {
    package let episode_id: String
    package let discarded = true

    private enum CodingKeys: CodingKey { case episode_id, discarded }
}

extension Workplace {
    /// Makes failed episodes due now; the dead get all their retries anew.
    /// - Parameters:
    ///   - errorClass, key: only of this class and key; empty for all.
    ///   - sinceMilliseconds: only what failed since, ms since 1970.
    ///   - onlyDead: only those that failed for good.
    package func retryFailures(
        class errorClass: String = "", key: String = "", sinceMilliseconds: Int64? = nil, onlyDead: Bool = false
    ) throws -> RetriedFailures {
        var ids: [String] = []
        var cursor: String? = ""
        while let place = cursor {
            let page = try failures(
                class: errorClass, key: key, sinceMilliseconds: sinceMilliseconds, limit: 1000, cursor: place)
            ids += page.failures.filter { !onlyDead || $0.dead }.map(\.episode_id)
            cursor = page.next_cursor
        }
        return RetriedFailures(due: try retry(ids).dueCount, asked: ids.count)
    }

    /// Makes episodes due now; the dead get all their retries anew.
    /// - Parameters:
    ///   - names: IDs of episodes.
    ///   - allDead: all that failed for good, too.
    /// - Throws: `Failure` where one is no ID.
    package func retry(_ names: [String], allDead: Bool = false) throws -> RetryAnswer {
        var ids = try names.map(episodeID)
        var connection = try connect()
        if allDead { ids += try connection.ask(queue.ids(.dead, 0..<100_000)) }
        var episodes: [RetryAnswer.Episode] = []
        for start in stride(from: 0, to: ids.count, by: 100) {
            let page = Array(ids[start..<min(ids.count, start + 100)])
            let states = try connection.run(queue.retrying(page))
            episodes += zip(page, states).map { .init(episode_id: $0.rawValue, state: $1) }
        }
        if !ids.isEmpty {
            // A person means now, whatever the provider asked for.
            try liftWait(&connection)
            // Who waits for the queue looks at it now.
            try connection.wakeDrains(of: queue)
        }
        return RetryAnswer(episodes: episodes)
    }

    /// The same for one.
    package func retry(_ name: String) throws -> RetryAnswer.Episode { try retry([name]).episodes[0] }

    /// Gives up what episodes say; they never come back.
    /// - Throws: `Failure` where one is no ID.
    package func discard(_ names: [String]) throws -> DiscardAnswer {
        let ids = try names.map(episodeID)
        var connection = try connect()
        var discarded: [String] = []
        for id in ids where try connection.run(queue.discarding(id)) { discarded.append(id.rawValue) }
        return DiscardAnswer(discarded: discarded)
    }

    /// The same for one, which must be there.
    /// - Throws: `Failure`.
    package func discard(_ name: String) throws -> DiscardedEpisode {
        guard let discarded = try discard([name]).discarded.first else {
            throw Failure(
                .no, "the queue has no episode \(name)", remedy: "it may be done or discarded already: look again")
        }
        return DiscardedEpisode(episode_id: discarded)
    }
}
