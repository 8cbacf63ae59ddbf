internal import Chronicle
package import Domain
internal import Glibc
internal import Platform
package import Settings
internal import Storage
internal import Threads
internal import Vault

/// Looks at the watched figures: every few minutes while sessions are active or something is amiss, else once an hour, for
/// the growth of what is kept.
package actor ReliabilityWatch {
    /// It asks the disk.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let calls: RemoteCalls
    private let keeper: ChronicleKeeper
    private let ledger: @Sendable () async -> LedgerSums?
    private let onCritical: @Sendable (WatchedFigure) async -> Void
    private var lastLook: Int64?
    private var critical: Set<String> = []
    private var isAmiss = false
    /// Between looks while something is amiss, seconds.
    private static let amissPause: Int64 = 30
    private var lastPruning: Int64?

    /// - Parameters:
    ///   - ledger: what was added up last of the transcripts.
    ///   - onCritical: told of a figure that has become critical, once until it is better.
    package init(
        settings: LiveSettings, host: String, calls: RemoteCalls, keeper: ChronicleKeeper,
        ledger: @escaping @Sendable () async -> LedgerSums? = { nil },
        onCritical: @escaping @Sendable (WatchedFigure) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.host = host
        self.calls = calls
        self.keeper = keeper
        self.ledger = ledger
        self.onCritical = onCritical
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service(hurriedBy bell: Bell? = nil) -> Periodic {
        let start = ContinuousClock().now
        return Periodic(name: "reliability watch", hurriedBy: bell) { [self] in
            // A companion that starts has other things to do first.
            guard ContinuousClock().now - start >= .seconds(30) else { return .seconds(30) }
            let settings = settings.current
            let now = HostClock.wallMilliseconds
            if await isDue(now, settings) { await look(now, settings) }
            // What is amiss may be over by now: nobody is to be told of it for minutes.
            let pause = settings.configuration.watch.intervalSeconds
            return .seconds(await isAmiss ? min(Self.amissPause, pause) : pause)
        }
    }

    /// A hook fired within this time, ms: sessions are active.
    private static let activity: Int64 = 600_000

    private func isDue(_ now: Int64, _ settings: Settings) -> Bool {
        guard let lastLook, lastLook / 3_600_000 == now / 3_600_000, !isAmiss else { return true }
        return Latencies(settings.state, of: .hooks).lastCounted.map { now - $0 < Self.activity } ?? false
    }

    /// Looks at all of them.
    package func look(_ now: Int64, _ settings: Settings) async {
        lastLook = now
        let policy = settings.configuration.watch
        var figures: [WatchedFigure] = [], unknown: [(Indicator, String)] = []
        for (name, api) in calls.known {
            await judge(api, name, policy, now, &figures, &unknown)
        }
        await judgeRoom(settings, now, &figures, &unknown)
        if let sums = await ledger() {
            figures.append(policy.figure(.countedBytes, Double(sums.bytes), at: now))
            figures.append(policy.figure(.missingBytes, Double(sums.missing), at: now))
        }
        isAmiss = figures.contains { $0.level > .well }
        let found = figures, gone = unknown
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.note(found)
            for (indicator, subject) in gone { try chronicle.drop(indicator, of: subject) }
        }
        // Those of the second copy, too, which are noted with each round.
        let all = await keeper.write { chronicle throws(ChronicleError) in try chronicle.figures() }
        await tell(of: all ?? figures)
        guard lastPruning.map({ now - $0 > 86_400_000 }) ?? true else { return }
        lastPruning = now
        await keeper.write { chronicle throws(ChronicleError) in try chronicle.prune(now: now) }
    }

    private func tell(of figures: [WatchedFigure]) async {
        let bad = figures.filter { $0.level == .critical }
        let names = Set(bad.map { "\($0.indicator.rawValue) \($0.subject)" })
        for figure in bad where !critical.contains("\(figure.indicator.rawValue) \(figure.subject)") {
            await onCritical(figure)
        }
        critical = names
    }

    private func judge(
        _ api: RemoteCalls.API, _ name: String, _ policy: WatchPolicy, _ now: Int64,
        _ figures: inout [WatchedFigure], _ unknown: inout [(Indicator, String)]
    ) async {
        let steady = HostClock.now().bootMilliseconds
        if let p95 = api.window.p95(at: steady) {
            figures.append(policy.figure(.latency, of: name, p95, at: now))
            if let usual = await usualLatency(of: name, now), usual > 0, p95 >= WatchPolicy.shortestRising {
                let rise = 100 * (p95 / usual - 1)
                figures.append(
                    policy.figure(
                        .latencyRise, of: name, rise, at: now,
                        remark: "\(Int64(usual.rounded())) ms within its last day"))
            } else {
                unknown.append((.latencyRise, name))
            }
        } else {
            unknown += [(.latency, name), (.latencyRise, name)]
        }
        if let failed = api.window.failedPercent(atLeast: policy.errorsMinimumCalls, at: steady) {
            figures.append(policy.figure(.errorRate, of: name, failed, at: now))
        } else {
            unknown.append((.errorRate, name))
        }
        if let left = api.pace.leftPercent(at: now) {
            let end = api.pace.usedUp(at: now).map { "used up at \(ISOTime.text($0)) at this pace" } ?? ""
            figures.append(policy.figure(.rateLimitLeft, of: name, left, at: now, remark: end))
        } else {
            unknown.append((.rateLimitLeft, name))
        }
    }

    /// The median of the hours of its last day but this one, ms; nil where there is none.
    private func usualLatency(of name: String, _ now: Int64) async -> Double? {
        let hours = await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.hours(of: .latency, name, since: now - 86_400_000)
        }
        let values = (hours ?? []).filter { $0.milliseconds / 3_600_000 < now / 3_600_000 }.map(\.value).sorted()
        return values.isEmpty ? nil : values[values.count / 2]
    }

    // MARK: - Room

    private struct Room {
        let subject: String
        let used: Double
        /// nil where none is set.
        let limit: Double?
    }

    private func rooms(_ settings: Settings) -> [Room] {
        var rooms: [Room] = []
        if let glance = try? VaultGlance.of(settings.state.vault) {
            rooms.append(
                Room(
                    subject: "vault", used: Double(glance.counts.packBytes),
                    limit: Double(settings.configuration.vault.maxBytes)))
        }
        if let status = try? Files.status(settings.archivePath(host: host)) {
            rooms.append(Room(subject: "archive", used: Double(status.st_size), limit: nil))
        }
        var disk = statvfs()
        if unsafe statvfs(settings.state.path, &disk) == 0 {
            let block = Double(disk.f_frsize), all = Double(disk.f_blocks) * block
            // What is there for root alone is nothing that we may use.
            rooms.append(Room(subject: "disk", used: all - Double(disk.f_bavail) * block, limit: all))
        }
        return rooms
    }

    private func judgeRoom(
        _ settings: Settings, _ now: Int64, _ figures: inout [WatchedFigure], _ unknown: inout [(Indicator, String)]
    ) async {
        let policy = settings.configuration.watch
        if let away = try? Vault.openIfThere(settings)?.away(), !away.isEmpty {
            let bytes = away.reduce(0) { $0 + $1.session.keptBytes }
            figures.append(
                policy.figure(.passedOnBytes, Double(bytes), at: now, remark: counted(away.count, "session")))
        } else {
            unknown.append((.passedOnBytes, ""))
        }
        for room in rooms(settings) {
            figures.append(policy.figure(.storedBytes, of: room.subject, room.used, at: now))
            guard let limit = room.limit else { continue }
            let points = await keeper.write { chronicle throws(ChronicleError) in
                try chronicle.hours(of: .storedBytes, room.subject, since: now - GrowthFit.span)
            }
            if let fit = GrowthFit(points ?? []), let days = fit.daysUntil(limit, from: room.used) {
                figures.append(
                    policy.figure(
                        .daysUntilFull, of: room.subject, days, at: now,
                        remark: "it grows by \(Int64(fit.perDay) >> 20) MB a day"))
            } else {
                unknown.append((.daysUntilFull, room.subject))
            }
        }
    }
}
