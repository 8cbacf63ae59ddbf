extension Status {
    /// A daemon, of this host or another that uses the same Redis.
    package struct Companion: Codable, Sendable {
        package enum State: String, Codable, Sendable { case running, gone }

        package var host: String
        package var state: State
        @OrNull package var pid: Int?
        @OrNull package var version: String?
        @OrNull package var started_at: Timestamp?
        package var beat_at: Timestamp
        /// owner or standby.
        @OrNull package var archive: String?
        package var leases: Int
        @OrNull package var last_claim_at: String?
    }

    /// The one of this host.
    package var ownCompanion: Companion? { companions.first { $0.host == host } }
}

extension [Status.Companion]: StatusSection {
    // MARK: - On the surfaces

    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge("holdfast_companion_up", "Whether this host's companion runs.", status.service_status != .stopped)
                .ofHost,
            .gauge(
                "holdfast_companions", "Companions that live, on all hosts that use this Redis.",
                count { $0.state == .running }),
            .gauge(
                "holdfast_companion_start_timestamp_seconds", "When this host's companion was started.",
                when: status.ownCompanion?.started_at),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard status.service_status != .stopped else { return StatusRow("companion", "not running on this host") }
        let others = count { $0.host != status.host && $0.state == .running }
        let started = status.ownCompanion?.started_at.map { ", started \($0.ago(status.observed_at))" } ?? ""
        return StatusRow("companion", "running\(started)\(others > 0 ? ", \(others) on other hosts" : "")")
    }

    // MARK: - Troubles

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        [
            misconfigured(judgement), stopped(judgement), gone(judgement), hung(judgement), restart(judgement),
            noDashboard(judgement),
        ].compactMap { $0 }
    }

    private func misconfigured(_ judgement: Judgement) -> Trouble? {
        guard let fault = judgement.clues.configurationFault else { return nil }
        let runs = judgement.clues.companionRuns
        return Trouble(
            .configuration_broken, "The configuration is not understood (\(fault))",
            atRisk: runs
                ? "what is said is not captured until then; the companion goes by what it understood last"
                : "what is said is not captured until then, and no companion starts",
            remedy: "mend it; 'holdfast config check' says when it is well")
    }

    private func stopped(_ judgement: Judgement) -> Trouble? {
        guard !judgement.clues.companionRuns, let stoppedAt = judgement.clues.stoppedAt else { return nil }
        return Trouble(
            .stopped_by_hand, "Stopped by 'holdfast down'", since: stoppedAt,
            atRisk: "nothing, hooks leave notes (\(judgement.status.capture.notes) waiting) and transcripts stay",
            remedy: "'holdfast up'")
    }

    private func gone(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard !clues.companionRuns, clues.stoppedAt == nil, !judgement.status.redis.waitsForCompanion(clues) else {
            return nil
        }
        return Trouble(
            .companion_gone, "No companion runs on this host\(clues.startClause)", since: clues.lastBeat,
            atRisk: risk(judgement), remedy: clues.startRemedy)
    }

    /// It holds its lock, and has not told of itself for a minute though Redis would hear it.
    private func hung(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard clues.companionRuns, judgement.status.redis.available, let beat = clues.lastBeat,
            let start = clues.companionStarted,
            judgement.now.milliseconds - Swift.max(beat, start).milliseconds > 60_000
        else { return nil }
        return Trouble(
            .companion_hung, "The companion of this host hangs", since: beat, atRisk: risk(judgement),
            remedy: "'holdfast down && holdfast up'")
    }

    /// Settings were changed that its companion takes over when it starts.
    private func restart(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard clues.companionRuns, !clues.restartNeeded.isEmpty else { return nil }
        let settings = clues.restartNeeded.joined(separator: ", ")
        return Trouble(
            .restart_needed,
            "The companion goes by what it started with until it is restarted (changed: \(settings))",
            since: clues.restartNeededSince, atRisk: "nothing", remedy: "'holdfast down && holdfast up'")
    }

    /// The companion works, and page and metrics are not to be had.
    private func noDashboard(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard clues.companionRuns, !clues.dashboardError.isEmpty else { return nil }
        return Trouble(
            .dashboard_away, "Page and metrics are not served (\(clues.dashboardError))", atRisk: "nothing",
            remedy: "mend dashboard.listen in holdfast.json; no restart is needed")
    }

    private func risk(_ judgement: Judgement) -> String {
        "nothing, what is said waits (\(judgement.notes), \(judgement.episodes)), but no memory is made"
    }
}
