package import Domain
package import Redis

/// The registry's script calls. Values, so that a hook's blocking connection and the companion's actor run the same.
package struct SessionRegistry: Sendable {
    package let keys: Keys

    package init(keys: Keys) {
        self.keys = keys
    }

    /// The script that tells the registry this news.
    package enum Telling: Sendable {
        case start(StartSession), use(UseSession), end(EndSession), clear(ClearSession)
        case failResume(FailResume), drop(DropBinding)
    }

    /// - Parameters:
    ///   - now: this host's time, from which the news has its age.
    ///   - nowMilliseconds: stands in for the server's clock in tests.
    package func telling(_ news: SessionNews, at now: Moment, nowMilliseconds: Int64? = nil) -> Telling {
        let age = news.moment.ageMilliseconds(at: now)
        return switch news.kind {
        case .started: .start(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        case .prompted, .stopped, .worked:
            .use(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        case .ended: .end(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        case .cleared: .clear(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        case .resumeFailed:
            .failResume(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        case .dropped: .drop(.init(keySpace: keys, news: news, ageMilliseconds: age, nowMilliseconds: nowMilliseconds))
        }
    }

    package func settling(_ news: SessionNews, nowMilliseconds: Int64? = nil) -> SettleCandidate {
        SettleCandidate(keySpace: keys, news: news, ageMilliseconds: 0, nowMilliseconds: nowMilliseconds)
    }

    /// - Parameter peek: look without dropping or counting.
    package func lookUp(
        _ key: DispatchKey, maxAgeMilliseconds: Int64, host: String, at now: Moment, peek: Bool = false,
        nowMilliseconds: Int64? = nil
    ) -> LookUp {
        LookUp(
            keys: [keys.binding(key), keys.lock(key)],
            news: .init(
                dispatchKey: key, maxSessionAgeMilliseconds: maxAgeMilliseconds, peek: peek, host: host, moment: now),
            nowMilliseconds: nowMilliseconds
        )
    }

    package func sweep(
        from offset: Int64 = 0, ages: SessionAges, host: String, nowMilliseconds: Int64? = nil
    ) -> SweepSessions {
        SweepSessions(
            keys: [keys.sessions],
            news: .init(
                offset: offset, limit: SweepSessions.pageSize, maxSessionAgeMilliseconds: ages.standardMilliseconds,
                agents: ages.byAgentMilliseconds, host: host),
            nowMilliseconds: nowMilliseconds
        )
    }
}

extension RedisConnection {
    /// Tells the registry. Answers what the key has then, where the script says so.
    @discardableResult
    package mutating func tell(_ telling: SessionRegistry.Telling) throws(RedisError) -> Standing? {
        switch telling {
        case .start(let script): return try run(script)
        case .use(let script): return try run(script)
        case .end(let script): return try run(script)
        case .clear(let script): return try run(script)
        case .failResume(let script): _ = try run(script)
        case .drop(let script): _ = try run(script)
        }
        return nil
    }

    /// Sweeps all pages. Answers the dropped sessions.
    package mutating func sweep(
        _ registry: SessionRegistry, ages: SessionAges, host: String, nowMilliseconds: Int64? = nil
    ) throws(RedisError) -> [SessionID] {
        var dropped: [SessionID] = []
        var offset: Int64? = 0
        while let from = offset {
            let page = try run(registry.sweep(from: from, ages: ages, host: host, nowMilliseconds: nowMilliseconds))
            dropped += page.dropped
            offset = page.nextOffset
        }
        return dropped
    }
}
