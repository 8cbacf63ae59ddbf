internal import ArgumentParser
internal import Domain
internal import Operations

struct ReliabilityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reliability",
        abstract: "How reliable it was: a score and what lowered it, recoveries, losses, and what is watched.",
        discussion: """
            The score is uptime times integrity times syncs that succeeded, each of what is known of it.

            Example:
              holdfast reliability --since 30d
            """
    )

    @Option(help: "How far back: a number and h, d or w.")
    var since = "7d"

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace.evenMisconfigured()
            let report = try place.reliability(since: Period.beginning(since))
            if output.json { return try Terminal.printJSON(report) }
            ReliabilityText(report).show()
        }
    }
}

/// The report as people read it.
struct ReliabilityText {
    let report: ReliabilityReport

    init(_ report: ReliabilityReport) { self.report = report }

    func show() {
        Terminal.say(report.sentence)
        Terminal.printTable(rows)
        part("What failed", causes, ["CAUSE", "TIMES", "GOT OVER", "FAILED", "OPEN", "MEAN", "LONGEST"])
        part("Latest", events, ["BEGAN", "LASTED", "CAUSE", "OUTCOME", "WHAT"])
        part("What is watched", figures, ["LEVEL", "SEEN", "FIGURE", "VALUE"])
        part("Troubles", troubles, ["BEGAN", "LASTED", "WHAT"])
    }

    private func part(_ title: String, _ rows: [[String]], _ head: [String]) {
        guard !rows.isEmpty else { return }
        Terminal.say("")
        Terminal.say(title)
        Terminal.printTable(rows, head: head)
    }

    private var rows: [[String]] {
        [
            ["period", "\(report.since.text) to \(report.until.text)"],
            ["uptime", uptime],
            ["integrity", integrity],
            ["syncs", chore(report.sync, of: "sync")],
            ["checkpoints", chore(report.checkpoints, of: "checkpoint")],
            ["audits", chore(report.audits, of: "audit")],
            ["recovery", recovery],
            ["lost", loss],
        ]
    }

    private func share(_ percent: Double?) -> String { percent.map { ReliabilityReport.percent($0) } ?? "not known" }

    private func span(_ seconds: Double) -> String { Timestamp(0).age(Timestamp(Int64(seconds * 1000))) }

    private var uptime: String {
        let time = report.uptime
        var text = share(time.share_percent)
        if time.share_percent != nil { text += " (up \(span(time.up_seconds)), down \(span(time.down_seconds)))" }
        if time.unknown_seconds >= 1 { text += ", not known: \(span(time.unknown_seconds))" }
        let lowered = time.lowered_by.map {
            "\($0.cause.replacing("_", with: " ")) \($0.times) times, \(span($0.seconds))"
        }
        return lowered.isEmpty ? text : text + "; \(lowered.joined(separator: "; "))"
    }

    private var integrity: String {
        let found = report.integrity
        guard found.share_percent != nil else { return "not known: nothing was audited" }
        var text = "\(share(found.share_percent)) of \(found.looked_at) looked at"
        if found.bad > 0 { text += "; \(found.bad) bad, \(found.mended) mended" }
        return text
    }

    private func chore(_ chore: ReliabilityReport.Chore, of one: String) -> String {
        guard chore.runs > 0 else { return "none in this period" }
        var text = "\(counted(chore.runs, one)), \(share(chore.succeeded_percent)) succeeded"
        text += chore.last_success.map { ", last \($0.ago(report.until))" } ?? ", none of them"
        return text
    }

    private var recovery: String {
        let recovery = report.recovery
        var parts: [String] = []
        if let mean = recovery.mean_seconds {
            parts.append("mean \(span(mean)) (target \(span(recovery.target_seconds)))")
        }
        if recovery.succeeded_percent != nil {
            parts.append("\(share(recovery.succeeded_percent)) got over (target \(share(recovery.target_percent)))")
        }
        if recovery.open > 0 { parts.append("\(counted(recovery.open, "incident")) not over") }
        return parts.isEmpty ? "nothing failed" : parts.joined(separator: ", ")
    }

    private var loss: String {
        let loss = report.loss
        let what = "\(counted(loss.bytes, "byte")), \(counted(loss.episodes, "episode"))"
        guard let of = loss.of_bytes else { return "\(what); the ledger has not counted yet" }
        return "\(what) of \(Terminal.bytes(of)) (\(share(loss.percent)), target \(share(loss.target_percent)))"
    }

    private var causes: [[String]] {
        report.recovery.by_cause.map { cause in
            [
                cause.cause.replacing("_", with: " "), "\(cause.times)", "\(cause.recovered)", "\(cause.failed)",
                "\(cause.open)", cause.mean_seconds.map(span) ?? "-", span(cause.longest_seconds),
            ]
        }
    }

    private var events: [[String]] {
        report.recovery.latest.prefix(10).map { event in
            [
                Terminal.away(event.began),
                event.ended.map { span(Double($0.milliseconds - event.began.milliseconds) / 1000) } ?? "goes on",
                event.cause.replacing("_", with: " "), event.outcome == "recovered" ? "got over" : event.outcome,
                [event.subject, event.detail].filter { !$0.isEmpty }.joined(separator: ": "),
            ]
        }
    }

    private var figures: [[String]] {
        report.figures.map { [$0.level, $0.at.ago(report.until), $0.title, $0.text] }
    }

    private var troubles: [[String]] {
        report.troubles.prefix(20).map { trouble in
            [
                Terminal.away(trouble.began),
                trouble.ended.map { span(Double($0.milliseconds - trouble.began.milliseconds) / 1000) } ?? "goes on",
                trouble.what,
            ]
        }
    }
}
