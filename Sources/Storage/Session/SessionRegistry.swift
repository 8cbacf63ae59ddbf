package import Domain
internal import Redis

/// The registry's scripts, as values: a hook's blocking connection and the companion's actor run the same.
package struct SessionRegistry: Sendable {
    package let keys: Keys

    package init(keys: Keys) {
        self.keys = keys
    }

    /// - Parameters:
    ///   - now: this host's time, from which the news has its age.
    ///   - carryLimit: how many messages of its key's conversation a start may take over; nil where it may not.
    package func telling(_ news: SessionNews, at now: Moment, carryLimit: Int64? = nil) -> TellSession {
        TellSession(
            keySpace: keys, argument: news, ageMilliseconds: news.moment.ageMilliseconds(at: now),
            carryLimit: carryLimit)
    }

    /// - Parameter now: this host's time, from which the news has its age.
    package func failingResume(_ news: SessionNews, at now: Moment) -> FailResume {
        FailResume(keySpace: keys, argument: news, ageMilliseconds: news.moment.ageMilliseconds(at: now))
    }

    /// - Parameter now: this host's time, from which the news has its age.
    package func dropping(_ news: SessionNews, at now: Moment) -> DropBinding {
        DropBinding(keySpace: keys, argument: news, ageMilliseconds: news.moment.ageMilliseconds(at: now))
    }

    package func settling(_ news: SessionNews) -> SettleCandidate { SettleCandidate(keySpace: keys, argument: news) }

    /// - Parameters:
    ///   - peek: look without dropping or counting.
    ///   - credential: whose usage limit is asked for (`CredentialMark`).
    package func lookingUp(
        _ key: DispatchKey, maxAgeMilliseconds: Int64, host: String, at now: Moment, peek: Bool = false,
        credential: String? = nil
    ) -> LookUp {
        LookUp(
            keys: [keys.binding(key), keys.lock(key)],
            argument: .init(
                dispatchKey: key, maxSessionAgeMilliseconds: maxAgeMilliseconds, peek: peek, host: host, moment: now,
                credential: credential))
    }

    func sweeping(from offset: Int64, ages: SessionAges, host: String) -> SweepSessions {
        SweepSessions(
            keys: [keys.sessions],
            argument: .init(
                offset: offset, limit: SweepSessions.pageSize, maxSessionAgeMilliseconds: ages.standardMilliseconds,
                agents: ages.byAgentMilliseconds, host: host))
    }
}
