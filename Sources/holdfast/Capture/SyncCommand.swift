internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Operations
internal import Redis
internal import Settings
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
            var connection = try place.connectStarting { Terminal.complain("Redis is away; starting the companion") }
            let looking = ProgressBar("looking", isShown: !output.json)
            let plan = try place.history(since: since, project: project, over: &connection) {
                looking.show($0, of: $1)
            }
            looking.clear()
            let waiting = Spool(folder: place.settings.state.spool).history.names().count
            let isDone = dryRun || plan.items.isEmpty && waiting == 0
            if isDone || !output.json {
                try report(HistoryAnswer(plan, place.settings.configuration, captured: nil))
            }
            if isDone {
                if plan.items.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
                return
            }
            try plan.leaveNotes(settings: place.settings, host: place.host)
            let bar = ProgressBar("capturing", isShown: !output.json)
            var troubles: [String] = []
            let captured = try place.captureHistory(
                over: &connection, onProgress: { bar.show($0, of: $1) }, onTrouble: { troubles.append($0) })
            bar.clear()
            troubles.forEach(Terminal.complain)
            if output.json {
                try report(
                    HistoryAnswer(
                        plan, place.settings.configuration, captured: captured.done, left: captured.left))
            } else if captured.left > 0 {
                print(
                    "\(captured.done) transcripts captured; \(captured.left) wait in the spool, and the companion goes on"
                )
            } else {
                print("\(captured.done) transcripts captured")
            }
        }
    }

    private func report(_ answer: HistoryAnswer) throws {
        if output.json { return try Terminal.printJSON(answer) }
        let cents = Int64(answer.usd * 100)
        print(
            answer.transcripts == 0
                ? "nothing to capture: all transcripts of that time are"
                : "\(answer.transcripts) transcripts: \(answer.episodes) episodes, about \(answer.tokens) tokens, about \(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100) US dollars for a model to read them"
        )
    }
}
