package import Capture
internal import Glibc
internal import Platform
package import Redis
internal import Settings
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
