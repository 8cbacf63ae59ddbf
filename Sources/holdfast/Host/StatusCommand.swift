internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Redis
internal import Storage

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says in one sentence whether Holdfast does its job, then in a table.",
        discussion: """
            Exits 0 when all is well, 69 when Redis is away, 1 when no companion runs.

            Example:
              holdfast status --watch
            """
    )

    @Flag(help: "Look again every two seconds until interrupted.")
    var watch = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            guard watch else { return try report(try Standing(place)) }
            while true {
                // Home, and clear what is below: nothing flickers.
                let text = "\u{1b}[H\u{1b}[J" + (try Standing(place).text) + "\n"
                try Files.write(Array(text.utf8)[...], to: STDOUT_FILENO, named: "stdout")
                sleep(2)
            }
        }
    }

    private func report(_ standing: Standing) throws {
        if output.json { try Terminal.printJSON(standing) } else { print(standing.text) }
        if standing.redis != "ok" { throw ExitCode(Failure.Code.redisUnavailable.rawValue) }
        if standing.companion != "running" { throw ExitCode(Failure.Code.no.rawValue) }
    }

    /// How things stand on this host.
    struct Standing: Encodable {
        var sentence = ""
        var redis: String
        var redis_url: String
        var companion: String
        var sessions = 0
        var notes_waiting: Int
        var notes_corrupt: Int
        var spool_bytes: Int64
        /// ample, low or full.
        var spool_pressure: String
        var episodes_scheduled = 0
        var episodes_leased = 0
        var episodes_dead = 0
        /// Claude Code will delete them within three days, and they are not captured.
        var transcripts_endangered = 0
        var lookups = 0
        var drops = 0
        var resume_failures = 0
        var resumes_saved = 0
        var stopped_by_hand = false
        var memory: MemoryStanding?

        init(_ place: Workplace) throws {
            let url = try place.settings.redisURL()
            redis_url = "\(url)"
            let spool = Spool(folder: place.settings.state.spool)
            notes_waiting = spool.count
            notes_corrupt = spool.corruptCount
            let space = SpoolSpace(settings: place.settings)
            space.mark(place.settings.state)
            spool_bytes = space.bytes
            spool_pressure = space.pressure.rawValue
            let starter = CompanionStarter(settings: place.settings)
            companion = starter.isCompanionRunning ? "running" : "stopped"
            stopped_by_hand = starter.isStoppedByPerson
            do throws(RedisError) {
                var connection = try RedisConnection(to: url, deadlines: place.deadlines)
                let pool = place.queue.keys
                let replies = try connection.pipeline([
                    ["ZCARD", place.settings.keys.sessions], ["HGETALL", place.settings.keys.counters],
                    ["ZCARD", pool.schedule], ["ZCARD", pool.leases], ["ZCARD", pool.dead],
                ])
                if case .error(let message) = replies[0] { throw RedisError(reply: message) }
                redis = "ok"
                sessions = Int(replies[0].integer ?? 0)
                let counters = replies[1].fields
                episodes_scheduled = Int(replies[2].integer ?? 0)
                episodes_leased = Int(replies[3].integer ?? 0)
                episodes_dead = Int(replies[4].integer ?? 0)
                memory = try MemoryStanding(place, &connection)
                transcripts_endangered = try EndangeredTranscripts.count(
                    settings: place.settings, host: place.host, over: &connection)
                lookups = counters["claude_session_lookups_total"].flatMap { Int($0) } ?? 0
                resume_failures = counters["claude_session_resume_failures_total"].flatMap { Int($0) } ?? 0
                resumes_saved = counters["claude_session_resumes_saved_total"].flatMap { Int($0) } ?? 0
                drops = counters.filter { $0.key.hasPrefix("claude_session_drops_total") }.values.compactMap { Int($0) }
                    .reduce(0, +)
            } catch {
                redis = "\(error)"
            }
            sentence = self.summary
        }

        private var summary: String {
            if stopped_by_hand, companion != "running" {
                return
                    "Stopped by 'holdfast down'; hooks leave notes (\(notes_waiting) waiting) until 'holdfast up'."
            }
            if redis != "ok" {
                return
                    "Redis is away; hooks leave notes (\(notes_waiting) waiting) and lookups use the mirror: run 'holdfast up'."
            }
            if companion != "running" {
                return "Sessions are recorded, but no companion runs on this host: run 'holdfast up'."
            }
            if let trouble { return trouble }
            return
                "All is well: \(sessions) sessions on record, \(notes_waiting) notes waiting, \(resumes_saved) resumes not wasted."
        }

        /// What a person should see to although sessions are recorded.
        private var trouble: String? {
            if spool_pressure == SpoolPressure.full.rawValue {
                return "The spool is full and takes no more notes: make room, or raise spool.max_bytes."
            }
            if transcripts_endangered > 0 {
                return
                    "\(transcripts_endangered) transcripts are not captured and will be deleted by Claude Code within 3 days: run 'holdfast sync --since 100w'."
            }
            if notes_corrupt > 0 { return "\(notes_corrupt) notes cannot be read: run 'holdfast doctor'." }
            if let sentence = memory?.trouble(dead: episodes_dead) { return sentence }
            if spool_pressure == SpoolPressure.low.rawValue {
                return
                    "The spool is getting full: \(notes_waiting) notes wait; see that Redis runs and its queue empties."
            }
            return nil
        }

        var text: String {
            let rows = [
                ("redis", "\(redis) (\(redis_url))"), ("companion", companion), ("sessions", "\(sessions)"),
                ("episodes", "\(episodes_scheduled) scheduled, \(episodes_leased) leased, \(episodes_dead) dead"),
                ("memory", memory?.text ?? "not known"), ("archive", memory?.archiveText ?? "not known"),
                ("notes waiting", "\(notes_waiting)\(notes_corrupt > 0 ? " (\(notes_corrupt) corrupt)" : "")"),
                ("lookups", "\(lookups)"),
                ("bindings dropped", "\(drops)"), ("resume failures", "\(resume_failures)"),
                ("resumes saved", "\(resumes_saved)"),
            ]
            let table = rows.map { name, value in "  \(name)\(String(repeating: " ", count: 18 - name.count))\(value)" }
            return ([sentence] + table).joined(separator: "\n")
        }
    }
}
