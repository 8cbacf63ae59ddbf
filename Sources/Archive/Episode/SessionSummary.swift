package import Domain

/// The memory of a session as a whole, made of those of its episodes.
package struct SessionSummary: Sendable, Equatable {
    package var session: SessionID
    package var dispatchKey: String
    package var host: String
    package var memory: Memory
    package var maker: MemoryMaker
    package var madeMilliseconds: Int64
    /// When its last episode was captured, of those that it knows.
    package var capturedMilliseconds: Int64
    /// When the last memory was made that it knows: with those that are younger it is extended.
    package var coveredMilliseconds: Int64
    /// The episodes by whose memories it was made; one that is gone by now may be forgotten, and it with it.
    package var madeOf: [EpisodeID] = []

    package init(
        session: SessionID, dispatchKey: String, host: String, memory: Memory, maker: MemoryMaker,
        madeMilliseconds: Int64, capturedMilliseconds: Int64, coveredMilliseconds: Int64
    ) {
        self.session = session
        self.dispatchKey = dispatchKey
        self.host = host
        self.memory = memory
        self.maker = maker
        self.madeMilliseconds = madeMilliseconds
        self.capturedMilliseconds = capturedMilliseconds
        self.coveredMilliseconds = coveredMilliseconds
    }
}

/// A session with memories that its summary does not know.
package struct UnsummarisedSession: Sendable, Equatable {
    package var session: SessionID
    package var dispatchKey: String
    package var host: String
    /// When its last episode was captured.
    package var capturedMilliseconds: Int64
}

/// The memory of one of a session's episodes.
package struct StoredSessionMemory: Sendable, Equatable {
    package var memory: StoredMemory
    package var capturedMilliseconds: Int64
}

extension StoredEpisode {
    /// What stands in the place of a filter for the row of a session's summary, which holds no words.
    package static let summaryMark = "session"
}
