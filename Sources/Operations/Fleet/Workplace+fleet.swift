internal import Domain
internal import Platform
internal import Redis
internal import Storage

extension Workplace {
    /// The hosts of this Redis. It looks at every key, a thousand at a time: for people who ask.
    /// - Throws: `RedisError`: where Redis is away nobody knows of other hosts.
    package func fleet() throws -> Fleet {
        var connection = try connect()
        let known = try connection.ask(registry.overview(now: HostClock.wallMilliseconds))
        let details = try connection.ask(
            registry.details(hosts: known.companions.map(\.host), sessions: known.open, providers: [], tools: []))
        let driven = try connection.drivenKeys(settings.keys)
        let now = known.serverMilliseconds
        let open = details.sessions.compactMap { $0?.host }
        let hosts = zip(known.companions, details.heartbeats).map { companion, record in
            Fleet.Host(
                host: companion.host, state: record == nil ? .gone : .running, version: record?.version,
                beat_at: Timestamp(companion.beatMilliseconds),
                started_at: Timestamp(orNever: record?.startedMilliseconds),
                clock_ahead_seconds: record?.clockAheadMilliseconds.map { Double($0) / 1000 }, pool: record?.pool,
                archive: record?.report.role?.rawValue, leases: Int(record?.report.leases ?? 0),
                open_sessions: open.count { $0 == companion.host },
                driven_keys: driven.count { $0.host == companion.host })
        }
        var pools: [Fleet.Pool] = []
        let running = hosts.filter { $0.state == .running }
        let filled = try connection.pools(of: settings.keys, with: ["schedule", "leases", "dead", "unarchived"])
        for name in Set(filled).union(running.compactMap(\.pool)).sorted() {
            let sight = try connection.ask(EpisodeQueue(keys: settings.keys.pool(name)).sight)
            pools.append(
                Fleet.Pool(
                    pool: name, waiting: sight.waiting, leased: sight.leased, dead: sight.dead,
                    unarchived: sight.unarchived, oldest_at: Timestamp(orNever: sight.oldestMilliseconds),
                    owner: sight.owner.map { String($0.prefix { $0 != ":" }) },
                    hosts: running.filter { $0.pool == name }.map(\.host)))
        }
        var fleet = Fleet(
            observed_at: Timestamp(now), hosts: hosts, pools: pools,
            keys: driven.map { Fleet.Key(dispatch_key: $0.key.rawValue, host: $0.host, pid: Int($0.pid)) })
        fleet.complaints = fleet.found
        return fleet
    }
}
