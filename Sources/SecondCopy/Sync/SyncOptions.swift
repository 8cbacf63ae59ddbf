/// How much a round does.
package struct SyncOptions: Sendable {
    /// Of an object, bytes before compression. GitHub warns of files beyond 50 MB and refuses those beyond 100.
    package var objectLimit = 32 << 20
    /// Of a round, bytes of items, so that a first copy of gigabytes goes in pieces that each are there for good. The item
    /// that goes beyond is sent whole.
    package var budget: Int64 = 256 << 20
    /// Of a round.
    package var mostChanges = 10_000
    /// What is stored may be so many bytes, after which the history is cut, if that sets a quarter of it free.
    package var historyLimit: Int64 = 1 << 30
    /// Of this host; when there are more they are said anew in few.
    package var mostEntries = 2_000
    /// Of a growing item; when there are more it is sent whole.
    package var mostParts = 512
    /// Of this host, of less than a sixteenth of the limit; when there are more, what lies in them is sent anew, bundled.
    package var mostSmallObjects = 2_000

    package init() {}
}

/// What a caller wants of one round.
package struct SyncRequest: Sendable {
    /// Whether the caller knows that nothing changed since the last round: then nobody is asked, and no program started.
    package var nothingChanged = false
    /// Now, whatever the last rounds came to.
    package var isForced = false
    /// Most items of a kind may be removed at once.
    package var isEmptying = false
    /// A place that was begun and is empty now is begun anew.
    package var startsAnew = false
    /// Cut the history now: what is no longer wanted is gone then.
    package var rewrites = false
    /// What of this host's own is to be told as gone: nobody has it any more.
    package var removing: Set<ItemName> = []

    package init() {}
}
