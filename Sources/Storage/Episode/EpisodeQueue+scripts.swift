package import Domain

/// The queue's scripts, as values: each names one change of state.
extension EpisodeQueue {
    func claiming(_ count: Int, owner: String, token: String, held: Int) -> ClaimEpisodes {
        ClaimEpisodes(
            keys: [keys.schedule],
            news: .init(
                owner: owner, token: token, count: Int64(count), lease_ms: Lease.lengthMilliseconds, held: Int64(held)),
            nowMilliseconds: nowMilliseconds)
    }

    package func extending(_ leases: [Lease]) -> ExtendLeases {
        ExtendLeases(
            keys: [keys.leases], news: .init(lease_ms: Lease.lengthMilliseconds, leases: leases.map(LeaseNews.init)),
            nowMilliseconds: nowMilliseconds)
    }

    /// - Parameter delayMilliseconds: until they are due again.
    package func givingBack(_ leases: [Lease], delayMilliseconds: Int64 = 0) -> GiveBackLeases {
        GiveBackLeases(
            keys: [keys.leases], news: .init(delay_ms: delayMilliseconds, leases: leases.map(LeaseNews.init)),
            nowMilliseconds: nowMilliseconds)
    }

    package func completing(_ episodes: [CompleteEpisodes.Episode]) -> CompleteEpisodes {
        CompleteEpisodes(keys: [keys.leases], news: .init(episodes: episodes), nowMilliseconds: nowMilliseconds)
    }

    /// - Parameter message: one line, redacted.
    package func failing(
        _ lease: Lease, _ failure: FailureClass, message: String, _ verdict: RetryPolicy.Verdict
    ) -> FailEpisode {
        let (name, delay): (String, Int64) =
            switch verdict {
            case .retry(let delay): ("retry", delay)
            case .wait(let delay): ("wait", delay)
            case .dead: ("dead", 0)
            }
        return FailEpisode(
            keys: [keys.episode(lease.id)],
            news: .init(
                id: lease.id.rawValue, token: lease.token, verdict: name, delay_ms: delay,
                error_type: failure.category.rawValue, error_message: message, cause: failure.cause.rawValue),
            nowMilliseconds: nowMilliseconds)
    }

    package func retrying(_ ids: [EpisodeID]) -> RetryEpisodes {
        RetryEpisodes(keys: [keys.schedule], news: EpisodeList(ids), nowMilliseconds: nowMilliseconds)
    }

    /// - Parameters:
    ///   - offset: 0, or what the page before answered, with its delay.
    ///   - paceMilliseconds: between one episode and the next.
    ///   - count: at most so many in this page.
    package func releasing(
        from offset: Int64 = 0, count: Int64 = 100, delayMilliseconds: Int64 = 0, paceMilliseconds: Int64,
        policy: RetryPolicy
    ) -> ReleaseEpisodes {
        ReleaseEpisodes(
            keys: [keys.schedule],
            news: .init(
                offset: offset, limit: count, pace_ms: paceMilliseconds, delay_ms: delayMilliseconds,
                retry_count: max(0, policy.maximum - 1)),
            nowMilliseconds: nowMilliseconds)
    }

    package func markingArchived(_ ids: [EpisodeID]) -> MarkArchived {
        MarkArchived(keys: [keys.unarchived], news: EpisodeList(ids), nowMilliseconds: nowMilliseconds)
    }

    package func unarchiving(_ ids: [EpisodeID]) -> UnarchiveEpisodes {
        UnarchiveEpisodes(keys: [keys.unarchived], news: EpisodeList(ids), nowMilliseconds: nowMilliseconds)
    }

    package func evicting(_ ids: [EpisodeID]) -> EvictEpisodes {
        EvictEpisodes(keys: [keys.schedule], news: EpisodeList(ids), nowMilliseconds: nowMilliseconds)
    }

    package func reconciling(_ ids: [EpisodeID]) -> ReconcileEpisodes {
        ReconcileEpisodes(keys: [keys.schedule], news: EpisodeList(ids), nowMilliseconds: nowMilliseconds)
    }

    /// - Parameter limit: episodes the queue may hold.
    package func restoring(_ episodes: [RestoreEpisodes.Episode], limit: Int64) -> RestoreEpisodes {
        RestoreEpisodes(
            keys: [keys.schedule],
            news: .init(limit: limit, episodes: episodes.map { .init(id: $0.id.rawValue, fields: $0.fields) }),
            nowMilliseconds: nowMilliseconds, contents: episodes.map(\.content))
    }
}
