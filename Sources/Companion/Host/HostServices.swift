package import Domain
internal import Glibc
package import Logging
internal import Platform
internal import Redaction
package import Redis
package import Settings
internal import Storage
internal import Threads

/// The companion's chores, each as a periodic service.
package struct HostServices: Sendable {
    let settings: LiveSettings
    let host: String
    let client: RedisClient
    let logger: Logger

    package init(settings: LiveSettings, host: String, client: RedisClient, logger: Logger) {
        self.settings = settings
        self.host = host
        self.client = client
        self.logger = logger
    }

    private var registry: SessionRegistry { SessionRegistry(keys: settings.atStart.keys) }

    /// Says every 10 s that we live, and what we do; the word lasts for 30 s.
    /// - Parameters:
    ///   - bell: rung when it is to be said at once.
    ///   - onBeat: told whether Redis took the word.
    ///   - onNewer: told why this version may not work there any more.
    package func heartbeat(
        startedMilliseconds: Int64, hurriedBy bell: Bell, report: @escaping @Sendable () async -> CompanionReport,
        onBeat: @escaping @Sendable (Bool) async -> Void = { _ in },
        onNewer: @escaping @Sendable (RedisError) -> Void = { _ in }
    ) -> Periodic {
        let settings = settings, host = host
        let keys = settings.atStart.keys, failure = StartFailure(settings.atStart.state)
        return Periodic(name: "heartbeat", hurriedBy: bell) {
            let beat = Beat(
                keys, host: host, pid: getpid(), version: Holdfast.version, startedMilliseconds: startedMilliseconds,
                pool: settings.atStart.pool(host: host), report: await report())
            do throws(RedisError) {
                // A connection that is opened anew says why.
                if try await client.run(beat) != nil { try await client.reopen() }
                failure.clear()
                await onBeat(true)
                return .seconds(10)
            } catch {
                logger.debug("no heartbeat: \(error)")
                if case .newer = error { onNewer(error) }
                await onBeat(false)
                return .seconds(1)
            }
        }
    }

    /// A companion that stops takes its word back, and what it had the user told: nobody is to miss it.
    package func farewell() -> Running {
        let keys = settings.atStart.keys, host = host, state = settings.atStart.state
        return Running {
            do { try await Task.sleep(for: .seconds(31_536_000)) } catch {}
            // On a full disk, or with Redis away, it is missed; both run out by themselves.
            try? UserNotice(state).write(nil, now: 0)
            _ = try? await client.run(
                Beat(
                    keys, host: host, pid: getpid(), version: Holdfast.version, startedMilliseconds: 0, isLast: true))
        }
    }

    /// Drops what was unused for too long: at once, then hourly.
    package func sweep() -> Periodic {
        let changed = Bell()
        settings.onChange { changed.ring() }
        return Periodic(name: "sweep", hurriedBy: changed) {
            let configuration: Configuration
            do throws(ConfigurationError) {
                configuration = try settings.understood().configuration
            } catch {
                logger.error("no sweep until the configuration is mended: \(error)")
                return .seconds(60)
            }
            let ages = configuration.ages
            do throws(RedisError) {
                let dropped = try await client.use { connection throws(RedisError) in
                    try connection.sweep(registry, ages: ages, host: host)
                }
                logger.info("swept", metadata: ["dropped": "\(dropped.count)"])
                return .seconds(configuration.sweepIntervalSeconds)
            } catch {
                logger.debug("no sweep: \(error)")
                return .seconds(1)
            }
        }
    }

    /// Tells the registry what notes say. A look at the folder each second; Redis hears of it only where there are notes.
    package func replay() -> Periodic {
        let spool = Spool(folder: settings.atStart.state.spool)
        return Periodic(name: "note replay") {
            guard !spool.names().isEmpty else { return .seconds(1) }
            do throws(RedisError) {
                let outcome = try await client.use { connection throws(RedisError) in
                    try NoteReplay(
                        spool: spool, registry: registry, clean: settings.current.configuration.redactor.cleaned
                    ).run(over: &connection, limit: 100, minimumAge: 2000)
                }
                if outcome.replayed > 0 { logger.info("notes replayed", metadata: ["count": "\(outcome.replayed)"]) }
                for refused in outcome.refused { logger.error("note refused: \(refused)") }
                // What Redis refuses it will refuse again: not every second.
                return outcome.refused.isEmpty ? .seconds(1) : .seconds(30)
            } catch {
                logger.debug("no replay: \(error)")
                return .seconds(1)
            }
        }
    }
}
