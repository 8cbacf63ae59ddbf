internal import Archive
internal import Domain
internal import Glibc
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// The archive. Its owner alone writes it: the companion of this host takes out what the tombstones say, and this waits
/// until it has done so.
struct ArchiveStep: ForgettingStep {
    let workplace: Workplace

    let place = "the archive"

    /// How long the companion may take: it writes the whole file anew.
    private static let patience: Duration = .seconds(900)

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        guard let archive = try workplace.archiveStore.openToRead() else { return finding }
        let question: TraceQuestion =
            search.wish.text.map(TraceQuestion.text)
            ?? .sessions(search.sessions, addedUnder: search.key?.rawValue, candidates: search.forgotten.messages)
        let trace = try archive.trace(question)
        finding.count("messages", trace.messages)
        finding.count("memories", trace.memories)
        finding.others = trace.others
        finding.samples = trace.samples
        for (session, part) in trace.sessions {
            var tombstone = Tombstone(of: session, isWhole: false, part.known)
            tombstone.episodes = part.episodes
            tombstone.remarks = part.remarks
            finding.know(tombstone)
            if part.known.messages.isEmpty { finding.count("episodes") }
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        guard try workplace.archiveStore.openToRead() != nil, try workplace.foreignArchiveOwner() == nil else { return }
        let tombstones = Tombstones(workplace.settings.state)
        let marks = try search.tombstones.keys.map { try tombstones.mark(of: $0) }
        var connection = try workplace.connect(.companion)
        try connection.wakeDrains(of: workplace.queue)
        let watch = Stopwatch(limit: Self.patience)
        while true {
            if let archive = try workplace.archiveStore.openToRead(), try marks.allSatisfy(archive.hasForgotten) {
                return
            }
            guard !watch.isOver else { break }
            guard CompanionStarter(settings: workplace.settings).isCompanionRunning else {
                throw Failure(
                    .no, "the companion, which alone writes the archive, has ended before it was done",
                    remedy: "run 'holdfast up', then this again", category: .archive_unavailable)
            }
            usleep(50_000)
        }
        throw Failure(
            .no, "the companion has not taken it out of the archive in time",
            remedy: "it goes on; see its log, and run this again", category: .archive_unavailable)
    }
}

extension Workplace {
    /// The host whose companion has the pool's archive, where that is another.
    func foreignArchiveOwner() throws -> String? {
        var connection = try connect(.companion)
        let owner = try connection.ask(queue.archiveOwner).map { String($0.prefix { $0 != ":" }) }
        return owner == host ? nil : owner
    }
}
