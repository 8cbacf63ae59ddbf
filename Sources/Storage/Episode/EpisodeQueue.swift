package import Domain
internal import Redis

/// A pool's queue: cursors of transcripts, episodes and where they stand. Its scripts and reads are values, which the
/// files beside this add.
package struct EpisodeQueue: Sendable {
    package let keys: PoolKeys

    package init(keys: PoolKeys) {
        self.keys = keys
    }

    package func pushing(_ span: EpisodeSpan) -> PushEpisode { PushEpisode(pool: keys, span: span) }

    package func pushingAnswer(_ span: EpisodeSpan) -> PushAnswer { PushAnswer(pool: keys, span: span) }

    /// The sets an episode can be in; it is in one at a time.
    package enum State: String, Sendable, CaseIterable {
        case scheduled, leased, dead, done
    }

    func set(of state: State) -> RedisKey {
        switch state {
        case .scheduled: keys.schedule
        case .leased: keys.leases
        case .dead: keys.dead
        case .done: keys.done
        }
    }
}
