package import Capture
internal import Glibc
package import Redis
internal import Storage

extension Workplace {
    /// Transcripts of before that are not captured yet.
    /// - Parameters:
    ///   - since: how far back, such as `30d`.
    ///   - project: only sessions of this folder or below.
    package func history(
        since: String, project: String?, over connection: inout RedisConnection,
        onFile: (Int, Int) -> Void = { _, _ in }
    ) throws -> HistoryPlan {
        // Or a damaged file would read as "nothing to capture".
        _ = try settings.trackingRules()
        let period = try Period.milliseconds(since)
        return try HistoryPlan(
            settings: settings, host: host, since: HostClock.wallMilliseconds - period,
            project: project.map { Files.realPath($0) ?? $0 }, over: &connection, onFile: onFile)
    }

    /// Does what the companion would do, a little at a time, so that either may go on where the other stopped.
    /// - Parameters:
    ///   - onProgress: told how many are done, of how many.
    ///   - onTrouble: told what keeps one from being captured, at the end.
    package func captureHistory(
        over connection: inout RedisConnection, isCancelled: () -> Bool = { false },
        onProgress: (Int, Int) -> Void, onTrouble: (String) -> Void
    ) throws -> (done: Int, left: Int) {
        let captures = WaitingCaptures(settings: settings, host: host)
        let history = Spool(folder: settings.state.spool).history
        let total = history.names().count
        var roundsInVain = 0
        while true {
            // What was said today goes first, and nobody else may be here to see to it.
            let live = Spool(folder: settings.state.spool)
            _ = try NoteReplay(spool: live, registry: registry).run(over: &connection, limit: 100, minimumAge: 2000)
            let outcome = try captures.run(over: &connection, limit: 20)
            let left = history.names().count
            onProgress(total - left, total)
            roundsInVain = outcome.done == 0 ? roundsInVain + 1 : 0
            if left == 0 || outcome.isFull || roundsInVain > 30 || isCancelled() {
                outcome.troubles.forEach(onTrouble)
                return (total - left, left)
            }
            // Others hold what is left, or live notes go first.
            if outcome.done == 0 { usleep(100_000) }
        }
    }
}

/// A stretch of time as people write it.
package enum Period {
    /// `30d`, `12h` or `2w` in ms.
    package static func milliseconds(_ text: String) throws(Failure) -> Int64 {
        let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...100_000).contains(count)
        else { throw Failure(.usage, "since '\(text)': a number and h, d or w, such as 30d") }
        return count * unit
    }
}
