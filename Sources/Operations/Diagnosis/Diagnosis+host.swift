internal import Domain

/// Troubles of this host: its companion, its disk, its notes.
extension Diagnosis {
    var stopped: Trouble? {
        guard !clues.companionRuns, let stoppedAt = clues.stoppedAt else { return nil }
        return Trouble(
            kind: .stopped_by_hand, severity: .error, what: "Stopped by 'holdfast down'", since: stoppedAt,
            at_risk: "nothing, hooks leave notes (\(status.capture.notes) waiting) and transcripts stay",
            remedy: "holdfast up")
    }

    var companion: Trouble? {
        let isSaid = clues.usesEmbeddedRedis && redis?.kind == .redis_down
        guard !clues.companionRuns, clues.stoppedAt == nil, !isSaid else { return nil }
        return Trouble(
            kind: .companion_gone, severity: .error, what: "No companion runs on this host", since: clues.lastBeat,
            at_risk: "nothing, what is said waits (\(notes), \(episodes)), but no memory is made",
            remedy: "holdfast up; if it ends again, log/companion.log in the state folder says why")
    }

    /// It holds its lock, and has not told of itself for a minute though Redis would hear it.
    var hung: Trouble? {
        guard clues.companionRuns, status.redis.available, let beat = clues.lastBeat,
            let start = clues.companionStarted,
            now.milliseconds - max(beat.milliseconds, start.milliseconds) > 60_000
        else { return nil }
        return Trouble(
            kind: .companion_hung, severity: .error, what: "The companion of this host hangs", since: beat,
            at_risk: "nothing, what is said waits (\(notes), \(episodes)), but no memory is made",
            remedy: "holdfast down && holdfast up")
    }

    /// Settings were changed that its companion takes over when it starts.
    var restart: Trouble? {
        guard clues.companionRuns, !clues.restartNeeded.isEmpty else { return nil }
        let settings = clues.restartNeeded.joined(separator: ", ")
        return Trouble(
            kind: .restart_needed, severity: .warning,
            what: "The companion goes by what it started with until it is restarted (changed: \(settings))",
            since: clues.restartNeededSince, at_risk: "nothing", remedy: "holdfast down && holdfast up")
    }

    var disk: Trouble? {
        guard status.capture.disk_free_bytes < clues.minimumFreeBytes else { return nil }
        let free = status.capture.disk_free_bytes >> 20, wanted = (clues.minimumFreeBytes + (1 << 20) - 1) >> 20
        return Trouble(
            kind: .disk_full, severity: .error,
            what: "The disk has too little room (\(free) MB free, \(wanted) MB must be: spool.min_free_bytes)",
            since: clues.spoolFullSince,
            at_risk:
                "what Claude Code cannot write into its transcripts; what it writes is captured once there is room",
            remedy: "free \(wanted - free) MB on the disk of the state folder, or lower spool.min_free_bytes")
    }

    var spoolFull: Trouble? {
        guard status.capture.spool_pressure == .full, disk == nil else { return nil }
        return Trouble(
            kind: .spool_full, severity: .error,
            what: "The spool is full and takes no more notes (\(notes), \(status.capture.spool_bytes >> 20) MB)",
            since: clues.spoolFullSince,
            at_risk: "nothing while transcripts live, they are captured later",
            remedy: "see that Redis runs and its queue empties, or raise spool.max_bytes")
    }

    var spoolLow: Trouble? {
        guard status.capture.spool_pressure == .low else { return nil }
        return Trouble(
            kind: .spool_low, severity: .warning, what: "The spool is getting full (\(notes))",
            since: nil, at_risk: "nothing",
            remedy: "see that Redis runs and its queue empties, or raise spool.max_bytes")
    }

    var corruptNotes: Trouble? {
        guard status.capture.corrupt_notes > 0 else { return nil }
        return Trouble(
            kind: .notes_corrupt, severity: .warning,
            what: "\(status.capture.corrupt_notes) notes cannot be read",
            since: nil, at_risk: "nothing while the transcripts live, the watcher reads them",
            remedy: "look at the files *.corrupt below spool in the state folder, then delete them")
    }

    var notesWaiting: Trouble? {
        guard status.redis.available, let oldest = status.capture.oldest_note,
            now.milliseconds - oldest.milliseconds > clues.noteGrace
        else { return nil }
        return Trouble(
            kind: .notes_waiting, severity: .warning,
            what: "\(notes) wait\(status.capture.notes == 1 ? "s" : "") to be captured", since: oldest,
            at_risk: "nothing, they are on disk", remedy: "log/companion.log in the state folder says what keeps them")
    }

    var endangered: Trouble? {
        let count = status.capture.transcripts_endangered
        guard count > 0 else { return nil }
        return Trouble(
            kind: .transcripts_endangered, severity: .error,
            what: "\(count) transcripts are not captured and Claude Code deletes them within 3 days", since: nil,
            at_risk: "what they say", remedy: "holdfast sync --since 100w")
    }

    /// Sessions are at work, their hooks fire, and yet nothing was captured for an hour, or ever.
    var noCapture: Trouble? {
        let hour: Int64 = 3_600_000
        func isOlder(_ time: Timestamp?) -> Bool { time.map { now.milliseconds - $0.milliseconds > hour } ?? true }
        guard status.redis.available, status.sessions.busy > 0, let hook = status.capture.last_hook, !isOlder(hook),
            isOlder(status.queue_status.last_captured), clues.companionRuns, isOlder(clues.companionStarted)
        else { return nil }
        return Trouble(
            kind: .no_capture, severity: .warning,
            what: "Nothing was captured though \(status.sessions.busy) sessions are at work",
            since: status.queue_status.last_captured,
            at_risk: "nothing while the transcripts live", remedy: "holdfast verify, then holdfast doctor")
    }
}
