internal import Domain
internal import Platform
package import Redis

/// Tells the registry what notes say. Late and repeated news does no harm: the scripts see its age.
package struct NoteReplay: Sendable {
    package var spool: Spool
    package var registry: SessionRegistry

    private let clean: @Sendable (String) -> String

    /// - Parameter clean: gives an answer as it may be kept: a note that is replayed was not seen to by a capturer.
    package init(
        spool: Spool, registry: SessionRegistry, clean: @Sendable @escaping (String) -> String = { $0 }
    ) {
        self.spool = spool
        self.registry = registry
        self.clean = clean
    }

    /// At the first stop the transcript is not there yet; by the time of a replay it mostly is.
    private func seenNow(_ news: SessionNews) -> SessionNews {
        guard news.transcript == .unknown, Files.isRegularFile(news.transcriptPath) else { return news }
        var news = news
        news.transcript = .found
        return news
    }

    package struct Outcome: Sendable, Equatable {
        package var replayed = 0
        /// Redis answered with an error that waiting will not mend; the note stays.
        package var refused: [String] = []

        package init() {}
    }

    /// Replays the oldest notes.
    /// - Parameters:
    ///   - limit: how many. Those that Redis refuses do not count: they must not keep others from being told.
    ///   - patience: when to leave the rest to others.
    ///   - minimumAge: ms; a younger note is left to the capturer that was started for it.
    /// - Throws: when Redis is away; notes not replayed lie where they lay.
    package func run(
        over connection: inout RedisConnection, limit: Int = .max, patience: Duration = .seconds(60),
        minimumAge: Int64 = 0
    ) throws(RedisError) -> Outcome {
        var outcome = Outcome()
        let process = ProcessTable.own
        let watch = Stopwatch(limit: patience)
        let now = HostClock.wallMilliseconds
        for name in spool.names() where outcome.replayed < limit && !watch.isOver {
            // A note from the future was written before the clock was set back: it is old.
            if let written = Int64(name.prefix { $0 != "-" }), (0..<minimumAge).contains(now - written) { continue }
            guard let claim = spool.claim(name, for: process)?.cleaned(by: clean) else { continue }
            do throws(RedisError) {
                _ = try connection.run(registry.telling(seenNow(claim.news), at: HostClock.now()))
                // The capturer and the companion see to the transcript.
                if claim.note.capture == nil { claim.finish() } else { claim.wait(in: spool)?.giveBack() }
                outcome.replayed += 1
            } catch {
                claim.giveBack()
                if error.isAway { throw error }
                outcome.refused.append("\(name): \(error)")
            }
        }
        return outcome
    }
}
