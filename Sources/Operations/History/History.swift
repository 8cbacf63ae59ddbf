package import Capture
internal import Domain
internal import Glibc
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage

/// What capturing transcripts of before would be, or was.
package struct HistoryAnswer: Encodable, Sendable {
    package let transcripts: Int
    package let episodes: Int
    package let tokens: Int64
    package let usd: Double
    /// nil where nothing was captured, only told.
    @OrNull package var captured: Int?
    /// Noted, and left to the companion.
    package let left: Int
    /// Of transcripts, taken into the vault now.
    package let kept_bytes: Int64

    /// For people: what there is to capture, and what it costs a model to read.
    package var sum: String {
        let cents = Int64(usd * 100)
        return [
            counted(transcripts, "transcript"), counted(episodes, "episode"), "about \(counted(tokens, "token"))",
            "about \(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100) US dollars for a model to read them",
        ].joined(separator: ", ")
    }

    init(_ plan: HistoryPlan, _ configuration: Configuration, captured: Int?, left: Int, keptBytes: Int64) {
        kept_bytes = keptBytes
        transcripts = plan.items.count
        episodes = plan.episodes
        tokens = plan.tokens
        usd = plan.price(configuration)
        self.left = left
        self.captured = captured
    }
}

extension Workplace {
    /// Transcripts of before that are not captured yet.
    /// - Parameters:
    ///   - since: how far back, such as `30d`.
    ///   - project: only sessions of this folder or below.
    ///   - onStart: told when the companion is started for it, which is done only where this is given.
    ///   - onFile: told how many were looked at, of how many.
    package func history(
        since: String, project: String?, onStart: (() -> Void)? = nil, onFile: (Int, Int) -> Void = { _, _ in }
    ) throws -> HistoryPlan {
        var connection = try onStart.map { try connectStarting(nil, $0) } ?? connect()
        // Or a damaged file would read as "nothing to capture".
        _ = try settings.trackingRules()
        let beginning = HostClock.wallMilliseconds - (try Period.milliseconds(since))
        return try HistoryPlan(
            settings: settings, host: host, since: beginning,
            project: try folder(ofProject: project), over: &connection, onFile: onFile)
    }

    /// A folder that is gone may have transcripts all the same; one that is neither here nor in any of them is mistyped.
    private func folder(ofProject project: String?) throws -> String? {
        guard let project else { return nil }
        if let real = Files.realPath(project) { return real }
        guard HistoryPlan.files(settings: settings, since: 0, project: project).isEmpty else { return project }
        throw Failure(
            .badInput, "--project \(project): there is no such folder, and no transcript of it",
            remedy: "give one that exists, or that sessions were in")
    }

    /// Reads again what is missing of transcripts of before.
    package func mendHistory(since: String, project: String?) throws -> Mending.Outcome {
        let beginning = HostClock.wallMilliseconds - (try Period.milliseconds(since))
        let files = HistoryPlan.files(
            settings: settings, since: beginning, project: project.map { Files.realPath($0) ?? $0 })
        return try mend(try accounts(of: files), of: files).outcome
    }

    /// How many transcripts of before wait to be captured.
    package var waitingHistory: Int { Spool(folder: settings.state.spool).history.names().count }

    /// Leaves a note for each transcript of a plan, for `captureHistory` and the companion.
    package func note(_ plan: HistoryPlan) throws -> HistoryAnswer {
        try plan.leaveNotes(settings: settings, host: host)
        return answer(plan, left: plan.items.count)
    }

    /// - Parameter captured: nil where nothing was.
    package func answer(
        _ plan: HistoryPlan, captured: Int? = nil, left: Int = 0, keptBytes: Int64 = 0
    ) -> HistoryAnswer {
        HistoryAnswer(plan, settings.configuration, captured: captured, left: left, keptBytes: keptBytes)
    }

    /// Does what the companion would do, a little at a time, so that either may go on where the other stopped.
    /// - Parameters:
    ///   - onProgress: told how many are done, of how many.
    ///   - onTrouble: told what keeps one from being captured, at the end.
    package func captureHistory(
        onProgress: (Int, Int) -> Void, onTrouble: (String) -> Void
    ) throws -> (done: Int, left: Int) {
        var connection = try connectStarting()
        let captures = WaitingCaptures(settings: settings, host: host)
        let history = Spool(folder: settings.state.spool).history
        let total = history.names().count
        var roundsInVain = 0
        while true {
            // What was said today goes first, and nobody else may be here to see to it.
            let live = Spool(folder: settings.state.spool)
            let replay = NoteReplay(spool: live, registry: registry, clean: settings.configuration.redactor.cleaned)
            _ = try replay.run(over: &connection, limit: 100, minimumAge: 2000)
            let outcome = try captures.run(over: &connection, limit: 20)
            let left = history.names().count
            onProgress(total - left, total)
            roundsInVain = outcome.done == 0 ? roundsInVain + 1 : 0
            if left == 0 || outcome.isFull || roundsInVain > 30 {
                outcome.troubles.forEach(onTrouble)
                return (total - left, left)
            }
            // Others hold what is left, or live notes go first.
            if outcome.done == 0 { usleep(100_000) }
        }
    }
}
