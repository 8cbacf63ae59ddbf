internal import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// Captures what notes in `spool/waiting` ask for, and, when none of them can be helped on, those in `spool/history`.
package struct WaitingCaptures: Sendable {
    package struct Outcome: Sendable, Equatable {
        package var done = 0
        /// What waits because something is wrong, and why; the last few.
        package var troubles: [String] = []
        package var isFull = false
    }

    private let spool: Spool
    private let notes: NoteCapture
    private let queueLimit: Int64

    package init(settings: Settings, host: String, sources: TranscriptSources = .standard) {
        spool = Spool(folder: settings.state.spool)
        notes = NoteCapture(settings: settings, host: host, sources: sources)
        queueLimit = settings.configuration.queueMaxSize
    }

    package var isEmpty: Bool { spool.waiting.names().isEmpty && spool.history.names().isEmpty }

    /// - Parameters:
    ///   - limit: how many notes to do; those that must wait do not count, or they would keep others from being done.
    ///   - patience: when to leave the rest for later.
    /// - Throws: when Redis is away.
    package func run(
        over connection: inout RedisConnection, limit: Int = .max, patience: Duration = .seconds(60),
        withHistory: Bool = true
    ) throws(RedisError) -> Outcome {
        var outcome = Outcome()
        let watch = Stopwatch(limit: patience)
        for (folder, isHistory) in [(spool.waiting, false), (spool.history, true)] where !isHistory || withHistory {
            let names = folder.names()
            // Asked once, not found out by reading each file for nothing. History leaves room for what is said now.
            let room = isHistory ? TranscriptCapture.historyShare(of: queueLimit) : queueLimit
            guard !names.isEmpty else { continue }
            guard try connection.ask(notes.capture.queue.count) < room else {
                outcome.isFull = true
                continue
            }
            for name in names where outcome.done < limit && !watch.isOver && !outcome.isFull {
                // What is said now goes before history.
                if isHistory, !spool.names().isEmpty { break }
                try settle(name, in: folder, isHistory, &outcome, &connection)
            }
        }
        return outcome
    }

    private func settle(
        _ name: String, in folder: Spool, _ isHistory: Bool, _ outcome: inout Outcome,
        _ connection: inout RedisConnection
    ) throws(RedisError) {
        guard let claim = folder.claim(name, for: ProcessTable.own) else { return }
        var trouble: String?
        do throws(RedisError) {
            switch try notes.run(claim.note, over: &connection, isHistory: isHistory) {
            case .done:
                claim.finish()
                outcome.done += 1
                return
            case .wait: break
            case .trouble(let reason): trouble = reason
            case .full: outcome.isFull = true
            }
        } catch {
            claim.giveBack()
            if error.isAway { throw error }
            // What Redis has against this note it need not have against others.
            return outcome.troubles = outcome.troubles.suffix(9) + ["\(name): \(error)"]
        }
        claim.giveBack()
        if let trouble { outcome.troubles = outcome.troubles.suffix(9) + ["\(name): \(trouble)"] }
    }
}
