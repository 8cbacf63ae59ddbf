internal import Chronicle
internal import Domain
internal import Integrity
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage
internal import Synchronization
internal import Threads

/// What was read and compared, by whoever did it, until it is written down.
package final class AuditTally: Sendable {
    private let tally = Mutex(ChoreTally())

    package init() {}

    /// - Parameter bad: of the items, those that were not what was stored.
    package func read(items: Int, bytes: Int64 = 0, bad: Int = 0) {
        tally.withLock { tally in
            tally.items += Int64(items)
            tally.bytes += bytes
            tally.bad += Int64(bad)
        }
    }

    /// - Returns: nil where nothing was read since.
    func taken(at now: Int64) -> ChoreTally? {
        tally.withLock { tally in
            guard tally.items > 0 else { return nil }
            defer { tally = ChoreTally() }
            tally.lastMilliseconds = now
            return tally
        }
    }
}

/// Looks every hour whether names lead somewhere and files are there, and reads the blocks of checkpoints bit by bit; vault and
/// archive are read by those who write them. All of it together costs less than a hundredth of a core.
package actor AuditKeeping {
    /// It walks through Redis and reads the disk.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let keeper: ChronicleKeeper
    private let tally: AuditTally
    private let logger: Logger
    private let escalate: @Sendable (String) async -> Void
    private var lastAudit: Int64?
    /// How many audits are still not to wait for an hour: another server may be asked now, which lacks what the one before
    /// took.
    private var hurried = 0
    private let reconnects: Bell
    /// Blocks that are still to be read, of this walk over all of them.
    private var blocks: [String] = []
    private var lastWalk: Int64?
    private var lastRead: Int64?
    private var told: Set<String> = []

    /// - Parameters:
    ///   - reconnects: rung where a connection to Redis stands in the place of one that broke.
    ///   - escalate: told what a person should look at.
    package init(
        settings: LiveSettings, host: String, reliability: ReliabilityServices, reconnects: Bell = Bell(),
        logger: Logger, escalate: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.host = host
        keeper = reliability.keeper
        tally = reliability.audited
        self.reconnects = reconnects
        self.logger = logger
        self.escalate = escalate
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Running {
        Running { [self] in
            let start = ContinuousClock().now
            while !Task.isCancelled {
                if await reconnects.wait(atMost: .seconds(60)) { await lookAgain() }
                // What a start is to do first, and what it mends by itself, is done by then.
                guard !Task.isCancelled, ContinuousClock().now - start >= .seconds(300) else { continue }
                await round(at: HostClock.wallMilliseconds)
            }
        }
    }

    /// Where another server has become master, bindings that it never got come back from this host's mirror.
    package func lookAgain() { hurried = Self.mostHurried }
    /// What could not be seen or mended at once is tried so often, a minute apart.
    private static let mostHurried = 3

    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    /// Of a minute.
    private static let share: Duration = .milliseconds(300)

    package func round(at now: Int64) async {
        let settings = settings.current
        if lastRead.map({ now - $0 >= Self.minute || now < $0 }) ?? true {
            lastRead = now
            await readBlocks(settings, now)
        }
        if let read = tally.taken(at: now) {
            await keeper.write { chronicle throws(ChronicleError) in try chronicle.count(.audit, read) }
        }
        // Connections that come and go are no reason to read all of Redis again and again.
        let pause = hurried > 0 ? Self.minute : Self.hour
        guard lastAudit.map({ now - $0 >= pause || now < $0 }) ?? true else { return }
        await audit(settings, now)
    }

    private func audit(_ settings: Settings, _ now: Int64) async {
        var connection: RedisConnection?
        do throws(RedisError) { connection = try RedisConnector(settings).open(.companion) } catch { connection = nil }
        // While it is away nobody can say what leads nowhere.
        guard connection != nil else { return }
        lastAudit = now
        var isWhole = true
        var report = Audit(settings: settings, host: host).run(over: &connection, isDeep: false)
        // What is missing and at hand is mended by itself.
        do {
            try SmallRepair(settings: settings, host: host).run(&report, over: &connection, now: now)
        } catch {
            isWhole = false
            logger.warning("what an audit found is not mended: \(error)")
        }
        hurried = isWhole && report.unseen.isEmpty ? 0 : max(0, hurried - 1)
        let memory = AuditMemory(settings: settings, host: host)
        // Without a chronicle all is told as if it were new.
        do {
            let chronicle = try Chronicle.open(settings.state.chronicle)
            try memory.settle(&report, by: chronicle, over: &connection, now: now)
        } catch {
            logger.debug("the audit knows nothing of those before: \(error)")
        }
        await note(report, now)
    }

    private func note(_ report: AuditReport, _ now: Int64) async {
        let open = report.findings.filter { $0.outcome == .found || $0.outcome == .lost }
        let mended = report.findings.filter { $0.outcome == .mended }
        var run = ChoreTally()
        (run.runs, run.failed) = (1, report.unseen.isEmpty ? 0 : 1)
        (run.items, run.bytes, run.bad) = (report.items, report.bytes, Int64(open.count + mended.count))
        run.mended = Int64(mended.count)
        (run.took, run.lastMilliseconds) = (report.took_ms, now)
        if report.unseen.isEmpty { run.lastSuccessMilliseconds = now }
        let counted = run
        let there = Set(open.map(\.name))
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.count(.audit, counted)
            for finding in open {
                try chronicle.began(finding.cause, of: finding.name, at: now, detail: finding.detail)
            }
            for finding in mended {
                try chronicle.note(
                    Incident(
                        finding.cause, of: finding.name, began: now, ended: now + 1, outcome: .recovered, attempts: 1,
                        detail: finding.source))
            }
            // What was found before, and is not any more, was mended: by the queue, the ledger, the vault.
            try chronicle.settle(but: there, at: now, isLookedFor: report.looksFor)
        }
        let risky = open.filter { !$0.at_risk.hasPrefix("nothing") && !told.contains($0.name) }
        told = there
        guard !risky.isEmpty else { return }
        logger.error(
            "an audit found what is not as it should be", metadata: ["findings": "\(risky.map(\.name).prefix(20))"])
        await escalate(
            "An audit found \(Domain.counted(risky.count, "thing")) that \(risky.count == 1 ? "is" : "are") not as they should be; at risk: \(risky[0].at_risk). 'holdfast audit --deep --repair' mends what it can."
        )
    }

    // MARK: - Blocks

    private func readBlocks(_ settings: Settings, _ now: Int64) async {
        let store = CheckpointStore(settings.state)
        if blocks.isEmpty {
            guard lastWalk.map({ now - $0 >= Self.day || now < $0 }) ?? true else { return }
            lastWalk = now
            blocks = ((try? store.blocks.digests()) ?? []).sorted()
        }
        let watch = Stopwatch(limit: Self.share)
        var damaged: [String] = []
        while let digest = blocks.popLast() {
            do throws(IntegrityError) {
                tally.read(items: 1, bytes: Int64(try store.blocks.block(digest).count))
            } catch {
                // One that was pruned meanwhile is missed by nobody.
                guard case .damaged = error, Files.exists(store.blocks.file(digest)) else { continue }
                tally.read(items: 1, bad: 1)
                damaged.append(digest)
            }
            if watch.isOver { break }
        }
        guard !damaged.isEmpty else { return }
        logger.error(
            "blocks of checkpoints are not what was kept; the checkpoints that need them go, and another is made",
            metadata: ["blocks": "\(damaged.map { String($0.prefix(12)) })"])
        do {
            // Another is at it: the next walk finds them again.
            guard try store.removeDamaged() else { return lastWalk = nil }
            let (count, first) = (Int64(damaged.count), String(damaged[0].prefix(12)))
            await keeper.write { chronicle throws(ChronicleError) in
                try chronicle.note(
                    Incident(
                        .damage, of: "block_damaged \(first)", began: now, ended: now + 1,
                        outcome: .recovered, attempts: count, detail: "the next checkpoint keeps it anew"))
            }
        } catch {
            logger.error("damaged checkpoints cannot be taken away: \(error)")
        }
    }
}
