internal import Domain

extension Status {
    /// How reliable it was over the last seven days, and what is watched.
    package struct Reliability: StatusSection {
        /// The product of the shares that are known.
        @OrNull package var score_percent: Double?
        @OrNull package var uptime_percent: Double?
        @OrNull package var integrity_percent: Double?
        @OrNull package var sync_percent: Double?
        @OrNull package var recovery_mean_seconds: Double?
        @OrNull package var recovered_percent: Double?
        @OrNull package var lost_percent: Double?
        /// What failed and is not over yet.
        package var open_incidents = 0
        /// Of these, what audits found damaged or missing and nothing has mended.
        package var not_mended = 0
        @OrNull package var last_audit: Timestamp?
        @OrNull package var last_checkpoint: Timestamp?
        @OrNull package var last_sync: Timestamp?
        /// As they were watched last, the worst first.
        package var figures: [WatchFigure] = []
        /// In words: the shares that are known, and of each indicator the worst figure.
        package var shown: [String: String] = [:]
        /// Why nothing of it can be read.
        @OrNull package var error: String?
    }
}

extension Status.Reliability {
    init(_ report: ReliabilityReport) {
        score_percent = report.score_percent
        uptime_percent = report.uptime.share_percent
        integrity_percent = report.integrity.share_percent
        sync_percent = report.sync.succeeded_percent
        recovery_mean_seconds = report.recovery.mean_seconds
        recovered_percent = report.recovery.succeeded_percent
        lost_percent = report.loss.percent
        open_incidents = report.recovery.open
        let found = [Incident.Cause.damage, .missing].map(\.rawValue)
        not_mended = report.recovery.by_cause.filter { found.contains($0.cause) }.reduce(0) { $0 + $1.open }
        last_audit = report.audits.last_success
        last_checkpoint = report.checkpoints.last_success
        last_sync = report.sync.last_success
        figures = report.figures
        let shares = [
            ("score", score_percent), ("uptime", uptime_percent), ("integrity", integrity_percent),
            ("sync", sync_percent),
        ]
        for (name, share) in shares { shown[name] = share.map { ReliabilityReport.percent($0) } }
        for indicator in Indicator.allCases {
            let all = figures.filter { $0.indicator == indicator.rawValue }
            // The worst level comes first; of one level the worst value.
            let level = all.first?.level
            let worst = all.filter { $0.level == level }.max { indicator.isFloor == ($0.value < $1.value) }
            guard let worst else { continue }
            let subject = worst.subject.isEmpty ? "" : " (\(worst.subject))"
            shown[indicator.rawValue] = worst.text + subject + (worst.level == "well" ? "" : ", \(worst.level)")
        }
    }
}

// MARK: - On the surfaces

extension Status.Reliability {
    package func metrics(in status: Status) -> [Metric] {
        [
            .known(
                "holdfast_reliability_score_percent",
                "Product of the shares of uptime, integrity and syncs that are known, of seven days; absent where none is.",
                score_percent
            ).ofHost,
            .shares(
                "holdfast_reliability_share_percent", "What the score is made of; absent where nothing is known.",
                by: "part",
                [("uptime", uptime_percent), ("integrity", integrity_percent), ("sync", sync_percent)]
            ).ofHost,
            .known(
                "holdfast_recovery_mean_seconds", "From the beginning of what failed to its end, of seven days.",
                recovery_mean_seconds
            ).ofHost,
            .known(
                "holdfast_recovered_percent", "Of what failed within seven days and is over, what was got over.",
                recovered_percent
            ).ofHost,
            .known(
                "holdfast_lost_percent", "Bytes that no source gives back, of those that the ledger counts.",
                lost_percent
            ).ofHost,
            .gauge("holdfast_open_incidents", "What failed and is not over yet.", open_incidents).ofHost,
            .gauge(
                "holdfast_audit_findings", "What audits found damaged or missing and nothing has mended.", not_mended
            ).ofHost,
            .gauge(
                "holdfast_audit_timestamp_seconds", "When an audit ended last that went through; 0 for never.",
                when: last_audit
            ).ofHost,
            .gauge(
                "holdfast_checkpoint_timestamp_seconds", "When a checkpoint was made last; 0 for never.",
                when: last_checkpoint
            ).ofHost,
            .gauge(
                "holdfast_sync_timestamp_seconds", "When the second copy was brought up to date last; 0 for never.",
                when: last_sync
            ).ofHost,
        ] + Indicator.allCases.flatMap { watched($0, at: status.observed_at) }
    }

    /// An older figure is none of now: an alert by it would never end.
    private func watched(_ indicator: Indicator, at now: Timestamp) -> [Metric] {
        let all = figures.filter {
            $0.indicator == indicator.rawValue && now.milliseconds - $0.at.milliseconds < Self.longestTrust
        }
        let name = "holdfast_watch_\(indicator.rawValue)"
        return [
            .shares(
                name, "Watched: \(indicator.title); absent where nothing is known.", by: "subject",
                all.map { ($0.subject, $0.value) }
            ).ofHost,
            .shares(
                name + "_level", "Of that: 0 well, 1 warning, 2 critical.", by: "subject",
                all.map { figure in
                    (figure.subject, WatchLevel.allCases.first { $0.name == figure.level }.map { Double($0.rawValue) })
                }
            ).ofHost,
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        if let error { return StatusRow("reliability", error) }
        guard let score_percent else { return StatusRow("reliability", "not known yet") }
        var text = "\(ReliabilityReport.percent(score_percent)) of 7 days"
        let bad = figures.filter { $0.level != "well" }
        if open_incidents > 0 { text += ", \(counted(open_incidents, "incident")) not over" }
        if !bad.isEmpty { text += ", \(counted(bad.count, "figure")) not well" }
        return StatusRow("reliability", text)
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Score of 7 days", .words("reliability.shown.score", shown["score"], empty: "not known yet")),
            Fact("Uptime", .words("reliability.shown.uptime", shown["uptime"], empty: "not known yet")),
            Fact("Integrity", .words("reliability.shown.integrity", shown["integrity"], empty: "no audit yet")),
            Fact("Syncs", .words("reliability.shown.sync", shown["sync"], empty: "none yet")),
            Fact("Not over", .count("reliability.open_incidents", open_incidents)),
            Fact("Found and not mended", .count("reliability.not_mended", not_mended)),
            Fact("Mean recovery", .seconds("reliability.recovery_mean_seconds", recovery_mean_seconds, empty: "none")),
            Fact("Audited", .time("reliability.last_audit", last_audit, empty: "not yet")),
            Fact("Checkpoint", .time("reliability.last_checkpoint", last_checkpoint, empty: "not yet")),
            Fact("Synced", .time("reliability.last_sync", last_sync, empty: "not yet")),
        ]
            + Indicator.allCases.map { indicator in
                Fact(
                    indicator.title.prefix(1).uppercased() + indicator.title.dropFirst(),
                    .quoted("reliability.shown.\(indicator.rawValue)", shown[indicator.rawValue])
                ).hiddenWithoutValue()
            } + [Fact("Error", .quoted("reliability.error", error)).hiddenWithoutValue()]
    }
}

// MARK: - Troubles

extension Status.Reliability {
    /// An older figure says nothing of now, ms.
    private static let longestTrust: Int64 = 2 * 3_600_000

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        let now = judgement.now.milliseconds
        let fresh = figures.filter { now - $0.at.milliseconds < Self.longestTrust }
        return [(Trouble.Kind.reliability_critical, "critical"), (.reliability_warning, "warning")].compactMap {
            kind, level in
            let bad = fresh.filter { $0.level == level }
            guard !bad.isEmpty else { return nil }
            let what = bad.map { "\($0.title) \($0.text)" }.joined(separator: "; ")
            return Trouble(
                kind, "Watched figures are \(level == "critical" ? "critical" : "not well"): \(what)",
                atRisk: "nothing yet; what is kept stays here", remedy: "'holdfast reliability' says more"
            )
        } + found
    }

    private var found: [Trouble] {
        guard not_mended > 0 else { return [] }
        return [
            Trouble(
                .audit_findings,
                "An audit found \(counted(not_mended, "thing")) damaged or missing, and nothing has mended \(not_mended == 1 ? "it" : "them") yet",
                atRisk: "what lies there, where no other source has it",
                remedy: "'holdfast audit --deep --repair' mends what any source has, and says what none has")
        ]
    }
}
