internal import Domain

extension Status {
    /// What of this host's transcripts is kept as the client wrote it.
    package struct Vault: StatusSection {
        package var enabled = false
        /// All that it holds, and what it takes in from now on.
        package var encrypted = false
        package var sessions: Int64 = 0
        /// Of the clients' files.
        package var kept_bytes: Int64 = 0
        /// On disk.
        package var stored_bytes: Int64 = 0
        /// Of those, what lies there for nothing until its pack is written anew.
        package var dead_bytes: Int64 = 0
        /// As the companion's reading, or the last 'holdfast vault verify', found.
        package var damaged_segments: Int64 = 0
        /// What capturers kept and the vault has not taken in yet.
        package var waiting_parts = 0
        package var transcripts_safe = 0
        package var transcripts_pending = 0
        /// Of the pending, those that their client deletes within three days.
        package var transcripts_endangered = 0
        package var transcripts_excluded = 0
        /// Older than the rolling period: 'holdfast sync' keeps them.
        package var transcripts_old = 0
        @OrNull package var last_kept: Timestamp?
        /// When the companion looked at all transcripts last.
        @OrNull package var last_look: Timestamp?
        /// When the companion had read all of it last, and compared it with its SHA-256.
        @OrNull package var last_reading: Timestamp?
        /// Why nothing is kept, or why the vault cannot be read.
        @OrNull package var error: String?
    }
}

// MARK: - On the surfaces

extension Status.Vault {
    private var transcripts: [(state: String, term: String, count: Int)] {
        [
            ("safe", "Safe", transcripts_safe), ("pending", "Pending", transcripts_pending),
            ("endangered", "Of these about to be deleted", transcripts_endangered),
            ("excluded", "Not to be kept", transcripts_excluded), ("old", "Older", transcripts_old),
        ]
    }

    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge("holdfast_vault_sessions", "Sessions in the vault of this host.", sessions).ofHost,
            .gauge(
                "holdfast_vault_bytes",
                "Bytes of the clients' files that are kept, those that the packs take, and of these what lies there for nothing.",
                by: "state", [("kept", kept_bytes), ("stored", stored_bytes), ("dead", dead_bytes)]
            ).ofHost,
            .gauge(
                "holdfast_vault_transcripts",
                "Transcripts of this host, as the companion's last look found them; endangered are among the pending.",
                by: "state", transcripts.map { ($0.state, Int64($0.count)) }
            ).ofHost,
            .gauge(
                "holdfast_vault_damaged_segments", "Segments in the vault that are not what was kept.",
                damaged_segments
            ).ofHost,
            .gauge(
                "holdfast_vault_waiting_parts", "Parts that capturers kept and the vault has not taken in yet.",
                waiting_parts
            ).ofHost,
            .gauge(
                "holdfast_vault_failed", "Whether transcripts could not be kept when that was tried last.", error != nil
            ),
            .gauge(
                "holdfast_vault_look_timestamp_seconds",
                "When the companion looked last whether all transcripts are kept; 0 for not yet.", when: last_look
            ).ofHost,
            .gauge(
                "holdfast_vault_reading_timestamp_seconds",
                "When the companion had read all of the vault last, and compared it with what was kept; 0 for not yet.",
                when: last_reading
            ).ofHost,
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        if let error { return StatusRow("vault", error) }
        var text = "\(counted(sessions, "session")), \(kept_bytes >> 20) MB kept in \(stored_bytes >> 20) MB"
        if damaged_segments > 0 { text += ", \(counted(damaged_segments, "segment")) damaged" }
        guard enabled else { return StatusRow("vault", sessions > 0 ? "off; \(text)" : "off") }
        text += "; transcripts: \(transcripts_safe) safe, \(transcripts_pending) pending"
        if transcripts_excluded > 0 { text += ", \(transcripts_excluded) excluded" }
        if transcripts_old > 0 { text += ", \(transcripts_old) older" }
        return StatusRow(
            "vault", text + (last_look.map { "; looked at \($0.ago(status.observed_at))" } ?? "; no look yet"))
    }

    package func facts(in status: Status) -> [Fact] {
        let hurt =
            damaged_segments > 0 ? [Fact("Damaged segments", .count("vault.damaged_segments", damaged_segments))] : []
        return hurt + [
            Fact("Sessions", .count("vault.sessions", sessions)),
            Fact("Kept", .bytes("vault.kept_bytes", kept_bytes), " in ", .bytes("vault.stored_bytes", stored_bytes)),
            Fact("Transcripts safe", .count("vault.transcripts_safe", transcripts_safe)),
            Fact(
                "Pending", .count("vault.transcripts_pending", transcripts_pending), ", about to be deleted ",
                .count("vault.transcripts_endangered", transcripts_endangered)),
            Fact(
                "Not to be kept", .count("vault.transcripts_excluded", transcripts_excluded), ", older ",
                .count("vault.transcripts_old", transcripts_old)),
            Fact("Parts waiting", .count("vault.waiting_parts", waiting_parts)),
            Fact("Looked at", .time("vault.last_look", last_look, empty: "not yet")),
            Fact("Read through", .time("vault.last_reading", last_reading, empty: "not yet")),
            Fact("Error", .quoted("vault.error", error)).hiddenWithoutValue(),
        ]
    }
}

// MARK: - Troubles

extension Status.Vault {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        var all: [Trouble] = []
        if let error {
            all.append(
                Trouble(
                    .vault_failed, "Transcripts are not kept in the vault (\(error))",
                    since: judgement.clues.vaultErrorSince,
                    atRisk: "resuming sessions whose transcripts are deleted; their words are captured all the same",
                    remedy:
                        "mend that; 'holdfast doctor' looks again, \(judgement.clues.statePath)/log/companion.log says more"
                ))
        }
        if damaged_segments > 0 {
            all.append(
                Trouble(
                    .vault_damaged,
                    damaged_segments == 1
                        ? "1 segment in the vault is not what was kept"
                        : "\(damaged_segments) segments in the vault are not what was kept",
                    atRisk: damaged_segments == 1
                        ? "its session comes back reduced, once its transcript is deleted"
                        : "their sessions come back reduced, once their transcripts are deleted",
                    remedy:
                        "'holdfast vault verify' names them; 'holdfast sync --since 100w' keeps anew what is still on disk; see that the disk is sound; 'holdfast vault prune --damaged' then gives up the rest"
                ))
        }
        return all
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        let now = judgement.now
        let isSound = Evidence(
            .kept, by: "the vault's segments", "some are not what was kept",
            succeeded: damaged_segments == 0 ? last_reading : nil, failed: damaged_segments == 0 ? nil : now)
        guard enabled else { return [isSound] }
        let isLate = isLate(judgement)
        return [
            isSound,
            Evidence(.kept, by: "the vault", "nothing can be kept", isWell: error == nil, at: now),
            Evidence(
                .kept, by: "the companion's look at all transcripts", "it is overdue",
                succeeded: isLate ? nil : last_look,
                failed: isLate ? now : nil),
            Evidence(
                .kept, by: "old transcripts", "some are about to be deleted and are not in the vault",
                isWell: transcripts_endangered == 0, at: last_look ?? now),
        ]
    }

    /// A companion has been running for long enough and has not looked.
    private func isLate(_ judgement: Judgement) -> Bool {
        let clues = judgement.clues
        guard clues.companionRuns, let started = clues.companionStarted else { return false }
        return judgement.now.milliseconds - max(started, last_look ?? started).milliseconds > clues.lookGrace
    }
}
