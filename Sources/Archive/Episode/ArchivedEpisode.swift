package import Domain

/// All that the archive has of an episode.
package struct ArchivedEpisode: Sendable, Equatable {
    /// With its content as it came.
    package var episode: StoredEpisode
    package var place: Place
    /// How many entries no earlier episode had.
    package var newEntryCount: Int
    /// Empty where nothing failed.
    package var errorType: String
    package var errorMessage: String
    package var archivedMilliseconds: Int64
    package var finishedMilliseconds: Int64?
    package var needsReprocessing: Bool
    /// Why the content is not what was captured; empty where it is.
    package var damage: String
    package var title: String
    /// Of what the episode brought; empty for one that brought nothing.
    package var digest: String
    package var memory: StoredMemory?
    package var entries: [EpisodeEntry]
    /// Of the entries: those that no earlier episode had.
    package var newEntries: [EpisodeEntry]
    /// Of texts of which entries keep digests.
    package var summaries: [TextSummary]
}

/// Why an episode has no memory yet, or never will.
package struct MemoryFailure: Sendable, Equatable {
    package var type: String
    package var message: String
    /// How often the model call failed.
    package var retryCount: Int

    package init(type: String, message: String, retryCount: Int) {
        self.type = type
        self.message = message
        self.retryCount = retryCount
    }
}

/// What one episode in the archive holds of a transcript file.
package struct ArchivedSpan: Sendable, Equatable {
    package var file: FileID
    package var generation: Int64
    package var bytes: Range<Int64>
    /// Of its entries, whoever brought them.
    package var uuids: Set<String>
    package var filterMark: String
    package var isDiscarded: Bool
}
