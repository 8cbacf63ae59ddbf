internal import Domain

extension Status {
    package struct Archive: StatusSection {
        /// The companion that writes it; nil when none does.
        @OrNull package var owner: String?
        package var episodes = 0
        package var memories = 0
        /// For want of a provider.
        package var without_memory = 0
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
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        if let error { return StatusRow("archive", error) }
        var text = "\(episodes) episodes, \(memories) memories, \(bytes >> 20) MB"
        if without_memory > 0 { text += ", \(without_memory) without a memory for want of a provider" }
        return StatusRow("archive", text)
    }

    package func facts(in status: Status) -> [Fact] {
        [
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
                .archived, by: "the archive", "it cannot be used", succeeded: error == nil ? at : nil,
                failed: error == nil ? nil : at ?? judgement.now),
            Evidence(
                .archived, by: "what waits for the archive", "it waits for long", isWell: !isBehind(judgement.now),
                at: judgement.now),
        ]
    }

    private func isBehind(_ now: Timestamp) -> Bool {
        oldest_unarchived.map { now.milliseconds - $0.milliseconds > 60_000 } ?? false
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        if let error {
            return [
                Trouble(
                    .archive_failed, "The archive cannot be used (\(error))", since: at,
                    atRisk: "nothing, what is captured waits in Redis and in the transcripts",
                    remedy: "holdfast doctor; 'holdfast down && holdfast up' moves a damaged file aside and rebuilds it"
                )
            ]
        }
        guard isBehind(judgement.now), judgement.clues.companionRuns else { return [] }
        return [
            Trouble(
                .archive_behind, "\(judgement.status.queue_status.unarchived) episodes are not archived",
                since: oldest_unarchived, atRisk: "nothing, they are in Redis",
                remedy: "see log/companion.log in the state folder")
        ]
    }
}
