internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Redis
internal import Storage

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Captures transcripts of before: says first how many episodes, tokens and how much money.",
        discussion: """
            Leaves a note per file in the spool, captured when nothing live waits: here, with a progress bar, and by the
            companion, should this be interrupted. Run again it goes on. Exits 1 when there is nothing to capture.

            Example:
              holdfast sync --since 30d --dry-run
            """
    )

    @Option(help: "How far back: a number and h, d or w.")
    var since = "30d"

    @Option(help: "Only sessions of this folder.")
    var project: String?

    @Flag(help: "Only say what it would be.")
    var dryRun = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            // Or a damaged file would read as "nothing to capture".
            _ = try place.settings.trackingRules()
            let period = try Self.milliseconds(since)
            var connection = try place.connectStarting()
            let looking = ProgressBar("looking", isShown: !output.json)
            let folder = project.map { Files.realPath($0) ?? $0 }
            let plan = try HistoryPlan(
                settings: place.settings, host: place.host, since: HostClock.wallMilliseconds - period, project: folder,
                over: &connection
            ) { looking.show($0, of: $1) }
            looking.clear()
            let waiting = Spool(folder: place.settings.state.spool).history.names().count
            let price = plan.price(place.settings.configuration)
            if dryRun || plan.items.isEmpty && waiting == 0 {
                try report(plan, price, captured: nil)
                if plan.items.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
                return
            }
            if !output.json { try report(plan, price, captured: nil) }
            try plan.leaveNotes(settings: place.settings, host: place.host)
            let captured = try capture(place, &connection)
            if output.json {
                try report(plan, price, captured: captured.done)
            } else if captured.left > 0 {
                print(
                    "\(captured.done) transcripts captured; \(captured.left) wait in the spool, and the companion goes on"
                )
            } else {
                print("\(captured.done) transcripts captured")
            }
        }
    }

    private func report(_ plan: HistoryPlan, _ price: Double, captured: Int?) throws {
        let dollars =
            "\(Int64(price * 100) / 100).\(Int64(price * 100) % 100 < 10 ? "0" : "")\(Int64(price * 100) % 100)"
        guard output.json else {
            return print(
                plan.items.isEmpty
                    ? "nothing to capture: all transcripts of that time are"
                    : "\(plan.items.count) transcripts: \(plan.episodes) episodes, about \(plan.tokens) tokens, about \(dollars) US dollars for a model to read them"
            )
        }
        struct Answer: Encodable {
            let transcripts: Int
            let episodes: Int
            let tokens: Int64
            let usd: Double
            let captured: Int?
        }
        try Terminal.printJSON(
            Answer(
                transcripts: plan.items.count, episodes: plan.episodes, tokens: plan.tokens, usd: price,
                captured: captured))
    }

    /// Does what the companion would do, a little at a time, so that either may go on where the other stopped.
    private func capture(_ place: Workplace, _ connection: inout RedisConnection) throws -> (done: Int, left: Int) {
        let captures = WaitingCaptures(settings: place.settings, host: place.host)
        let history = Spool(folder: place.settings.state.spool).history
        let total = history.names().count
        let bar = ProgressBar("capturing", isShown: !output.json)
        defer { bar.clear() }
        var roundsInVain = 0
        while true {
            // What was said today goes first, and nobody else may be here to see to it.
            let live = Spool(folder: place.settings.state.spool)
            _ = try NoteReplay(spool: live, registry: place.registry).run(
                over: &connection, limit: 100, minimumAge: 2000)
            let outcome = try captures.run(over: &connection, limit: 20)
            let left = history.names().count
            bar.show(total - left, of: total)
            roundsInVain = outcome.done == 0 ? roundsInVain + 1 : 0
            if left == 0 || outcome.isFull || roundsInVain > 30 {
                bar.clear()
                for trouble in outcome.troubles { Terminal.complain(trouble) }
                return (total - left, left)
            }
            // Others hold what is left, or live notes go first.
            if outcome.done == 0 { usleep(100_000) }
        }
    }

    /// `30d`, `12h` or `2w` in ms.
    static func milliseconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...100_000).contains(count)
        else { throw Failure(.usage, "--since \(text): a number and h, d or w, such as 30d") }
        return count * unit
    }
}
