internal import Capture
internal import Domain
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage
internal import Threads
internal import Transcripts
internal import Vault

/// Fills the vault: with what capturers kept, with what changed within the rolling period, and, whatever its age, with what
/// its client is about to delete.
package actor VaultKeeping {
    /// It reads and writes megabytes.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let client: RedisClient
    private let logger: Logger
    private var lastWalk: ContinuousClock.Instant?
    private var lastTidying: ContinuousClock.Instant?
    /// Sessions leave for the second copy, some at a time.
    private var isNearlyFull = false
    private let audited: AuditTally
    private let onComplaint: @Sendable (String) async -> Void
    /// What could not be done last; each stands until the same was done.
    private var complaints: [Chore: String] = [:]
    /// Transcripts that are not to be kept, as they were when that was found.
    private var excluded: [String: TranscriptFile] = [:]
    private var lastRules = TrackingRules()

    /// What capturers kept before this companion was started does not wait.
    private var hasTakenIn = false
    /// With each hourly look, what was kept while there was no key is encrypted: a while in each round until it is done.
    private var isSealingDue = true
    private var lastKeyFile = ""

    private enum Chore { case opening, intake, walk, tidying, sealing, reading }

    /// - Parameter onComplaint: told why transcripts are not kept; empty when they are again.
    package init(
        settings: LiveSettings, host: String, client: RedisClient, audited: AuditTally = AuditTally(), logger: Logger,
        onComplaint: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.audited = audited
        self.onComplaint = onComplaint
        self.settings = settings
        self.host = host
        self.client = client
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Periodic {
        Periodic(name: "vault") { [self] in
            await round(at: ContinuousClock().now)
            return .seconds(5)
        }
    }

    /// Of a round of 5 s: a hundredth of a core.
    private static let readingShare: Duration = .milliseconds(50)
    /// Of a round of 5 s, while something is to be encrypted.
    private static let sealingShare: Duration = .seconds(1)
    /// From the beginning of one reading of all to that of the next, ms.
    private static let readingPause: Int64 = 86_400_000

    /// One look: cheap while nothing happens. What cannot be done keeps nothing else from being tried.
    package func round(at now: ContinuousClock.Instant) async {
        await attempt(.opening) {
            let settings = try settings.understood()
            guard settings.configuration.vault.isOn else { return complaints = [:] }
            let vault = try Vault.open(settings)
            try vault.checkKey()
            let keeper = SessionKeeper(vault: vault, state: settings.state, host: host)
            await attempt(.intake) {
                // A part lies in clear, which who set a key does not want.
                let isHurried = !hasTakenIn || settings.configuration.vault.encrypts
                let taken = try keeper.takeIn(isHurried: isHurried, now: HostClock.wallMilliseconds)
                hasTakenIn = true
                if taken.bytes > 0 { logger.debug("kept in the vault", metadata: ["bytes": "\(taken.bytes)"]) }
            }
            if lastWalk.map({ now - $0 >= .seconds(settings.configuration.checkIntervalSeconds) }) ?? true {
                lastWalk = now
                await attempt(.walk) { try await walk(keeper, vault, settings) }
            }
            // What failed is not called failed for an hour: the disk that was full may have room.
            let isCalm = complaints[.tidying] == nil && !isNearlyFull
            let pause = isCalm ? 3600 : settings.configuration.checkIntervalSeconds
            if lastTidying.map({ now - $0 >= .seconds(pause) }) ?? true {
                lastTidying = now
                isSealingDue = true
                await attempt(.tidying) { try await tidy(vault, settings) }
            }
            if isSealingDue || lastKeyFile != settings.configuration.vault.keyFile {
                await attempt(.sealing) {
                    isSealingDue = try !vault.sealPlain(for: Self.sealingShare)
                    lastKeyFile = settings.configuration.vault.keyFile
                }
            }
            await attempt(.reading) { try read(vault) }
        }
        await onComplaint(complaints.values.min() ?? "")
    }

    /// Whether what was kept is still what it was: a bit of it with each round.
    private func read(_ vault: Vault) throws {
        let check = try vault.verify(
            for: Self.readingShare, now: HostClock.wallMilliseconds, pause: Self.readingPause)
        audited.read(items: check.checked, bytes: check.bytes, bad: check.damaged.count)
        for damage in check.damaged {
            logger.error(
                "a segment of the vault is not what was kept",
                metadata: ["segment": "\(damage.segment)", "reason": "\(damage.reason)"])
        }
    }

    private func attempt(_ chore: Chore, _ body: () async throws -> Void) async {
        do {
            try await body()
            if complaints.removeValue(forKey: chore) != nil, complaints.isEmpty {
                logger.notice("the vault works again")
            }
        } catch {
            let reason = "\(error)"
            if complaints[chore] != reason { logger.error("transcripts are not kept: \(reason)") }
            complaints[chore] = reason
        }
    }

    /// Without Redis nobody knows what a key has, and nothing goes.
    private func tidy(_ vault: Vault, _ settings: Settings) async throws {
        let policy = settings.configuration.vault, remote = settings.configuration.remote
        do {
            let outcome = try await client.use { connection throws(RedisError) in
                let now = HostClock.wallMilliseconds
                let bound = try BoundSessions(settings, over: &connection, now: now)
                return Result {
                    var failure: VaultError?
                    if remote.isOn {
                        failure = try vault.promote(policy, now: now) { try bound.contain($0, over: &connection) }
                    }
                    let time = try vault.steadyTime(now: now)
                    let pruned = try vault.prune(policy.pruning(with: remote), now: time) {
                        try bound.contain($0, over: &connection)
                    }
                    return (failure, pruned)
                }
            }
            let (failure, pruned) = try outcome.get()
            isNearlyFull = try remote.isOn && vault.isNearlyFull(policy)
            if let failure { logger.warning("a session cannot be passed on to the second copy: \(failure)") }
            guard !pruned.sessions.isEmpty else { return }
            logger.info("sessions taken out of the vault", metadata: ["count": "\(pruned.sessions.count)"])
        } catch let error as RedisError {
            logger.debug("the vault is not pruned: \(error)")
        }
    }

    private func walk(_ keeper: SessionKeeper, _ vault: Vault, _ settings: Settings) async throws {
        let now = HostClock.wallMilliseconds
        let transcripts = HostTranscripts(settings: settings)
        let rules = try settings.trackingRules()
        if rules != lastRules { excluded = [:] }
        lastRules = rules
        let endangered = Set(transcripts.endangered(now: now).map(\.path))
        let since = now - settings.configuration.rollingPeriodHours * 3_600_000
        var safety = VaultSafety(lookedMilliseconds: now)
        var failure: VaultError?
        for file in transcripts.files {
            let isEndangered = endangered.contains(file.path)
            let isDue = file.modifiedMilliseconds >= since || isEndangered
            if isDue, try !vault.isKept(file) {
                do throws(RedisError) {
                    guard excluded[file.path] != file, try await mayBeKept(file, rules, settings) else {
                        excluded[file.path] = file
                        safety.excluded += 1
                        continue
                    }
                } catch {
                    // Redis tells of its own that it is away. What is to be kept is asked again in the next round.
                    lastWalk = nil
                    return logger.debug("no look at all transcripts: \(error)")
                }
                do throws(VaultError) {
                    _ = try keeper.keep(file, isHurried: isEndangered, now: now)
                } catch {
                    // One that cannot be kept keeps no other from it.
                    failure = failure ?? error
                }
            }
            safety.count(isKept: try vault.isKept(file), isDue: isDue, isEndangered: isEndangered)
        }
        try vault.note(safety)
        if let failure { throw failure }
    }

    /// What is about to be deleted does not wait for a Redis that is away.
    private func mayBeKept(
        _ file: TranscriptFile, _ rules: TrackingRules, _ settings: Settings
    ) async throws(RedisError) -> Bool {
        let host = host
        do throws(RedisError) {
            return try await client.use { connection throws(RedisError) in
                try file.isRecordable(rules, settings: settings, host: host, over: &connection)
            }
        } catch {
            guard error.isAway, let isRecordable = file.isRecordable(rules, host: host) else { throw error }
            return isRecordable
        }
    }
}
