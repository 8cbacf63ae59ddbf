internal import Chronicle
internal import Domain
internal import Platform

extension ReliabilityReport {
    /// - Parameters:
    ///   - chronicle: nil where nothing was written yet.
    ///   - isWanted: nobody has stopped this host's companion.
    /// - Throws: `ChronicleError`.
    init(
        _ chronicle: Chronicle?, host: String, since: Int64, now: Int64, isWanted: Bool, policy: WatchPolicy
    ) throws(ChronicleError) {
        self.host = host
        self.since = Timestamp(since)
        until = Timestamp(now)
        let incidents = try chronicle?.incidents(since: since) ?? []
        let presences = try chronicle?.presences(since: since) ?? []
        let time = Domain.Uptime(
            presences, from: since, to: now, isWanted: isWanted, bootID: HostClock.now().bootID)
        uptime = Uptime(time, incidents, since: since, now: now)
        let audited = try chronicle?.tally(of: .audit, since: since) ?? ChoreTally()
        let synced = try chronicle?.tally(of: .sync, since: since) ?? ChoreTally()
        integrity = Integrity(audited)
        audits = Chore(audited)
        sync = Chore(synced)
        checkpoints = Chore(try chronicle?.tally(of: .checkpoint, since: since) ?? ChoreTally())
        recovery = Recovery(incidents)
        let watched = try chronicle?.figures() ?? []
        loss = Loss(try chronicle?.losses(since: since), watched)
        figures = watched.map { WatchFigure($0, policy) }
        troubles = try (chronicle?.troubles(since: since) ?? []).prefix(200).map {
            PastTrouble(
                kind: $0.kind, severity: $0.severity, began: Timestamp($0.beganMilliseconds),
                ended: $0.endedMilliseconds.map { Timestamp($0) }, what: $0.what)
        }
        let score = ReliabilityScore(
            uptime: time.share, integrity: integrity.share_percent.map { $0 / 100 },
            sync: sync.succeeded_percent.map { $0 / 100 })
        score_percent = score.percent
        unknown = score.unknown.map(\.rawValue)
        sentence = sentence(of: score)
    }

    private func sentence(of score: ReliabilityScore) -> String {
        guard let percent = score.percent else {
            return "Nothing is known yet of this period: the companion notes each minute that it is there."
        }
        var text = "Reliability \(Self.percent(percent)) (target \(Self.percent(target_percent)))"
        let lowered = ReliabilityScore.Part.allCases.filter { score[$0].map { $0 < 1 } ?? false }
        if !lowered.isEmpty {
            text += ", lowered by \(lowered.map(\.rawValue).joined(separator: lowered.count > 2 ? ", " : " and "))"
        }
        if !score.unknown.isEmpty { text += "; not known: \(unknown.joined(separator: ", "))" }
        if recovery.open > 0 { text += "; \(counted(recovery.open, "incident")) not over yet" }
        if loss.bytes + loss.episodes > 0 {
            text += "; lost: \(counted(loss.episodes, "episode")), \(counted(loss.bytes, "byte"))"
        }
        return text + "."
    }

    /// Not rounded up: what failed once in 100,000 times did not succeed always.
    package static func percent(_ value: Double) -> String {
        value >= 100 ? "100 %" : "\((value * 1000).rounded(.down) / 1000) %"
    }
}

extension ReliabilityReport.Uptime {
    init(_ time: Domain.Uptime, _ incidents: [Incident], since: Int64, now: Int64) {
        up_seconds = Double(time.up) / 1000
        down_seconds = Double(time.down) / 1000
        unknown_seconds = Double(time.unknown) / 1000
        lowered_by = [Incident.Cause.companionGone, .redisAway].compactMap { cause in
            let all = incidents.filter { $0.cause == cause }
            guard !all.isEmpty else { return nil }
            let length = all.map { max(0, ($0.endedMilliseconds ?? now) - max(since, $0.beganMilliseconds)) }.reduce(
                0, +)
            return Loss(cause: cause.rawValue, times: all.count, seconds: Double(length) / 1000)
        }
        share_percent = time.share.map { $0 * 100 }
    }
}

extension ReliabilityReport.Integrity {
    init(_ audited: ChoreTally) {
        looked_at = audited.items
        bad = audited.bad
        mended = audited.mended
        not_mended = max(0, audited.bad - audited.mended)
        share_percent =
            audited.items > 0 ? 100 * Double(max(0, audited.items - audited.bad)) / Double(audited.items) : nil
    }
}

extension ReliabilityReport.Chore {
    init(_ tally: ChoreTally) {
        runs = tally.runs
        failed = tally.failed
        items = tally.items
        bytes = tally.bytes
        seconds = Double(tally.took) / 1000
        succeeded_percent = tally.runs > 0 ? 100 * Double(tally.runs - tally.failed) / Double(tally.runs) : nil
        last_run = Timestamp(orNever: tally.lastMilliseconds)
        last_success = Timestamp(orNever: tally.lastSuccessMilliseconds)
    }
}

extension ReliabilityReport.Recovery {
    init(_ incidents: [Incident]) {
        func length(_ incident: Incident) -> Double? {
            incident.outcome == .recovered
                ? incident.endedMilliseconds.map { Double($0 - incident.beganMilliseconds) / 1000 } : nil
        }
        func mean(_ incidents: [Incident]) -> Double? {
            let lengths = incidents.compactMap(length)
            return lengths.isEmpty ? nil : lengths.reduce(0, +) / Double(lengths.count)
        }
        let over = incidents.filter { $0.outcome != .open }
        let recovered = over.count { $0.outcome == .recovered }
        open = incidents.count - over.count
        by_cause = Incident.Cause.allCases.compactMap { cause in
            let all = incidents.filter { $0.cause == cause }
            guard !all.isEmpty else { return nil }
            return Cause(
                cause: cause.rawValue, times: all.count, recovered: all.count { $0.outcome == .recovered },
                failed: all.count { $0.outcome == .failed }, open: all.count { $0.outcome == .open },
                mean_seconds: mean(all), longest_seconds: all.compactMap(length).max() ?? 0)
        }
        latest = incidents.prefix(100).map {
            Event(
                cause: $0.cause.rawValue, subject: $0.subject, began: Timestamp($0.beganMilliseconds),
                ended: $0.endedMilliseconds.map { Timestamp($0) }, outcome: $0.outcome.rawValue, attempts: $0.attempts,
                detail: $0.detail)
        }
        mean_seconds = mean(incidents)
        succeeded_percent = over.isEmpty ? nil : 100 * Double(recovered) / Double(over.count)
    }
}

extension ReliabilityReport.Loss {
    /// - Parameter losses: what no source could give back; nil where nothing is known.
    init(_ losses: (things: Int64, bytes: Int64, episodes: Int64)?, _ figures: [WatchedFigure]) {
        func figure(_ indicator: Indicator) -> Int64? {
            figures.first { $0.indicator == indicator }.flatMap { Int64(exactly: $0.value.rounded()) }
        }
        bytes = (losses?.bytes ?? 0) + (figure(.missingBytes) ?? 0)
        episodes = losses?.episodes ?? 0
        of_bytes = figure(.countedBytes)
        percent = of_bytes.flatMap { $0 > 0 ? 100 * Double(bytes) / Double($0) : nil }
    }
}
