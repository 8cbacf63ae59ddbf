internal import Domain
package import Redis
package import Storage

/// Captures what notes in `spool/waiting` ask for, and, when none of them can be helped on, those in `spool/history`.
package struct WaitingCaptures: Sendable {
    package struct Outcome: Sendable, Equatable {
        package var done = 0
        /// What must wait on, and why; the last few.
        package var waiting: [String] = []
        package var isFull = false
    }

    private let spool: Spool
    private let notes: NoteCapture
    private let queueLimit: Int64

    package init(settings: Settings, host: String) {
        spool = Spool(folder: settings.state.spool)
        notes = NoteCapture(settings: settings, host: host)
        queueLimit = settings.configuration.queueMaxSize
    }

    package var isEmpty: Bool { spool.waiting.names().isEmpty && spool.history.names().isEmpty }

    /// - Parameters:
    ///   - limit: how many notes to look at.
    ///   - patience: when to leave the rest for later.
    ///   - onHistory: told after each transcript of history.
    package func run(
        over connection: inout RedisConnection, limit: Int = .max, patience: Duration = .seconds(60),
        withHistory: Bool = true, onHistory: (String) -> Void = { _ in }
    ) throws(RedisError) -> Outcome {
        var outcome = Outcome()
        var left = limit
        let clock = ContinuousClock()
        let end = clock.now + patience
        guard !isEmpty else { return outcome }
        for (folder, isHistory) in [(spool.waiting, false), (spool.history, true)] where !isHistory || withHistory {
            let names = folder.names()
            // Asked once, not found out by reading each file for nothing.
            guard !names.isEmpty, try connection.queueCount(notes.capture.queue) < queueLimit else {
                outcome.isFull = outcome.isFull || !names.isEmpty
                continue
            }
            for name in names where left > 0 && clock.now < end && !outcome.isFull {
                // What is said now goes before history.
                if isHistory, !spool.names().isEmpty { break }
                guard let claim = folder.claim(name, for: ProcessTable.own) else { continue }
                left -= 1
                do throws(RedisError) {
                    switch try notes.run(claim.note, over: &connection, isHistory: isHistory) {
                    case .done:
                        claim.finish()
                        outcome.done += 1
                    case .wait(let reason), .trouble(let reason):
                        claim.giveBack()
                        outcome.waiting = outcome.waiting.suffix(9) + ["\(name): \(reason)"]
                    case .full:
                        claim.giveBack()
                        outcome.isFull = true
                    }
                } catch {
                    claim.giveBack()
                    throw error
                }
                if isHistory { onHistory(name) }
            }
        }
        return outcome
    }
}
