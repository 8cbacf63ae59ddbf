internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform

struct VaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "What clients wrote of sessions, byte for byte: what is kept, whether it is sound, and back with it.",
        discussion: """
            The companion fills it; dispatch and lookup put back what is gone. It lies raw, for you alone to read.

            Example:
              holdfast vault status
            """,
        subcommands: [
            VaultStatusCommand.self, VaultListCommand.self, VaultShowCommand.self, VaultVerifyCommand.self,
            VaultRestoreCommand.self, VaultFetchCommand.self, VaultExportCommand.self, VaultImportCommand.self,
            VaultPruneCommand.self,
        ],
        defaultSubcommand: VaultStatusCommand.self
    )
}

struct VaultStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How much is kept, and how many transcripts are safe.",
        discussion: """
            Example:
              holdfast vault status --json
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let status = try Workplace().vaultStatus()
            if output.json { return try Terminal.printJSON(status) }
            var rows = [
                ["folder", status.folder + (status.enabled ? "" : " (vault.enabled is false)")],
                ["sessions", "\(status.sessions) (\(counted(status.files, "file")))"],
                ["kept", "\(Terminal.bytes(status.kept_bytes)) in \(Terminal.bytes(status.stored_bytes))"],
                ["encrypted", encryption(status)],
                [
                    "second copy alone",
                    "\(counted(Int64(status.away_sessions), "session")), \(Terminal.bytes(status.away_bytes))"
                        + (status.leaving_sessions > 0 ? "; \(status.leaving_sessions) more to be sent there" : ""),
                ],
                ["damaged", "\(status.damaged_segments) of \(counted(status.segments, "segment"))"],
                ["last kept", Terminal.away(status.last_kept_at)],
            ]
            if let transcripts = status.transcripts {
                rows.append([
                    "transcripts",
                    "\(transcripts.safe) safe, \(transcripts.pending) pending, \(transcripts.excluded) excluded, \(transcripts.old) older than the rolling period",
                ])
            }
            Terminal.printTable(rows)
        }
    }

    private func encryption(_ status: VaultStatus) -> String {
        let (sealed, plain) = (status.encrypted_segments, status.plain_segments)
        var text = status.encrypts ? "yes" : "no"
        if plain > 0 && status.encrypts || sealed > 0 && !status.encrypts {
            text = "\(counted(sealed, "segment")) (\(Terminal.bytes(status.encrypted_bytes)))"
            text += ", \(plain) not (\(Terminal.bytes(status.plain_bytes)))"
            text += status.encrypts ? "" : "; nothing new, vault.encrypt_key_file is not set"
        }
        guard status.encrypts, status.waiting_parts > 0 else { return text }
        return text + "; \(counted(status.waiting_parts, "part")) not yet taken in, in clear"
    }
}

struct VaultListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The sessions that are kept, those added to last first.",
        discussion: """
            Example:
              holdfast vault list --limit 50
            """)

    @Option(help: "How many at most, 1 to 10000.")
    var limit = 20

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is \(limit); allowed: 1 to 10000") }
    }

    func run() throws {
        try reporting {
            let rows = try Workplace().keptSessions(limit: limit)
            if output.json { return try Terminal.printJSON(rows) }
            guard !rows.isEmpty else {
                return Terminal.say("nothing is in the vault yet; 'holdfast sync' takes in what lies on this disk")
            }
            Terminal.printTable(
                rows.map {
                    [
                        $0.session_id, Terminal.away($0.last_kept_at), "\($0.files)",
                        Terminal.bytes($0.kept_bytes),
                        $0.place == "vault" ? Terminal.bytes($0.stored_bytes) : "second copy",
                        $0.is_whole ? "yes" : "no",
                        $0.cwd,
                    ]
                }, head: ["SESSION", "LAST KEPT", "FILES", "BYTES", "STORED", "WHOLE", "FOLDER"])
        }
    }
}

struct VaultShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The files kept of a session; what is missing, and why.",
        discussion: """
            Example:
              holdfast vault show 0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01
            """)

    @Argument(help: "A session ID, its first digits, or a dispatch key.", completion: Completing.keptOrKey)
    var session: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let detail = try Workplace().keptDetail(session)
            if output.json { return try Terminal.printJSON(detail) }
            for file in detail.files {
                Terminal.say(
                    "\(file.name)  \(Terminal.bytes(file.kept_bytes)) of \(Terminal.bytes(file.bytes)), \(counted(file.segments, "segment"))"
                )
                for stretch in file.holes + file.excluded {
                    Terminal.say("  bytes \(stretch.from) to \(stretch.to): \(stretch.reason)")
                }
                for damage in file.damaged { Terminal.say("  damaged: \(damage)") }
            }
            for place in detail.passed_over { Terminal.say("\(place.path)  not kept: \(place.reason)") }
        }
    }
}

struct VaultVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Reads all that is kept; exits 1 where it is damaged.",
        discussion: """
            Example:
              holdfast vault verify
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let check = try Workplace().verifyVault()
            if output.json {
                try Terminal.printJSON(check)
            } else {
                for damage in check.damaged + check.locked {
                    Terminal.say(
                        "\(damage.segment): bytes \(damage.from) to \(damage.to) of \(damage.file): \(damage.reason)")
                }
                Terminal.say(
                    "\(counted(check.checked, "segment")), \(Terminal.bytes(check.bytes)), \(check.damaged.count) damaged"
                        + (check.locked.isEmpty ? "" : ", \(check.locked.count) not to be read without their key"))
            }
            if !check.damaged.isEmpty || !check.locked.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct VaultRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a session back where its client finds it.",
        discussion: """
            Its key has it again. Nothing that is there is written over. Exits 1 where it cannot be put back.

            Example:
              holdfast vault restore 0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01 --project ~/src/app
            """)

    @Argument(help: "A session ID, its first digits, or a dispatch key.", completion: Completing.keptOrKey)
    var session: String

    @Option(help: "The client's config folder; left out: this environment's.", completion: .directory)
    var to: String?

    @Option(help: "The folder in which the client will be started.", completion: .directory)
    var project = "."

    @Option(help: "The dispatch key that is to have it; left out: the one it had.", completion: Completing.key)
    var key: String?

    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let session_id: String
        let path: String
        let files: Int
        let bytes: Int64
    }

    func run() throws {
        try reporting {
            guard let folder = Files.realPath(project), Files.isFolder(folder) else {
                throw Failure(.badInput, "--project \(project): no such folder")
            }
            let place = try Workplace()
            // Of one that the vault has nothing of, words may be archived.
            let named = try place.keptSession(session)
            guard let id = named?.session ?? SessionID(rawValue: session) else {
                throw Failure(
                    .usage, "\"\(session)\" is no session ID, and no key that has one",
                    remedy: "'holdfast vault list' shows them")
            }
            let key = try key.map { try DispatchKey($0) } ?? named?.key
            try Waiting.run { try await place.fetchIfAway(id) }
            do {
                guard let copy = try place.putBack(id, of: key, to: to.map(Files.absolute), for: folder) else {
                    let path = place.path(of: id, in: to.map(Files.absolute)).map { ": \($0)" } ?? ""
                    throw Failure(
                        .no, "session \(id) is there already\(path)", remedy: "nothing was done", category: .conflict)
                }
                if output.json {
                    return try Terminal.printJSON(
                        Answer(session_id: id.rawValue, path: copy.path, files: copy.files, bytes: copy.bytes))
                }
                Terminal.say(copy.path)
                Terminal.complain(copy.sentence(for: folder))
            } catch let error as RestoreError {
                throw Failure(.no, "\(error)")
            }
        }
    }
}

struct VaultFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Brings sessions back that lie in the second copy alone.",
        discussion: """
            Into the vault, from where 'vault restore' puts them back, which does this by itself. A vault that is nearly full \
            passes on what was longest unused. Exits 1 where one does not come.

            Example:
              holdfast vault fetch 0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01
            """)

    @Argument(help: "Session IDs, their first digits, or dispatch keys.", completion: Completing.keptOrKey)
    var sessions: [String] = []

    @Flag(help: "All of them.")
    var all = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard all != !sessions.isEmpty else {
            throw ValidationError(
                all ? "--all and sessions are given; give one" : "no session is given; give some, or --all")
        }
    }

    func run() throws {
        try reporting {
            let place = try Workplace(), names = all ? nil : sessions
            let answer = try Waiting.run { try await place.fetchKept(names) }
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                if let error = answer.error { Terminal.complain("the second copy: \(error)") }
                for session in answer.missing { Terminal.complain("session \(session) did not come") }
                Terminal.say("\(counted(answer.session_ids.count, "session")) came back")
            }
            if !answer.missing.isEmpty || answer.error != nil { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct VaultExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes all that is kept of a session, as .tar.zst.",
        discussion: """
            It is not encrypted.

            Example:
              holdfast vault export 0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01 > session.tar.zst
            """)

    @Argument(help: "A session ID, its first digits, or a dispatch key.", completion: Completing.keptOrKey)
    var session: String

    @OptionGroup var colour: ColourOption

    func run() throws {
        try reporting {
            guard !Terminal.isTerminal else {
                throw Failure(
                    .usage, "an archive is not for a terminal", remedy: "write it to a file: … > session.tar.zst")
            }
            try Workplace().exportKept(session) { try Terminal.pass($0) }
        }
    }
}

struct VaultImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what 'vault export' wrote, here or on another host.",
        discussion: """
            What is here already is not kept twice. A file whose name no session's file can have is left out, and named.

            Example:
              holdfast vault import < session.tar.zst
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            guard isatty(STDIN_FILENO) == 0 else {
                throw Failure(
                    .usage, "an archive is wanted on stdin", remedy: "holdfast vault import < session.tar.zst")
            }
            let answer = try Workplace().importKept { try Files.read(STDIN_FILENO, named: "stdin", limit: 1 << 18) }
            if let sentence = answer.sentence { Terminal.complain(sentence) }
            if output.json { return try Terminal.printJSON(answer) }
            Terminal.say(
                "\(answer.session_id): \(counted(answer.files, "file")), \(Terminal.bytes(answer.new_bytes)) of it new")
        }
    }
}

struct VaultPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Takes out what is too old, or too much.",
        discussion: """
            By vault.keep_days and vault.max_bytes. The companion does this hourly. Nothing of a session goes that a key has.
            With a second copy what is too much goes there: 'holdfast vault fetch' brings it back.
            With --damaged instead what 'vault verify' found damaged and cannot be read now either: see first that its disk \
            is there, and that 'holdfast sync' has kept anew what it can.

            Example:
              holdfast vault prune
            """)

    @Flag(help: "Give up the damaged segments, whatever their age; the words of what they held stay archived.")
    var damaged = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            let outcome = try damaged ? place.pruneDamagedVault() : place.pruneVault()
            if output.json { return try Terminal.printJSON(outcome) }
            if damaged {
                for one in outcome.damaged {
                    Terminal.say("session \(one.session_id): bytes \(one.from) to \(one.to) of \(one.file)")
                }
                return Terminal.say("\(counted(outcome.damaged.count, "damaged segment")) taken out")
            }
            Terminal.say(
                "\(counted(outcome.session_ids.count, "session")) taken out, \(Terminal.bytes(outcome.freed_bytes)) freed"
                    + (outcome.leaving_sessions > 0
                        ? "; \(counted(outcome.leaving_sessions, "session")) to be sent to the second copy" : ""))
        }
    }
}
