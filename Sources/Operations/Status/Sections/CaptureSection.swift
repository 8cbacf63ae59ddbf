package import Domain
internal import Platform

extension Status {
    /// What this host has captured and not yet told.
    package struct Capture: StatusSection {
        /// On disk, of all kinds.
        package var notes = 0
        @OrNull package var oldest_note: Timestamp?
        /// How far capture is behind: the age of the oldest note that is no history.
        @OrNull package var lag_seconds: Double?
        package var corrupt_notes = 0
        package var spool_bytes: Int64 = 0
        package var spool_pressure = SpoolPressure.ample
        package var disk_free_bytes: Int64 = 0
        /// Claude Code deletes them within three days, and they are neither captured nor in the vault.
        package var transcripts_endangered = 0
        package var spool_limit_bytes: Int64 = 0
        /// Sessions whose transcript lies where nothing can be captured.
        package var uncaptured_sessions = 0
        /// Of the latest of them: where it lies, and why that is of no use.
        @OrNull package var uncaptured_reason: String?
        @OrNull package var last_uncaptured: Timestamp?
        /// When a session was seen at work last of which no hook told.
        @OrNull package var last_unreported: Timestamp?
        /// When a hook of this host recorded something last.
        @OrNull package var last_hook: Timestamp?
    }
}

// MARK: - On the surfaces

extension Status.Capture {
    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge("holdfast_spool_notes", "Notes on this host that Redis has not taken yet.", notes).ofHost,
            .gauge("holdfast_spool_corrupt_notes", "Notes on this host that cannot be read.", corrupt_notes).ofHost,
            .gauge("holdfast_spool_bytes", "Bytes of all notes on this host.", spool_bytes).ofHost,
            .gauge("holdfast_spool_limit_bytes", "Bytes that notes may take.", spool_limit_bytes).ofHost,
            .gauge("holdfast_disk_free_bytes", "Bytes free on the disk of the state folder.", disk_free_bytes).ofHost,
            .gauge(
                "holdfast_oldest_note_age_seconds", "Age of the oldest note that is no history.",
                since: oldest_note, status.observed_at
            ).ofHost,
            .gauge(
                "holdfast_last_hook_timestamp_seconds", "When a hook of this host recorded something last.",
                when: last_hook
            ).ofHost,
            .gauge(
                "holdfast_uncaptured_sessions", "Sessions whose transcript lies where nothing can be captured.",
                uncaptured_sessions
            ).ofHost,
            .gauge(
                "holdfast_transcripts_endangered",
                "Transcripts that Claude Code deletes within three days and that are neither captured nor in the vault.",
                transcripts_endangered),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        let now = status.observed_at
        var text = "\(counted(notes, "note")) waiting"
        if let oldest_note { text += ", the oldest \(oldest_note.age(now)) old" }
        if corrupt_notes > 0 { text += ", \(corrupt_notes) corrupt" }
        return StatusRow("capture", text + (last_hook.map { "; last hook \($0.ago(now))" } ?? "; no hook yet"))
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact(
                "Notes in the spool", .count("capture.notes", notes), ", ",
                .share(id: "spool", Figure.Share(spool_bytes, of: spool_limit_bytes, .bytes))),
            Fact("Oldest note", .time("capture.oldest_note", oldest_note, empty: "none")),
            Fact("Unreadable notes", .count("capture.corrupt_notes", corrupt_notes)),
            Fact(
                "Room on disk", .words("capture.spool_pressure", spool_pressure.rawValue), ", ",
                .bytes("capture.disk_free_bytes", disk_free_bytes), " free"),
            Fact("Transcripts out of reach", .count("capture.uncaptured_sessions", uncaptured_sessions)),
            Fact("Last hook", .time("capture.last_hook", last_hook, empty: "never")),
        ]
    }
}

// MARK: - Troubles

extension Status.Capture {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        let all = [
            unwritable(judgement), disk(judgement), full(judgement), endangered, corrupt(judgement), waiting(judgement),
            low(judgement),
            nothing(judgement), unreachable, unreported,
        ]
        return all.compactMap { $0 }
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        let now = judgement.now, clues = judgement.clues
        return [
            unreportedEvidence,
            Evidence(
                .recorded, by: "a write to the state folder", "it is refused", isWell: clues.stateFailure == nil,
                at: now),
            Evidence(
                .captured, by: "notes on disk", "some cannot be read", isWell: corrupt_notes == 0, at: now),
            Evidence(
                .captured, by: "transcripts", "some lie where nothing is captured", isWell: uncaptured_sessions == 0,
                at: now),
            Evidence(
                .captured, by: "room for notes", "none are taken", isWell: spool_pressure != .full, at: now),
            Evidence(
                .captured, by: "old transcripts", "some are about to be deleted and are kept nowhere",
                isWell: transcripts_endangered == 0, at: now),
        ]
    }

    /// Read-only, another user's, or broken: hooks can leave no note there, and nothing can be captured or repaired.
    private func unwritable(_ judgement: Judgement) -> Trouble? {
        guard let failure = judgement.clues.stateFailure, !failure.isOfFullDisk else { return nil }
        let redis = judgement.status.redis
        return Trouble(
            .state_unwritable, "The state folder cannot be written (\(failure))",
            atRisk: redis.available && redis.writable
                ? "what is said, which no hook can capture; sessions are still recorded in Redis"
                : "what is said and which session goes on under which key: neither note nor record is kept",
            remedy:
                "make \(judgement.clues.statePath) writable for this user, or set HOLDFAST_STATE_DIR to a folder that is"
        )
    }

    private func hasNoRoom(_ clues: Clues) -> Bool { disk_free_bytes < clues.minimumFreeBytes }

    private func disk(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard hasNoRoom(clues) else {
            guard let failure = clues.stateFailure, failure.isOfFullDisk else { return nil }
            return Trouble(
                .disk_full, "The disk of the state folder is full (\(failure))", since: clues.spoolFullSince,
                atRisk: "what hooks tell and no transcript holds; what transcripts hold is captured once there is room",
                remedy: "free room on the disk of \(clues.statePath)")
        }
        let free = disk_free_bytes >> 20, wanted = (clues.minimumFreeBytes + (1 << 20) - 1) >> 20
        return Trouble(
            .disk_full,
            "The disk has too little room (\(free) MB free, \(wanted) MB must be: spool.min_free_bytes)",
            since: clues.spoolFullSince,
            atRisk:
                "what Claude Code cannot write into its transcripts; what it writes is captured once there is room",
            remedy: "free \(wanted - free) MB on the disk of the state folder, or lower spool.min_free_bytes")
    }

    private func full(_ judgement: Judgement) -> Trouble? {
        guard spool_pressure == .full, !hasNoRoom(judgement.clues) else { return nil }
        return Trouble(
            .spool_full, "The spool is full and takes no more notes (\(judgement.notes), \(spool_bytes >> 20) MB)",
            since: judgement.clues.spoolFullSince,
            atRisk: "nothing while transcripts live, they are captured later",
            remedy: "see that Redis runs and its queue empties, or raise spool.max_bytes")
    }

    private func low(_ judgement: Judgement) -> Trouble? {
        guard spool_pressure == .low else { return nil }
        return Trouble(
            .spool_low, "The spool is getting full (\(judgement.notes))", atRisk: "nothing",
            remedy: "see that Redis runs and its queue empties, or raise spool.max_bytes")
    }

    private func corrupt(_ judgement: Judgement) -> Trouble? {
        guard corrupt_notes > 0 else { return nil }
        let spool = judgement.clues.statePath + "/spool"
        return Trouble(
            .notes_corrupt, "\(corrupt_notes) notes cannot be read",
            atRisk: "nothing while the transcripts live, the watcher reads them",
            remedy: "look at \(spool)/*.corrupt, then 'rm \(Remedy.word(spool))/*.corrupt'")
    }

    private func waiting(_ judgement: Judgement) -> Trouble? {
        guard judgement.status.redis.available, let oldest_note,
            judgement.now.milliseconds - oldest_note.milliseconds > judgement.clues.noteGrace
        else { return nil }
        return Trouble(
            .notes_waiting, "\(judgement.notes) wait\(notes == 1 ? "s" : "") to be captured", since: oldest_note,
            atRisk: "nothing, they are on disk",
            remedy: "\(judgement.clues.statePath)/log/companion.log says what keeps them")
    }

    private var unreachable: Trouble? {
        guard uncaptured_sessions > 0 else { return nil }
        let sessions = uncaptured_sessions == 1 ? "1 session is" : "\(uncaptured_sessions) sessions are"
        return Trouble(
            .not_captured, "\(sessions) not captured (\(uncaptured_reason ?? ""))", since: last_uncaptured,
            atRisk: "what they say, once their transcripts are deleted",
            remedy:
                "let the path lie below CLAUDE_CONFIG_DIR or a link there that is yours, or capture the file by hand")
    }

    private var unreportedEvidence: Evidence {
        Evidence(
            .recorded, by: "hooks", "none told of a session that was at work",
            succeeded: last_unreported == nil ? nil : last_hook, failed: last_unreported)
    }

    /// Its words are captured all the same; which session goes on under which key is known from hooks alone.
    private var unreported: Trouble? {
        guard !unreportedEvidence.holds else { return nil }
        return Trouble(
            .hooks_missing, "A session was at work and no hook told of it", since: last_unreported,
            atRisk: "bindings, whose keys start fresh; what is said is captured late, and excluded by no switch",
            remedy:
                "'holdfast hooks install', then start claude anew; 'holdfast doctor' says whether they are installed")
    }

    private var endangered: Trouble? {
        guard transcripts_endangered > 0 else { return nil }
        return Trouble(
            .transcripts_endangered,
            "\(transcripts_endangered) transcripts are neither captured nor in the vault, and Claude Code deletes them within 3 days",
            atRisk: "what they say", remedy: "'holdfast sync --since 100w'")
    }

    /// Sessions are at work, their hooks fire, and yet nothing was captured for an hour, or ever.
    private func nothing(_ judgement: Judgement) -> Trouble? {
        let hour: Int64 = 3_600_000, status = judgement.status
        func isOlder(_ time: Timestamp?) -> Bool {
            time.map { judgement.now.milliseconds - $0.milliseconds > hour } ?? true
        }
        guard status.redis.available, status.sessions.busy > 0, let last_hook, !isOlder(last_hook),
            isOlder(status.queue_status.last_captured), judgement.clues.companionRuns,
            isOlder(judgement.clues.companionStarted)
        else { return nil }
        return Trouble(
            .no_capture, "Nothing was captured though \(status.sessions.busy) sessions are at work",
            since: status.queue_status.last_captured,
            atRisk: "nothing while the transcripts live", remedy: "'holdfast verify', then 'holdfast doctor'")
    }
}
