internal import Capture
internal import Domain
internal import Logging
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Synchronization
internal import Threads
internal import Vault

/// The chores of capture. They have a client of their own: a long transcript must not keep the heartbeat waiting.
extension HostServices {
    /// Captures what notes still ask for.
    package func capture(over client: RedisClient) -> Periodic {
        let settings = settings, host = host, logger = logger
        let lastWarning = Mutex<ContinuousClock.Instant?>(nil)
        return Periodic(name: "note capture") {
            guard !WaitingCaptures(settings: settings.current, host: host).isEmpty else { return .seconds(1) }
            let settings: Settings
            do throws(ConfigurationError) {
                settings = try self.settings.understood()
            } catch {
                logger.error("nothing is captured until the configuration is mended: \(error)")
                return .seconds(10)
            }
            do throws(RedisError) {
                let outcome = try await client.use { connection throws(RedisError) in
                    try WaitingCaptures(settings: settings, host: host).run(
                        over: &connection, limit: 100, patience: .seconds(10))
                }
                if outcome.done > 0 { logger.info("notes captured", metadata: ["count": "\(outcome.done)"]) }
                let isTime = lastWarning.withLock { last in
                    let now = ContinuousClock().now
                    guard last.map({ now - $0 > .seconds(60) }) ?? true else { return false }
                    last = now
                    return true
                }
                if isTime {
                    for trouble in outcome.troubles { logger.warning("a note waits: \(trouble)") }
                    if outcome.isFull { logger.warning("the queue is full; notes wait in the spool") }
                }
                // What waits for room or for an answer is not helped by asking each second.
                return outcome.isFull ? .seconds(10) : outcome.done > 0 ? .milliseconds(100) : .seconds(2)
            } catch {
                logger.debug("no capture: \(error)")
                return .seconds(1)
            }
        }
    }

    /// Leaves word for the hooks when the spool may not grow, and says so long before.
    package func watchSpool() -> Periodic {
        let settings = settings, logger = logger
        let last = Mutex(SpoolPressure.ample)
        return Periodic(name: "spool") {
            let settings = settings.current
            let look = try? await BlockingWork.run {
                Spool(folder: settings.state.spool).recover()
                let space = SpoolSpace(settings: settings)
                space.mark(settings.state)
                return space
            }
            // Only the companion's stop keeps it from looking.
            guard let space = look else { return .seconds(10) }
            let before = last.withLock { last in
                defer { last = space.pressure }
                return last
            }
            if before != space.pressure {
                logger.log(
                    level: space.pressure == .ample ? .notice : .warning, "the spool's room changed",
                    metadata: [
                        "pressure": "\(space.pressure.rawValue)", "bytes": "\(space.bytes)",
                        "free": "\(space.freeBytes)",
                    ])
            }
            return .seconds(10)
        }
    }

    /// Warns of transcripts that Claude Code is about to delete, and forgets the cursors of those that are gone where
    /// another host has the archive.
    package func watchRetention(over client: RedisClient, report: HostReport) -> Periodic {
        let settings = settings, host = host, logger = logger
        return Periodic(name: "retention") {
            let settings = settings.current
            let isKept = Vault.isKept(in: settings)
            do throws(RedisError) {
                let (endangered, swept) = try await client.use { connection throws(RedisError) in
                    let count = try EndangeredTranscripts.count(
                        settings: settings, host: host, over: &connection, isKept: isKept)
                    return (count, try connection.sweepCursors(settings: settings, host: host))
                }
                await report.found(transcriptsEndangered: endangered)
                TranscriptPlaces(settings.state).sweep(before: HostClock.wallMilliseconds - 90 * 86_400_000)
                if endangered > 0 {
                    logger.warning(
                        "transcripts that Claude Code deletes within 3 days are neither captured nor kept; run 'holdfast sync'",
                        metadata: ["count": "\(endangered)"])
                }
                if swept > 0 {
                    logger.info("cursors of deleted transcripts forgotten", metadata: ["count": "\(swept)"])
                }
                // The vault may be about to keep them.
                return .seconds(endangered > 0 ? 300 : 3600)
            } catch {
                logger.debug("no look at old transcripts: \(error)")
                return .seconds(10)
            }
        }
    }

    /// Tells the queue of texts that were added, until the archive has them: nobody else does.
    package func replayAdditions() -> Periodic {
        let folder = AdditionFolder(settings.atStart.state)
        return Periodic(name: "additions") {
            for file in folder.files {
                let addition: Addition
                do {
                    addition = try folder.addition(in: file)
                } catch {
                    logger.error("an added text cannot be read; it is set aside as .refused: \(error)")
                    folder.refuse(file)
                    continue
                }
                let span = addition.span(host: host, limit: settings.current.configuration.queueMaxSize)
                let queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
                do throws(RedisError) {
                    switch try await client.run(queue.pushingAnswer(span)) {
                    case .pushed: continue
                    case .archived:
                        folder.forget(file)
                        logger.info("an added text is archived", metadata: ["episode": "\(addition.id)"])
                    case .full: return .seconds(30)
                    }
                } catch {
                    logger.debug("an added text waits: \(error)")
                    return .seconds(1)
                }
            }
            return .seconds(1)
        }
    }
}
