package import Domain

/// What can be asked of a pool's archive: what was said, what is remembered of it, how much there is.
///
/// All calls wait for a disk or a network; a daemon makes them on a thread of their own. Any number may read beside the
/// one owner who writes (`EpisodeArchive`).
package protocol ArchiveReading: Sendable {
    /// 16 hex digits: what Redis knows the archive by. A rebuilt archive keeps it.
    var id: String { get }

    /// Finds episodes by words in their memory, their digest or what was said; the best first.
    /// - Throws: `rejected` when there is no letter and no digit to look for.
    func search(_ search: ArchiveSearch) throws(ArchiveError) -> [SearchHit]

    /// - Parameter beginning: of an episode's id, at least six digits.
    /// - Throws: `rejected` when it is none, or when several begin so.
    func show(beginning: String) throws(ArchiveError) -> ArchivedEpisode?

    /// A page of all episodes, in the order they came.
    /// - Parameters:
    ///   - after: the last of the page before; nil begins.
    ///   - key: a dispatch key, or the agent before its first "/".
    func episodes(
        after: EpisodeID?, key: String?, sinceMilliseconds: Int64?, limit: Int
    ) throws(ArchiveError) -> [ArchivedEpisode]

    /// A page of those that came, were finished or got a memory since a moment, in the order they came.
    /// - Parameter after: the last of the page before; nil begins.
    func episodes(
        changedSince milliseconds: Int64, after: EpisodeID?, limit: Int
    ) throws(ArchiveError) -> [ArchivedEpisode]

    /// What was said in a session, in the order of its transcript; what its sub-agents did is not in it.
    /// - Parameter limit: of entries; the last ones.
    func entries(ofSession session: String, limit: Int) throws(ArchiveError) -> [EpisodeEntry]

    /// The episodes of a session, the newest first; those that were given up are not among them.
    func episodes(ofSession session: String, limit: Int) throws(ArchiveError) -> [ArchivedEpisode]

    /// The summary of a session as a whole, as it was made last.
    func summary(ofSession session: SessionID) throws(ArchiveError) -> SessionSummary?

    /// The memories of a session's episodes, in the order in which they were made.
    /// - Parameter milliseconds: only those made later.
    func memories(
        ofSession session: SessionID, madeAfter milliseconds: Int64
    ) throws(ArchiveError) -> [StoredSessionMemory]

    /// - Returns: nil where this archive knows of no sinks yet.
    func sinkCounts(_ sink: String) throws(ArchiveError) -> SinkCounts?

    /// What a sink that is filled with the history would get.
    func backfillSize(capturedSince milliseconds: Int64) throws(ArchiveError) -> (memories: Int, characters: Int)

    func counts() throws(ArchiveError) -> ArchiveCounts

    /// What episodes hold of the files, in the order of the bytes. One whose content does not match its checksum, or was
    /// lost, holds nothing.
    func heldSpans(of files: [FileID]) throws(ArchiveError) -> [FileID: [ArchivedSpan]]

    /// The bytes of a generation of files that episodes are of, whatever became of what those held.
    func stretches(of files: [FileID], generation: Int64) throws(ArchiveError) -> [Range<Int64>]

    /// The sessions whose words were recorded under a dispatch key.
    func sessions(under key: String) throws(ArchiveError) -> Set<SessionID>

    /// The sessions whose IDs begin with a text.
    func sessions(beginningWith text: String) throws(ArchiveError) -> Set<SessionID>

    /// What it holds that is to be forgotten. It reads all there is.
    func trace(_ question: TraceQuestion) throws(ArchiveError) -> ArchiveTrace

    /// Which of some texts stand in it, wherever. It reads all there is.
    func holding(_ texts: [SoughtText]) throws(ArchiveError) -> [Bool]

    /// Whether all that a tombstone says was forgotten here, to the last byte on the disk.
    /// - Parameter mark: names the tombstone.
    func hasForgotten(_ mark: String) throws(ArchiveError) -> Bool

    /// Reads a page of episodes and compares words and memories with their checksums.
    /// - Parameter after: the last of the page before; nil begins.
    func sums(after: EpisodeID?, limit: Int) throws(ArchiveError) -> SumLook

    /// Rows that name others which are not there, such as a memory of no episode.
    func strayRows() throws(ArchiveError) -> Int

    /// Reads all of it. It takes as long as that.
    /// - Throws: `corrupt` when it is not sound.
    func check() throws(ArchiveError)

    /// Compares the index for searching with the words. Nobody writes meanwhile.
    /// - Throws: `corrupt` when it is not sound.
    func checkSearch() throws(ArchiveError)

    /// Ends all connections; every later call throws.
    func close() throws(ArchiveError)
}

/// The archive of a pool as its owner has it: every entry once, digests, memories, full-text search and the backlog.
///
/// A call does all it says or nothing. Beside `ArchiveStore`, which knows where the archive lies, this is all that the rest
/// of the house knows of it.
package protocol EpisodeArchive: ArchiveReading {
    // MARK: What comes in

    /// Takes episodes in, searchable from then on, with the cursors behind them. What the archive has already (a fork, a
    /// compaction, a Redis that forgot) is not stored twice.
    /// - Parameter episodes: at most a hundred or so a call; each call is one write to the disk.
    /// - Returns: an outcome for each episode, in their order.
    func ingest(
        _ episodes: [StoredEpisode], cursors: [ArchivedCursor], nowMilliseconds: Int64
    ) throws(ArchiveError) -> [IngestOutcome]

    /// Takes in what another archive had; taken twice, it adds nothing more. What was unfinished there waits in the
    /// backlog here, as history; what was finished stays finished.
    func take(_ imported: ImportedEpisode, nowMilliseconds: Int64) throws(ArchiveError) -> ImportOutcome

    /// Stores memories and, in the same transaction, finishes their episodes. An episode has one memory: the first.
    /// - Parameter memories: at most a hundred or so a call.
    func storeMemories(_ memories: [StoredMemory], nowMilliseconds: Int64) throws(ArchiveError) -> [MemoryOutcome]

    /// The summaries there are of some texts, whichever episodes keep their digests.
    /// - Parameter sums: of the digests' marks.
    func textSummaries(of sums: Set<String>) throws(ArchiveError) -> [TextSummary]

    /// Stores summaries of texts of which an episode keeps digests.
    /// - Returns: false where there is no such episode, or it was given up.
    func store(_ summaries: [TextSummary], of episode: EpisodeID) throws(ArchiveError) -> Bool

    /// Sessions with memories that their summary does not know, and none that is still to be made; those that were quiet
    /// longest first.
    /// - Parameter milliseconds: only those of which something was captured since.
    func unsummarised(since milliseconds: Int64, limit: Int) throws(ArchiveError) -> [UnsummarisedSession]

    /// Stores the summary of a session in the place of an earlier one.
    /// - Returns: unwanted where the session is forgotten.
    func store(_ summary: SessionSummary, nowMilliseconds: Int64) throws(ArchiveError) -> MemoryOutcome

    // MARK: For sinks

    /// Notes for a sink what was made since it was asked last; one that is new gets what is made from then on. A summary that
    /// went on is handed on again.
    func enqueue(for sink: String, nowMilliseconds: Int64) throws(ArchiveError) -> Int

    /// Notes for a sink all that was captured since a moment and has a memory.
    func backfill(_ sink: String, capturedSince milliseconds: Int64, nowMilliseconds: Int64) throws(ArchiveError) -> Int

    /// The next for a sink, in the order in which memories were made: what was handed over and is not confirmed first.
    func nextDelivery(of sink: String) throws(ArchiveError) -> SinkItem?

    /// Keeps how far the delivery of an item is.
    func keep(
        _ standing: SinkStanding, of item: SinkItem, in sink: String, nowMilliseconds: Int64
    ) throws(ArchiveError)

    /// Makes due at once what waits to be tried again, and what was given up.
    func retryDeliveries(of sink: String) throws(ArchiveError) -> Int

    // MARK: From place to place

    // An episode that is not where a move starts stays where it is; each call says how many moved.

    /// Finishes episodes. As `memory` only those that have one, as `duplicate` only those that brought nothing; an episode
    /// that was finished without a memory counts as finished with one when it gets one.
    /// - Parameter wantsMemory: whether one finished as raw is to get a memory when there is a provider.
    @discardableResult
    func finish(
        _ ids: [EpisodeID], as outcome: Place.Outcome, failure: MemoryFailure?, wantsMemory: Bool,
        nowMilliseconds: Int64
    ) throws(ArchiveError) -> Int

    /// Notes a failed call of the model; the episode stays where it is.
    func noteFailure(_ failure: MemoryFailure, of id: EpisodeID) throws(ArchiveError)

    /// Their hashes leave Redis for want of room.
    @discardableResult
    func toBacklog(_ ids: [EpisodeID]) throws(ArchiveError) -> Int

    /// Their hashes are in Redis again.
    @discardableResult
    func toQueue(_ ids: [EpisodeID]) throws(ArchiveError) -> Int

    /// Moves episodes that were finished for want of a provider to the backlog, the oldest first.
    func reopenRaw(limit: Int) throws(ArchiveError) -> Int

    // MARK: What is forgotten

    /// Removes what is forgotten, and takes nothing of it in from then on. What is left of an episode stays searchable; a
    /// memory that was made of what is forgotten goes, and is made anew of the rest when there is a provider.
    func forget(_ forgotten: Forgotten, nowMilliseconds: Int64) throws(ArchiveError)

    /// Has no byte of what was removed stay on the disk: the index is made anew, the file is written anew, its log emptied.
    func scrub() throws(ArchiveError)

    /// Notes that a tombstone is done with.
    func noteForgotten(_ mark: String, of session: SessionID, nowMilliseconds: Int64) throws(ArchiveError)

    // MARK: What the queue needs to know

    /// What waits for room in Redis, live before history, the oldest first.
    func backlog(limit: Int) throws(ArchiveError) -> [StoredEpisode]

    /// What should be in Redis, in the order it came: to restore one that forgot.
    /// - Parameter after: the last of the page before.
    func queued(limit: Int, after: EpisodeID?) throws(ArchiveError) -> [StoredEpisode]

    /// All cursors, for a Redis that forgot.
    func cursors() throws(ArchiveError) -> [ArchivedCursor]

    /// What of an episode a model is to be asked for, if anything: asked before each call, whatever Redis believes. Redis may
    /// have come back older, and a lease may have been another's before.
    func work(on id: EpisodeID) throws(ArchiveError) -> EpisodeWork

    /// Those of the episodes that have a memory.
    func memories(of ids: [EpisodeID]) throws(ArchiveError) -> Set<EpisodeID>

    // MARK: Titles of memories

    /// The titles of the latest memories.
    /// - Parameter limit: of memories; the newest first.
    func latestTitles(_ limit: Int) throws(ArchiveError) -> [MemoryTitle]

    /// Of the memories that were stored, altered or removed since titles were asked for last, what is there now: an empty title
    /// where there is none any more.
    /// - Returns: nil where all are to be asked for: nobody asked yet, or too many have changed.
    func changedTitles() throws(ArchiveError) -> [MemoryTitle]?

    // MARK: Whose it is

    /// How many episodes it ever took in.
    func episodeCount() throws(ArchiveError) -> Int64

    /// Whether what is open is what lies at its place: a file that was deleted or replaced can still be written, and all that
    /// goes into it is lost.
    var isInPlace: Bool { get }

    /// Whether it was this pool's archive: one that Redis forgot takes its pool back from one that never was.
    func hasServed(_ pool: String) throws(ArchiveError) -> Bool
    func noteServing(_ pool: String, nowMilliseconds: Int64) throws(ArchiveError)

    // MARK: Care

    /// What is worth doing every few minutes, while nothing else is done.
    func tidy() throws(ArchiveError)

    /// Reads a page of episodes and compares their words with the checksums of what was captured. Those that differ are
    /// marked; they hold nothing until what was captured comes in again.
    /// - Parameter after: the last of the page before; nil begins.
    func checkSums(after: EpisodeID?, limit: Int) throws(ArchiveError) -> SumCheck

    /// The same of these episodes.
    func checkSums(of ids: [EpisodeID]) throws(ArchiveError) -> SumCheck
}

extension ArchiveReading {
    package func search(_ text: String, key: String? = nil) throws(ArchiveError) -> [SearchHit] {
        try search(ArchiveSearch(text, key: key))
    }

    package func show(_ id: EpisodeID) throws(ArchiveError) -> ArchivedEpisode? { try show(beginning: id.rawValue) }
}

extension EpisodeArchive {
    package func ingest(_ episodes: [StoredEpisode], nowMilliseconds: Int64) throws(ArchiveError) -> [IngestOutcome] {
        try ingest(episodes, cursors: [], nowMilliseconds: nowMilliseconds)
    }

    @discardableResult
    package func finish(
        _ ids: [EpisodeID], as outcome: Place.Outcome, failure: MemoryFailure? = nil, nowMilliseconds: Int64
    ) throws(ArchiveError) -> Int {
        try finish(ids, as: outcome, failure: failure, wantsMemory: true, nowMilliseconds: nowMilliseconds)
    }

    package func storeMemory(
        _ memory: Memory, of episode: EpisodeID, maker: MemoryMaker, nowMilliseconds: Int64
    ) throws(ArchiveError) -> MemoryOutcome {
        let stored = StoredMemory(episode: episode, memory: memory, maker: maker, madeMilliseconds: nowMilliseconds)
        return try storeMemories([stored], nowMilliseconds: nowMilliseconds)[0]
    }
}
