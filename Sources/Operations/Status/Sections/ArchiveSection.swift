internal import Domain

extension Status {
    package struct Archive: StatusSection {
        /// The companion that writes it; nil when none does.
        @OrNull package var owner: String?
        package var episodes = 0
        package var memories = 0
        /// For want of a provider.
        package var without_memory = 0
        /// Episodes whose words or memory a disk altered, and that stand nowhere else.
        package var damaged = 0
        package var bytes: Int64 = 0
        @OrNull package var error: String?
        /// When the oldest episode was captured that the archive has not taken in yet.
        @OrNull package var oldest_unarchived: Timestamp?
        /// When it was counted.
        @OrNull package var at: Timestamp?

        init() {}

        init(_ figures: ArchiveFigures) {
            episodes = Int(figures.episodes)
            memories = Int(figures.memories)
            without_memory = Int(figures.withoutMemory)
            damaged = Int(figures.damaged)
            bytes = figures.bytes
            error = figures.error
            at = Timestamp(orNever: figures.countedMilliseconds)
        }
    }
}

extension Status.Archive {
    // MARK: - On the surfaces

    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge(
                "holdfast_oldest_unarchived_age_seconds",
                "Age of the oldest episode that the archive has not taken in yet; 0 when there is none.",
                since: oldest_unarchived, status.observed_at),
            .gauge(
                "holdfast_archive_failed", "Whether the archive could not be used when it was looked at last.",
                error != nil),
            .gauge("holdfast_archive_bytes", "Bytes of the archive's file.", bytes),
            .gauge("holdfast_archive_episodes", "Episodes in the archive.", episodes),
            .gauge("holdfast_archive_memories", "Memories in the archive.", memories),
            .gauge(
                "holdfast_archive_damaged_episodes",
                "Episodes in the archive whose words or memory are not what was stored.", damaged),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        if let error { return StatusRow("archive", error) }
        var text = "\(counted(episodes, "episode")), \(counted(memories, "memory")), \(bytes >> 20) MB"
        if damaged > 0 { text += ", \(damaged) damaged" }
        if without_memory > 0 { text += ", \(without_memory) without a memory for want of a provider" }
        return StatusRow("archive", text)
    }

    package func facts(in status: Status) -> [Fact] {
        let hurt = damaged > 0 ? [Fact("Damaged episodes", .count("archive.damaged", damaged))] : []
        return hurt + [
            Fact("Episodes", .count("archive.episodes", episodes)),
            Fact("Memories", .count("archive.memories", memories)),
            Fact("Size", .bytes("archive.bytes", bytes)),
            Fact("Owner", .quoted("archive.owner", owner, empty: "nobody")).inRedis(),
            Fact("Oldest not yet archived", .time("archive.oldest_unarchived", oldest_unarchived))
                .hiddenWithoutValue(),
            Fact("Error", .quoted("archive.error", error)).hiddenWithoutValue(),
        ]
    }

    // MARK: - Troubles

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        [
            Evidence(
                .archived, by: "the archive's episodes", "it held more than it does",
                isWell: shrinkage(judgement) == nil,
                at: judgement.now),
            Evidence(
                .archived, by: "the archive", "it cannot be used", succeeded: error == nil ? at : nil,
                failed: error == nil ? nil : at ?? judgement.now),
            Evidence(
                .archived, by: "what waits for the archive", "it waits for long", isWell: !isBehind(judgement.now),
                at: judgement.now),
            Evidence(
                .archived, by: "the archive's checksums", "some of it is not what was stored", isWell: damaged == 0,
                at: judgement.now),
            Evidence(
                .archived, by: "the archive's owner", "no companion writes it", isWell: !isUnowned(judgement),
                at: judgement.now),
        ]
    }

    private func isBehind(_ now: Timestamp) -> Bool {
        oldest_unarchived.map { now.milliseconds - $0.milliseconds > 60_000 } ?? false
    }

    /// After its last word another companion takes over, or the same one that was started again, ms.
    private static let patience: Int64 = 35_000

    /// Nobody writes the pool's archive, though a companion runs here. Where it was this host's own, what its companion
    /// says is the last word; another host's may just be starting.
    private func isUnowned(_ judgement: Judgement) -> Bool {
        let clues = judgement.clues
        guard owner == nil, clues.companionRuns, judgement.status.redis.available, judgement.status.redis.writable
        else { return false }
        if !clues.archiveStanding.isEmpty, clues.archiveEpoch?.host ?? judgement.status.host == judgement.status.host {
            return true
        }
        let last = [clues.archiveEpoch?.milliseconds, clues.companionStarted?.milliseconds].compactMap { $0 }.max()
        return last.map { judgement.now.milliseconds - $0 > Self.patience } ?? false
    }

    /// It was made anew, or put back from an older copy, and does not hold again what it held.
    private func shrinkage(_ judgement: Judgement) -> Trouble? {
        guard let epoch = judgement.clues.archiveEpoch, let held = epoch.lostEpisodes else { return nil }
        return Trouble(
            .archive_shrunk, "The archive held \(held) episodes and was made anew; it holds \(epoch.episodes)",
            since: Timestamp(orNever: epoch.lostMilliseconds),
            atRisk: "memories and texts that only it had; what transcripts and Redis hold is recorded again",
            remedy:
                "put its file back, import an export of it, or accept it: 'holdfast pool adopt \(judgement.clues.pool)'"
        )
    }

    private var damage: Trouble {
        Trouble(
            .archive_damaged,
            damaged == 1
                ? "1 episode in the archive is not what was stored"
                : "\(damaged) episodes in the archive are not what was stored",
            atRisk: "their words or memories; all others are whole",
            remedy:
                "'holdfast verify --repair' reads them again from their transcripts, an export that is imported holds them, too; then look after the disk"
        )
    }

    private func unowned(_ judgement: Judgement) -> Trouble {
        let clues = judgement.clues
        let last = clues.archiveEpoch?.host
        let why = clues.archiveStanding.isEmpty ? "" : ": \(clues.archiveStanding)"
        let had =
            switch last {
            case nil: ""
            case judgement.status.host: "; this host's companion had it last"
            case let host?: "; the companion of \(host) had it last, and is silent"
            }
        let start = last == nil || last == judgement.status.host ? "put its file back" : "start the companion there"
        return Trouble(
            .archive_unowned, "No companion writes the archive of the pool '\(clues.pool)'\(why)\(had)",
            since: Timestamp(orNever: clues.archiveEpoch?.milliseconds),
            atRisk: "what was said, once Redis loses it; no memory is made",
            remedy: "\(start), or go on with an archive on this host: 'holdfast pool adopt \(clues.pool)'")
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        if isUnowned(judgement), error == nil { return [unowned(judgement)] }
        if let error {
            return [
                Trouble(
                    .archive_failed, "The archive cannot be used (\(error))", since: at,
                    atRisk: "nothing, what is captured waits in Redis and in the transcripts",
                    remedy:
                        "'holdfast doctor' says more; 'holdfast down && holdfast up' moves a damaged file aside and rebuilds it"
                )
            ]
        }
        let hurt = (damaged > 0 ? [damage] : []) + [shrinkage(judgement)].compactMap { $0 }
        guard isBehind(judgement.now), judgement.clues.companionRuns else { return hurt }
        return hurt + [
            Trouble(
                .archive_behind, "\(judgement.status.queue_status.unarchived) episodes are not archived",
                since: oldest_unarchived, atRisk: "nothing, they are in Redis",
                remedy: "see \(judgement.clues.statePath)/log/companion.log")
        ]
    }
}
