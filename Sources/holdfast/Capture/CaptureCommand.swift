internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Transcripts

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Captures one transcript now, from where it was captured last.",
        discussion: """
            Exits 0 when nothing of it is left to capture, 1 when it is excluded, 75 when the queue is full.

            Example:
              holdfast capture \(ClaudeCode.example)
            """
    )

    @Argument(help: "A transcript of Claude Code (.jsonl).", completion: Completing.transcript)
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let answer = try Workplace().capture(file)
            if output.json { return try Terminal.printJSON(answer) }
            Terminal.say(
                answer.episodes == 0
                    ? "nothing new in session \(answer.session_id)"
                    : "\(counted(answer.episodes, "episode")) of session \(answer.session_id), \(counted(answer.bytes, "byte")) of its transcript"
            )
        }
    }
}

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Captures and keeps transcripts of before: says first how many episodes, tokens and how much money.",
        discussion: """
            Leaves a note per file in the spool, captured when nothing live waits: here, with a progress bar, and by the
            companion, should this be interrupted. Run again it goes on. Exits 1 when there is nothing to capture; with --dry-run
            that is an answer, and 0.

            Example:
              holdfast sync --since 30d --dry-run
            """
    )

    @Option(help: "How far back: a number and h, d or w.")
    var since = "30d"

    @Option(help: "Only sessions of this folder.", completion: .directory)
    var project: String?

    @Flag(help: "Only say what it would be.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            let looking = ProgressBar("looking", isShown: !output.json)
            let plan = try place.history(
                since: since, project: project,
                onStart: { Terminal.complain("Redis is away; starting the companion") },
                onFile: { looking.show($0, of: $1) })
            looking.clear()
            let isDone = dryRun || plan.items.isEmpty && place.waitingHistory == 0
            // Of what was captured once, and is in no episode any more.
            let mended = dryRun ? nil : try place.mendHistory(since: since, project: project)
            if let mended, mended.episodes > 0, !output.json {
                Terminal.say(
                    "\(counted(mended.episodes, "episode")) read again that were missing, \(counted(mended.bytes, "byte"))"
                )
            }
            mended?.troubles.forEach(Terminal.complain)
            let keeping = ProgressBar("keeping", isShown: !output.json)
            let kept =
                dryRun
                ? (files: 0, bytes: 0)
                : try place.keepHistory(since: since, project: project) { keeping.show($0, of: $1) }
            keeping.clear()
            if kept.bytes > 0, !output.json {
                // What capturers handed over was counted with their turns.
                let files = kept.files > 0 ? counted(kept.files, "transcript") + ", " : ""
                Terminal.say("taken into the vault: \(files)\(Terminal.bytes(kept.bytes))")
            }
            if isDone || !output.json, plan.items.count > 0 || mended?.episodes ?? 0 == 0 || output.json {
                try report(place.answer(plan, keptBytes: kept.bytes))
            }
            if isDone {
                // Who only asks is answered, whatever the answer.
                if !dryRun, plan.items.isEmpty, mended?.episodes ?? 0 == 0, kept.bytes == 0 {
                    throw ExitCode(Failure.Code.no.rawValue)
                }
                return
            }
            _ = try place.note(plan)
            let bar = ProgressBar("capturing", isShown: !output.json)
            var troubles: [String] = []
            let captured = try place.captureHistory(
                onProgress: { bar.show($0, of: $1) }, onTrouble: { troubles.append($0) })
            bar.clear()
            troubles.forEach(Terminal.complain)
            if output.json {
                return try report(
                    place.answer(plan, captured: captured.done, left: captured.left, keptBytes: kept.bytes))
            }
            Terminal.say(
                "\(counted(captured.done, "transcript")) captured"
                    + (captured.left > 0 ? "; \(captured.left) wait in the spool, and the companion goes on" : ""))
        }
    }

    private func report(_ answer: HistoryAnswer) throws {
        if output.json { return try Terminal.printJSON(answer) }
        Terminal.say(answer.transcripts == 0 ? "nothing to capture: all transcripts of that time are" : answer.sum)
    }
}

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that no word is lost: accounts for every byte of every transcript.",
        discussion: """
            Bytes on disk = captured + pending + excluded, each exclusion with its reason; and of the same bytes what the
            vault keeps as the client wrote them: kept + pending + excluded. Exits 1 when anything is missing:
            bytes that count as captured and are in no episode, or transcripts or notes that cannot be read. With --repair
            what is missing is read again first; the companion does so by itself.

            Example:
              holdfast verify --session 0f3c1a52-…
            """
    )

    @Option(help: "Only this session and its sub-agents.", completion: Completing.session)
    var session: String?

    @Flag(help: "Read again from the transcripts what is missing.")
    var repair = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let balance = try Workplace().balance(ofSession: session, repairing: repair)
            if output.json {
                try Terminal.printJSON(balance)
            } else {
                Terminal.show(balance.lines.joined(separator: "\n"))
            }
            if !balance.is_complete { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}
