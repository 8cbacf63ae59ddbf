internal import Archive
internal import Chronicle
internal import Domain
internal import Glibc
internal import Integrity
package import Logging
internal import Platform
internal import Redis
internal import SecondCopy
package import Settings
internal import Storage
internal import Threads

/// Keeps the second copy up to date: after each checkpoint, and when the oldest change that it lacks nears five minutes. What
/// cannot be sent waits here; that is a figure, and no error of anybody who works.
package actor CopyKeeping {
    /// It reads the disk.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let keeper: ChronicleKeeper
    private let calls: RemoteCalls
    private let logger: Logger
    private let escalate: @Sendable (String) async -> Void
    private var sync: CopySync?
    /// What `sync` was made of.
    private var madeOf: RemotePolicy?
    /// No copy is kept up, and nothing is told of one.
    private var isOff = false
    private var lastMark: [String] = []
    /// Since when something changed that was not sent, ms; nil for nothing.
    private var changedSince: Int64?
    private var isUrgent = true
    private var lastCheckpoints: String?
    private var isPromoting = false
    /// When what was forgotten is seen to again, of which something is left; ms since 1970.
    private var forgetsAgain: Int64 = 0
    private static let forgettingPause: Int64 = 600_000
    private var complaint = ""
    private var warning = ""
    private let github: GitHubWatch

    /// - Parameter escalate: told what a person should look at.
    package init(
        settings: LiveSettings, host: String, reliability: ReliabilityServices, logger: Logger,
        escalate: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.escalate = escalate
        self.settings = settings
        self.host = host
        keeper = reliability.keeper
        calls = reliability.calls
        github = GitHubWatch(calls: reliability.calls, keeper: reliability.keeper)
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Running {
        Running { [self] in
            await Periodic(name: "second copy") { [self] in await round(at: HostClock.wallMilliseconds) }.run()
            await github.close()
        }
    }

    /// A checkpoint was made: it is to be elsewhere, too.
    package func hurry() { isUrgent = true }

    /// How long a change waits for others, ms: it is gone before the lag is five minutes.
    private static let patience: Int64 = 210_000

    /// - Returns: when the next is due.
    package func round(at now: Int64) async -> Duration {
        let settings = settings.current
        let policy = settings.configuration.remote
        guard policy.isOn else {
            if !isOff { await forgetFigures() }
            (sync, madeOf, isOff) = (nil, nil, true)
            return .seconds(60)
        }
        isOff = false
        if let found = await github.look(settings, host: host, now: now), found != warning {
            warning = found
            logger.warning("\(found)")
        }
        await promote(settings, now)
        // One that a person made, too.
        let checkpoints = Self.mark(of: settings.state.checkpoints)
        if let lastCheckpoints, checkpoints != lastCheckpoints { isUrgent = true }
        lastCheckpoints = checkpoints
        let mark = mark(settings)
        if mark != lastMark, changedSince == nil { changedSince = now }
        lastMark = mark
        let copy = HostCopy(settings: settings, host: host)
        let isDue =
            isUrgent || isPromoting || copy.isForgetting && now >= forgetsAgain
            || changedSince.map { now - $0 >= Self.patience } ?? false
        let state = RemotePlace(settings, host: host).map { SyncState.read($0.stateFile) } ?? SyncState()
        guard isDue || !state.isSettled else { return .seconds(30) }
        return await send(settings, policy, copy, now)
    }

    /// Sessions of a vault that is nearly full wait for nothing but this.
    private func promote(_ settings: Settings, _ now: Int64) async {
        let isWaiting = Promotion(settings: settings, host: host).isWaiting
        guard isWaiting != isPromoting else { return }
        isPromoting = isWaiting
        await keeper.write { chronicle throws(ChronicleError) in
            if isWaiting {
                _ = try chronicle.began(.vaultFull, at: now, detail: "sessions leave for the second copy")
            } else {
                try chronicle.ended(.vaultFull, at: now)
            }
        }
    }

    /// What was sent is taken out of the vault. What is in the way of that is no failure of the copy.
    private func finishPromotion(_ sync: CopySync, _ settings: Settings, _ now: Int64) async {
        let promotion = Promotion(settings: settings, host: host)
        do {
            let going = try promotion.going()
            guard !going.isEmpty else { return }
            let count = try await promotion.finish(sync, now: now, bound: try bound(of: going, settings, now))
            if count > 0 {
                logger.notice("sessions lie in the second copy alone now", metadata: ["count": "\(count)"])
            }
        } catch {
            logger.warning("sessions stay in the vault, which is nearly full: \(error)")
        }
        await promote(settings, now)
    }

    /// Without Redis nobody knows what a key has: then all of them may be.
    private func bound(of sessions: Set<SessionID>, _ settings: Settings, _ now: Int64) throws -> Set<SessionID> {
        var connection = try RedisConnector(settings).open(.companion)
        let bound = try BoundSessions(settings, over: &connection, now: now)
        return try sessions.filter { try bound.contain($0, over: &connection) }
    }

    /// No copy is kept up any more: nothing is late.
    private func forgetFigures() async {
        Promotion(settings: settings.current, host: host).giveUp()
        await promote(settings.current, HostClock.wallMilliseconds)
        await keeper.write { chronicle throws(ChronicleError) in
            for indicator in [
                Indicator.syncLag, .divergentItems, .divergentBytes, .failedSyncs, .conflictRate,
            ] { try chronicle.drop(indicator, of: "") }
            try chronicle.ended(.syncFailed, .failed, at: HostClock.wallMilliseconds)
        }
    }

    private func send(_ settings: Settings, _ policy: RemotePolicy, _ copy: HostCopy, _ now: Int64) async -> Duration {
        let watch = Stopwatch()
        do {
            let sync = try place(settings, policy)
            // The rest is sent all the same; the round counts as one that failed, since the copy lacks what it should have.
            var untold: CopyError?
            do { try gather(settings, copy, now) } catch {
                untold = .unavailable(reason: "what changed in the archive cannot be told: \(error)")
            }
            var request = SyncRequest()
            let forgetting = now >= forgetsAgain ? copy.forgettingMark : nil
            copy.take(&request, forgetting)
            let outcome = await sync.round(request, nowMilliseconds: now)
            switch outcome {
            case .idle: return .seconds(30)
            case .busy:
                await noteLag(await sync.status, now)
                return .seconds(30)
            case .waiting(let until):
                await noteLag(await sync.status, now)
                return .seconds(max(5, min(60, (until - now) / 1000)))
            case .done(let figures):
                if figures.isComplete, untold == nil {
                    let isForgotten = try await copy.finish(request, forgetting, by: sync)
                    forgetsAgain = isForgotten ? 0 : now + Self.forgettingPause
                    (isUrgent, changedSince) = (false, nil)
                }
                await note(figures, untold, await sync.status, now, watch.elapsed)
                await finishPromotion(sync, settings, now)
                return figures.isComplete ? .seconds(30) : .milliseconds(100)
            case .failed(let error, let figures):
                await note(figures, error, await sync.status, now, watch.elapsed)
                return .seconds(5)
            }
        } catch {
            await fail("\(error)", now)
            return .seconds(60)
        }
    }

    /// It grows while nothing is tried.
    private func noteLag(_ state: SyncState, _ now: Int64) async {
        guard let oldest = state.oldestLackingMilliseconds ?? changedSince else { return }
        let figure = settings.current.configuration.watch.figure(
            .syncLag, Double(max(0, now - oldest)) / 1000, at: now, remark: state.lastError ?? "")
        await keeper.write { chronicle throws(ChronicleError) in try chronicle.note([figure]) }
    }

    private func place(_ settings: Settings, _ policy: RemotePolicy) throws -> CopySync {
        if let sync, madeOf == policy { return sync }
        guard let place = RemotePlace(settings, host: host) else {
            throw CopyError.unavailable(reason: "no remote.url")
        }
        let made = try place.sync()
        (sync, madeOf) = (made, policy)
        return made
    }

    /// Redis that is away, or an archive that cannot be read, is a trouble of its own: the rest is sent.
    private func gather(_ settings: Settings, _ copy: HostCopy, _ now: Int64) throws {
        var connection: RedisConnection?
        do throws(RedisError) { connection = try RedisConnector(settings).open(.companion) } catch { connection = nil }
        let archive = (try? ArchiveStores.at(settings.archivePath(host: host)).openToRead()) ?? nil
        try copy.gather(archive, over: &connection, now: now)
    }

    private func note(
        _ figures: CopyFigures, _ error: CopyError?, _ state: SyncState, _ now: Int64, _ took: Duration
    ) async {
        calls.called("second copy", took: took, failure: error.map { ToolErrorClass(of: "\($0)") })
        let policy = settings.current.configuration.watch
        let oldest = figures.oldestLackingMilliseconds ?? (error == nil ? nil : changedSince)
        let lag = oldest.map { Double(max(0, now - $0)) / 1000 } ?? 0
        var watched = [
            policy.figure(.syncLag, lag, at: now),
            policy.figure(.divergentItems, Double(figures.lackingItems), at: now),
            policy.figure(.divergentBytes, Double(figures.lackingBytes), at: now),
            policy.figure(.failedSyncs, Double(state.failures), at: now, remark: error.map { "\($0)" } ?? ""),
        ]
        if figures.comparedItems > 0 {
            let share = 100 * Double(figures.conflicts) / Double(figures.comparedItems)
            watched.append(policy.figure(.conflictRate, share, at: now, remark: "of \(figures.comparedItems) compared"))
        }
        var tally = ChoreTally()
        (tally.runs, tally.failed) = (1, error == nil ? 0 : 1)
        (tally.items, tally.bytes) = (Int64(figures.sentItems), figures.storedBytes)
        (tally.took, tally.lastMilliseconds) = (Int64(took / .milliseconds(1)), now)
        if error == nil { tally.lastSuccessMilliseconds = now }
        let (run, found, reason) = (tally, watched, error.map { "\($0)" })
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.count(.sync, run)
            try chronicle.note(found)
            if reason == nil { try chronicle.ended(.syncFailed, at: now) }
        }
        if let reason {
            await keeper.failed(.syncFailed, reason, at: now, telling: escalate)
            if complaint != reason { logger.warning("the second copy is behind: \(reason)") }
            complaint = reason
        } else {
            if !complaint.isEmpty { logger.notice("the second copy is kept up again") }
            complaint = ""
            if figures.sentItems > 0 {
                logger.debug(
                    "sent to the second copy",
                    metadata: ["items": "\(figures.sentItems)", "bytes": "\(figures.storedBytes)"])
            }
        }
    }

    private func fail(_ reason: String, _ now: Int64) async {
        if complaint != reason { logger.error("no second copy can be kept: \(reason)") }
        complaint = reason
        let policy = settings.current.configuration.watch
        let lag = changedSince.map { Double(max(0, now - $0)) / 1000 } ?? 0
        var state = SyncState()
        if let file = RemotePlace(settings.current, host: host)?.stateFile {
            state = SyncState.read(file)
            (state.failures, state.lastError) = (state.failures + 1, reason)
            // The disk may be what fails: then the next try counts anew.
            try? state.write(to: file)
        }
        let failures = state.failures
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.note([
                policy.figure(.syncLag, lag, at: now),
                policy.figure(.failedSyncs, Double(failures), at: now, remark: reason),
            ])
        }
        await keeper.failed(.syncFailed, reason, at: now, telling: escalate)
    }

    private static func mark(of path: String) -> String {
        (try? Files.status(path)).map { "\($0.st_mtim.tv_sec).\($0.st_mtim.tv_nsec)" } ?? "none"
    }

    /// By which it is seen, without asking anybody, that something changed.
    private func mark(_ settings: Settings) -> [String] {
        let state = settings.state
        let files = [
            state.vault + "/packs", state.vault + "/index.sqlite-wal", state.bindings, state.forgotten,
            state.checkpoints,
        ]
        return (files + settings.configurationFiles).map(Self.mark) + [
            ArchiveStores.at(settings.archivePath(host: host)).changeMark ?? ""
        ]
    }
}
