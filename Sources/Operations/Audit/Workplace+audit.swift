internal import Archive
internal import Chronicle
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// What an audit looked at, found and mended.
package struct AuditAnswer: Encodable, Sendable {
    package let is_deep: Bool
    package let seconds: Double
    package let items: Int64
    package let looked_at: [String: Int64]
    package let bytes: Int64
    package let found: Int
    package let mended: Int64
    package let lost: Int
    /// What was said to be lost by an audit before.
    package let known_lost: Int64
    /// What is neither mended nor merely left over.
    package let open: Int
    package let findings: [AuditFinding]
    /// What could not be looked at, and why.
    package let unseen: [String]

    init(_ report: AuditReport) {
        is_deep = report.is_deep
        seconds = Double(report.took_ms) / 1000
        items = report.items
        looked_at = report.looked_at
        bytes = report.bytes
        found = report.findings.count
        mended = report.mended
        lost = report.findings.count { $0.outcome == .lost }
        known_lost = report.known_lost
        open = report.open.count
        findings = report.findings.map(AuditFinding.init)
        unseen = report.unseen
    }
}

/// Something that was not as it should be.
package struct AuditFinding: Encodable, Sendable {
    package let kind: String
    /// Which: an episode's ID, a key, a file.
    package let thing: String
    package let detail: String
    package let session: String
    package let at_risk: String
    /// found, mended, lost, orphan: what is left over, and goes by itself; collected: what was left over for a week, and
    /// is gone.
    package let outcome: String
    /// Where it was mended from; empty where it was not.
    package let source: String

    init(_ finding: Finding) {
        kind = finding.kind.rawValue
        thing = finding.thing
        detail = finding.detail
        session = finding.session
        at_risk = finding.at_risk
        outcome = finding.outcome.rawValue
        source = finding.source
    }
}

extension Workplace {
    /// Looks whether all that is kept is as it should be.
    /// - Parameters:
    ///   - isDeep: reads every byte of archive, vault and checkpoints.
    ///   - isRepairing: mends what it finds, from the next good source.
    /// - Throws: `Failure`.
    package func audit(isDeep: Bool, isRepairing: Bool) async throws -> AuditAnswer {
        var connection: RedisConnection?
        if isRepairing {
            try startForRepair()
            connection = try connectStarting(.companion)
        } else {
            // What can be looked at without it is.
            connection = try? connect(.companion)
        }
        let began = HostClock.wallMilliseconds
        var report = Audit(settings: settings, host: host).run(over: &connection, isDeep: isDeep)
        if isRepairing { try await AuditRepair(workplace: self).run(&report) }
        // Last: what is damaged here is not to be sent there.
        if isDeep { await AuditOfCopy(workplace: self).run(&report, isRepairing: isRepairing) }
        note(&report, over: &connection, began: began)
        return AuditAnswer(report)
    }

    /// The companion alone writes the archive: without it nothing of that is mended, and nothing may be called lost.
    private func startForRepair() throws {
        let starter = CompanionStarter(settings: settings)
        guard !starter.isCompanionRunning else { return }
        guard starter.start(evenIfRecent: true) != .noExecutable else {
            throw Failure(.no, "no companion runs, and none is found to be started", remedy: "holdfast up")
        }
        let watch = Stopwatch(limit: .seconds(30))
        while !starter.isCompanionRunning {
            guard !watch.isOver else {
                throw Failure(.no, "no companion runs, which alone writes the archive", remedy: "holdfast up")
            }
            usleep(20_000)
        }
    }

    /// A chronicle that cannot be written keeps nobody from an audit.
    private func note(_ report: inout AuditReport, over connection: inout RedisConnection?, began: Int64) {
        let now = HostClock.wallMilliseconds
        let chronicle = try? Chronicle.open(settings.state.chronicle)
        if let chronicle {
            try? AuditMemory(settings: settings, host: host).settle(
                &report, by: chronicle, over: &connection, now: now)
        }
        var tally = ChoreTally()
        (tally.runs, tally.items, tally.bytes) = (1, report.items, report.bytes)
        tally.bad = Int64(report.findings.count(where: \.isBad))
        (tally.mended, tally.took) = (report.mended, report.took_ms)
        tally.failed = report.unseen.isEmpty ? 0 : 1
        tally.lastMilliseconds = now
        if report.unseen.isEmpty { tally.lastSuccessMilliseconds = now }
        guard let chronicle else { return }
        try? chronicle.count(.audit, tally)
        let open = Set(report.findings.filter { $0.outcome == .found }.map(\.name))
        try? chronicle.settle(but: open, at: now, isLookedFor: report.looksFor)
        for finding in report.findings {
            let (cause, name) = (finding.cause, finding.name)
            switch finding.outcome {
            case .found: _ = try? chronicle.began(cause, of: name, at: began, detail: finding.detail)
            case .mended:
                _ = try? chronicle.began(cause, of: name, at: began, detail: finding.source)
                try? chronicle.ended(cause, of: name, at: now)
                try? chronicle.found(finding.kind.rawValue, finding.thing)
            case .lost:
                _ = try? chronicle.began(cause, of: name, at: began, detail: finding.detail)
                try? chronicle.ended(cause, of: name, .failed, at: now)
                _ = try? chronicle.lost(
                    finding.kind.rawValue, finding.thing, bytes: finding.bytes, episodes: finding.episodes,
                    detail: finding.detail, at: now)
            case .orphan, .collected: break
            }
        }
    }
}
