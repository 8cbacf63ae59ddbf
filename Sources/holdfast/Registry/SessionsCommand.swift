internal import ArgumentParser
internal import Capture
internal import Domain
internal import Redis
internal import Storage

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Lists, shows, drops and sweeps sessions.",
        discussion: """
            Example:
              holdfast sessions list
            """,
        subcommands: [List.self, Show.self, Drop.self, Sweep.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The sessions last used, newest first.",
            discussion: """
                Example:
                  holdfast sessions list --limit 50 --json
                """)

        @Option(help: "How many at most, 1 to 10000.")
        var limit = 20

        @OptionGroup var output: JSONOption

        func validate() throws {
            guard (1...10_000).contains(limit) else {
                throw ValidationError("--limit is \(limit); allowed: 1 to 10000")
            }
        }

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connect()
                let keys = place.settings.keys
                let ids = try connection.send(["ZREVRANGE", keys.sessions, "0", String(limit - 1)]).array ?? []
                let sessions = ids.compactMap { $0.text.flatMap(SessionID.init) }
                let records = try connection.pipeline(sessions.map { ["HGETALL", keys.session($0)] })
                var listed: [[String: String]] = []
                for (session, reply) in zip(sessions, records) {
                    var record = reply.fields
                    record["session_id"] = session.rawValue
                    if let key = try? DispatchKey(record["dispatch_key"] ?? "") {
                        let bound = try connection.send(["HGET", keys.binding(key), "session_id"]).text
                        record["bound"] = bound == session.rawValue ? "yes" : "no"
                    }
                    listed.append(record)
                }
                if output.json { return try Terminal.printJSON(listed) }
                guard !listed.isEmpty else { return print("no sessions recorded yet") }
                let rows = listed.map { record in
                    [
                        record["session_id"] ?? "", record["state"] ?? "", record["bound"] == "yes" ? "bound" : "-",
                        Terminal.ago(record["last_used_ms"].flatMap { Int64($0) }), record["turns"] ?? "0",
                        record["dispatch_key"] ?? "-",
                    ]
                }
                Terminal.printTable([["SESSION", "STATE", "BINDING", "LAST USED", "TURNS", "DISPATCH KEY"]] + rows)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All that is known of one session, or of the session a key has.",
            discussion: """
                Example:
                  holdfast sessions show coder/issue-430
                """)

        @Argument(help: "A session ID or a dispatch key.")
        var name: String

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connect()
                let (session, _) = try SessionsCommand.find(name, place, &connection)
                var record = try connection.send(["HGETALL", place.settings.keys.session(session)]).fields
                record["session_id"] = session.rawValue
                if output.json { return try Terminal.printJSON(record) }
                Terminal.printTable(record.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
            }
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets the session of a key: the next dispatch starts fresh.",
            discussion: """
                Example:
                  holdfast sessions drop coder/issue-430
                """)

        @Argument(help: "A dispatch key or a session ID.")
        var name: String

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connect()
                let (session, boundKey) = try SessionsCommand.find(name, place, &connection)
                guard let key = boundKey else {
                    throw Failure(.no, "session \(session) is bound to no key; nothing to drop")
                }
                let lookup = SessionLookup(key: key, settings: place.settings, host: place.host)
                let now = HostClock.now()
                let telling = place.registry.telling(lookup.droppedNews(session, reason: .manual, at: now), at: now)
                guard case .drop(let script) = telling, try connection.run(script) else {
                    throw Failure(.no, "session \(session) is no longer bound to \(key); nothing to drop")
                }
                BindingMirror(folder: place.settings.state.bindings).drop(key, session: session)
                if output.json {
                    try Terminal.printJSON([
                        "dispatch_key": key.rawValue, "session_id": session.rawValue, "outcome": "dropped",
                    ])
                } else {
                    print("dropped session \(session) of \(key)")
                }
            }
        }
    }

    struct Sweep: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drops every binding that was unused for longer than its maximum age; says how many.",
            discussion: """
                The companion does this at start and hourly. Example, at the top of an orchestrator:
                  holdfast sessions sweep
                """)

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connectStarting()
                let dropped = try connection.sweep(
                    place.registry, ages: place.settings.configuration.ages, host: place.host)
                if output.json {
                    try Terminal.printJSON(SweepAnswer(dropped: dropped.count, session_ids: dropped.map(\.rawValue)))
                } else {
                    print("dropped \(dropped.count) session\(dropped.count == 1 ? "" : "s")")
                }
            }
        }

        private struct SweepAnswer: Encodable {
            let dropped: Int
            let session_ids: [String]
        }
    }

    /// - Parameter name: a session ID or a dispatch key.
    static func find(_ name: String, _ place: Workplace, _ connection: inout RedisConnection) throws -> (
        SessionID, DispatchKey?
    ) {
        let keys = place.settings.keys
        if let session = SessionID(rawValue: name) {
            let home = try connection.send(["HGET", keys.session(session), "dispatch_key"])
            if try connection.send(["EXISTS", keys.session(session)]) == .integer(1) {
                return (session, try? DispatchKey(home.text ?? ""))
            }
        }
        let key = try DispatchKey(name)
        let fields = try connection.send(["HGETALL", keys.binding(key)]).fields
        guard let session = (fields["session_id"] ?? fields["candidate_id"]).flatMap(SessionID.init) else {
            throw Failure(
                .no,
                "nothing is known of \"\(name)\": neither a session ID nor a bound dispatch key; see 'holdfast sessions list'"
            )
        }
        return (session, key)
    }
}
