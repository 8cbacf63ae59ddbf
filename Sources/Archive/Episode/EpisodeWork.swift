package import Domain

/// What of an episode a model is to be asked for.
package enum EpisodeWork: Sendable, Equatable {
    /// Its entries that no earlier episode brought, as JSON lines: what others brought is in their memories.
    case entries(String)
    /// Nothing: it has its memory, says nothing new, or a person gave it up.
    case finished(EpisodeOutcome)
    /// Its words are not what was captured; they are to be taken in again first.
    case damaged
    /// The archive has no such episode.
    case unknown
}

/// What a look at the checksums of some episodes found.
package struct SumCheck: Sendable, Equatable {
    package var looked = 0
    /// The last that was looked at; nil when none was left.
    package var last: EpisodeID?
    /// Those whose words differ from what was captured, and did not before.
    package var damaged: [EpisodeID] = []
    /// Those whose memory differs from what was stored, and did not before.
    package var alteredMemories: [EpisodeID] = []
}

/// What a look at the words and memories of some episodes found. Nothing is marked by it.
package struct SumLook: Sendable, Equatable {
    /// The last that was looked at; nil when none was left.
    package var last: EpisodeID?
    package var looked = 0
    /// Of their words.
    package var bytes: Int64 = 0
    /// Those whose words are not what was captured, whether or not that was known.
    package var damaged: [EpisodeID] = []
    package var alteredMemories: [EpisodeID] = []

    package init() {}
}
