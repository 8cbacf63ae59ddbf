internal import Domain
internal import Logging
internal import Redis
internal import Settings
internal import Storage
internal import Synchronization

extension HostServices {
    /// Looks for pools whose queue nobody serves: of a host that is gone, of a container, of a name that was changed. Nobody
    /// else would miss them.
    package func watchPools(over client: RedisClient, report: HostReport) -> Periodic {
        let settings = settings, host = host, logger = logger
        let before = Mutex<Set<String>>([])
        return Periodic(name: "pools") {
            let keys = settings.atStart.keys, own = settings.atStart.pool(host: host)
            do throws(RedisError) {
                let found = try await client.use { connection throws(RedisError) in
                    try connection.unservedPools(of: keys, but: own)
                }
                let names = Set(found.map(\.name))
                // One whose companion is being restarted has no owner for a moment.
                let known = before.withLock { known in
                    defer { known = names }
                    return known
                }
                let lasting = found.filter { known.contains($0.name) }
                await report.found(unservedPools: lasting)
                for pool in lasting {
                    logger.warning(
                        "no companion serves a pool; 'holdfast pool adopt' takes it over",
                        metadata: ["pool": "\(pool.name)", "episodes": "\(pool.episodes)"])
                }
                return known == names ? .seconds(60) : .seconds(15)
            } catch {
                logger.debug("no look at other pools: \(error)")
                return .seconds(10)
            }
        }
    }
}
