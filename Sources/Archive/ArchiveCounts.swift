package import Domain

/// How much the archive holds.
package struct ArchiveCounts: Sendable, Equatable {
    package var places: [Place: Int] = [:]
    package var entries = 0
    package var memories = 0
    /// Finished for want of a provider.
    package var needingReprocessing = 0
    /// Episodes of which a disk altered, or an accident lost, words that no other episode holds, or the memory.
    package var damaged = 0
    /// Bytes of the file, without its log.
    package var bytes: Int64 = 0
    /// When the oldest episode of the backlog was captured.
    package var oldestBacklogMilliseconds: Int64?

    package var queued: Int { places[.queued] ?? 0 }
    package var backlog: Int { places[.backlog] ?? 0 }
    package var finished: Int { Place.Outcome.allCases.reduce(0) { $0 + (places[.finished($1)] ?? 0) } }
    package var episodes: Int { queued + backlog + finished }
}

extension ArchiveFigures {
    /// - Parameter now: when it was counted, ms since 1970.
    package init(_ counts: ArchiveCounts, at now: Int64) {
        self.init()
        episodes = Int64(counts.episodes)
        memories = Int64(counts.memories)
        withoutMemory = Int64(counts.needingReprocessing)
        damaged = Int64(counts.damaged)
        bytes = counts.bytes
        countedMilliseconds = now
        backlog = Int64(counts.backlog)
        oldestBacklogMilliseconds = counts.oldestBacklogMilliseconds
    }
}
