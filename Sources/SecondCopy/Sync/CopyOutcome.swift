/// What became of a round.
package enum CopyOutcome: Sendable, Equatable {
    /// Nothing changed and nothing was left to do; nobody was asked.
    case idle
    /// It is not yet time to try again; ms since 1970.
    case waiting(untilMilliseconds: Int64)
    /// Another process of this host is at it.
    case busy
    case done(CopyFigures)
    /// Nothing is lost: it is tried again. The figures tell as much as was found out.
    case failed(CopyError, CopyFigures)
}

/// What a round did, and what it left.
package struct CopyFigures: Sendable, Equatable {
    package var sentItems = 0
    /// Of items, before compression.
    package var sentBytes: Int64 = 0
    /// What was stored for them, bytes.
    package var storedBytes: Int64 = 0
    package var removedItems = 0
    /// So many items of a kind are gone that it looks like a loss; their copies are kept until a round is told to empty.
    package var withheldRemovals = 0
    /// Items that changed while they were read; the next round has them.
    package var restlessItems = 0
    /// Divergence after the round.
    package var lackingItems = 0
    package var lackingBytes: Int64 = 0
    /// Lag after the round: when the oldest change was made that the copy lacks, ms since 1970.
    package var oldestLackingMilliseconds: Int64?
    /// Items that more than one host told of, and those of them on which they do not agree.
    package var comparedItems = 0
    package var conflicts = 0
    package var hosts = 0
    /// Entries of journals that cannot be opened.
    package var damagedEntries = 0
    /// Of keys that other hosts wrote with and that are not here.
    package var lockedMarks: [String] = []
    /// How often another host was faster.
    package var rejections = 0
    /// Whether the history was cut.
    package var isRewritten = false
    /// Whether it was found out what is lacking.
    var isPlanned = false

    package init() {}

    /// Whether another round would send more at once.
    package var isComplete: Bool { lackingItems == restlessItems }
}
