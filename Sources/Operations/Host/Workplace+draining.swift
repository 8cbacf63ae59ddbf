internal import Archive
internal import Capture
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts
internal import Vault

extension Workplace {
    /// Hands over what only this host has, before it is taken away: what transcripts and notes hold is captured and kept, the
    /// archive takes in what waits, a checkpoint is made, the second copy gets what it lacks, and the companion gives its
    /// leases and the archive back and ends. What came meanwhile is looked for once nothing works any more. Where something
    /// is left that lies here alone nothing is stopped. Run again it goes on.
    /// - Parameters:
    ///   - evenWhileDriven: also where dispatches run here.
    ///   - onStart: told before a companion is started, without which nothing is captured or archived.
    ///   - onLine: told of each step once it is taken.
    /// - Throws: `Failure`: busy where dispatches run here; `RedisError`.
    package func drainHost(
        evenWhileDriven: Bool, onStart: @Sendable () -> Void, onLine: @Sendable (HostDrain.Line) -> Void
    ) async throws -> HostDrain {
        if !CompanionStarter(settings: settings).isCompanionRunning {
            onStart()
            _ = try startCompanion(onReplaced: {})
        }
        var connection = try connect()
        if !evenWhileDriven { try refuseWhileDriven(&connection) }
        var drain = HostDrain(host: host)
        func take(_ step: HostDrain.Step, _ work: () throws -> HostDrain.Line) {
            let line: HostDrain.Line
            // What cannot be done is said among the others.
            do { line = try work() } catch { line = .init(step, .here, Failure(of: error).message) }
            drain.add(line)
            onLine(line)
        }
        let before = said
        take(.capture) { try captureAll(&connection) }
        take(.vault) { try keepAll(&connection) }
        take(.archive) { try archiveAll(&connection) }
        take(.queue) { try handOverQueue(&connection) }
        let sent = await sendAll()
        take(.copy) { sent }
        guard drain.is_safe else { return drain }
        take(.companion) { try takeLeave() }
        // The archive may have taken in what other hosts said, and memories may have been made, until the companion ended.
        let rest = await sendRest(before)
        take(.copy) { rest }
        return drain
    }

    /// All that clients have not removed yet.
    private static let ever = "5000w"
    /// How long others who work on the same are waited for.
    private static let patience: Duration = .seconds(60)

    /// What is told apart by a look whether anything was said meanwhile: the transcripts with their sizes.
    private var said: [String: Int64] {
        HostTranscripts(settings: settings).files.reduce(into: [:]) { $0[$1.path] = $1.size }
    }

    private func refuseWhileDriven(_ connection: inout RedisConnection) throws {
        let driven = try connection.drivenKeys(settings.keys).filter { $0.host == host }.map(\.key.rawValue)
        guard let first = driven.first else { return }
        let names = driven.count == 1 ? "'\(first)'" : "'\(first)' and \(driven.count - 1) more"
        throw Failure(
            .busy, "\(counted(driven.count, "dispatch key")) driven from this host: \(names)",
            remedy: "wait for them ('holdfast status --fleet'), or give --now, which takes what they have said so far")
    }

    private func captureAll(_ connection: inout RedisConnection) throws -> HostDrain.Line {
        _ = try note(try history(since: Self.ever, project: nil))
        _ = try mendHistory(since: Self.ever, project: nil)
        let spool = Spool(folder: settings.state.spool), watch = Stopwatch(limit: Self.patience)
        var captured = 0
        var troubles: [String] = []
        // A note is left alone while its hook may still be at it, and the companion is at them, too.
        repeat {
            troubles = []
            captured += try captureHistory(onProgress: { _, _ in }, onTrouble: { troubles.append($0) }).done
            if spool.count > 0 { usleep(100_000) }
        } while spool.count > 0 && !watch.isOver
        let transcripts = HostTranscripts(settings: settings)
        let accounts = try self.accounts(of: transcripts.files)
        troubles += accounts.compactMap { account in account.trouble.map { "\(account.path): \($0)" } }
        troubles += transcripts.unreachable.map { "\(Account(of: $0).path): it cannot be reached" }
        troubles += accounts.filter { $0.missing + $0.pending > 0 }.map {
            "\($0.path): \(counted($0.missing + $0.pending, "byte")) not captured"
        }
        var waiting: [String] = []
        func wait(_ count: Int, _ noun: String) { if count > 0 { waiting.append(counted(count, noun)) } }
        wait(spool.count, "note")
        wait(spool.corruptCount, "unreadable note")
        wait(AdditionFolder(settings.state).files.count, "added text")
        let imports = settings.state.imports
        wait(Files.exists(imports) ? try Files.names(in: imports).count : 0, "import")
        guard waiting.isEmpty, troubles.isEmpty else {
            let first =
                troubles.first.map { ["\(counted(troubles.count, "transcript")) not captured whole (\($0))"] } ?? []
            return .init(
                .capture, .here, (waiting.map { "\($0) left" } + first).joined(separator: ", "),
                remedy: "'holdfast verify' says which, 'holdfast status' why")
        }
        return .init(
            .capture, .done, "all that was said here is captured, \(counted(captured, "transcript")) of it now")
    }

    private func keepAll(_ connection: inout RedisConnection) throws -> HostDrain.Line {
        guard settings.configuration.vault.isOn else {
            return .init(
                .vault, .elsewhere, "the vault is off: transcripts stay with their clients alone",
                remedy: "what is captured is searchable elsewhere; no session of this host resumes there")
        }
        let kept = try keepHistory(since: Self.ever, project: nil)
        let vault = try Vault.open(settings), rules = try settings.trackingRules()
        var left: [String] = []
        for file in HostTranscripts(settings: settings).files {
            guard try file.isRecordable(rules, settings: settings, host: host, over: &connection) else { continue }
            if try !vault.isKept(file) { left.append(file.path) }
        }
        let damaged = try vault.damaged().count, parts = try Intake(settings.state).names().count
        if let first = left.first ?? (parts > 0 ? "\(settings.state.vault)/intake" : nil) {
            return .init(
                .vault, .here, "\(counted(left.count + parts, "transcript")) not kept whole (\(first))",
                remedy: "'holdfast vault status' says more; one that is written to is kept when its line is whole")
        }
        if damaged > 0 {
            return .init(
                .vault, .here, "\(counted(damaged, "segment")) of the vault damaged, and not copied",
                remedy: "'holdfast audit --repair', or 'holdfast vault prune' gives them up")
        }
        return .init(.vault, .done, "transcripts are in the vault, \(Self.megabytes(kept.bytes)) of them since now")
    }

    /// The companion that has the archive of the pool takes in what waits.
    private func archiveAll(_ connection: inout RedisConnection) throws -> HostDrain.Line {
        let watch = Stopwatch(limit: Self.patience)
        var sight = try connection.ask(queue.sight)
        while sight.unarchived > 0, !watch.isOver {
            usleep(100_000)
            sight = try connection.ask(queue.sight)
        }
        let owner = sight.owner.map { String($0.prefix { $0 != ":" }) }
        if sight.unarchived > 0 {
            return .init(
                .archive, settings.configuration.usesEmbeddedRedis ? .here : .elsewhere,
                "\(counted(sight.unarchived, "episode")) in Redis are in no archive yet",
                remedy: "'holdfast status' says why")
        }
        if let owner, owner != host {
            return .init(.archive, .done, "\(owner) has the archive of this pool, and all episodes are in it")
        }
        return .init(.archive, .done, "all episodes are in the archive of this host")
    }

    private func handOverQueue(_ connection: inout RedisConnection) throws -> HostDrain.Line {
        let pool = settings.pool(host: host), open = try connection.ask(queue.sight).open
        guard open > 0 else { return .init(.queue, .done, "no episode waits for its memory") }
        let waiting = "\(counted(open, "episode")) wait for their memories in the pool '\(pool)'"
        if settings.configuration.usesEmbeddedRedis {
            return .init(
                .queue, .elsewhere, "\(waiting), in the Redis of this host; they go with the checkpoint",
                remedy: "'holdfast remote clone' elsewhere brings them back")
        }
        let others = try fleet().pools.first { $0.pool == pool }?.hosts.filter { $0 != host } ?? []
        guard others.isEmpty else { return .init(.queue, .done, "\(waiting); \(others.joined(separator: ", ")) go on") }
        return .init(.queue, .elsewhere, waiting, remedy: "on another host: 'holdfast pool adopt \(pool)'")
    }

    /// A companion that ends in good order gives back its leases and the archive, and takes its word back that it lives.
    private func takeLeave() throws -> HostDrain.Line {
        let stopped = try stopCompanion()
        let words =
            stopped.companion == .killed ? "was killed; its leases run out within minutes" : "has given all back"
        return .init(.companion, .done, "the companion \(words); 'holdfast up' starts it again")
    }

    // MARK: - The second copy

    private func sendAll() async -> HostDrain.Line {
        guard !settings.configuration.remote.url.isEmpty else {
            return .init(
                .copy, .here, "archive, vault and checkpoints lie in \(settings.state.path) alone",
                remedy: "set remote.url ('holdfast remote key --make'), or copy that folder after 'holdfast down'")
        }
        guard settings.configuration.remote.isOn else {
            return .init(
                .copy, .here, "remote.mode is local-only: nothing leaves this host", remedy: "set it to sync")
        }
        do {
            let checkpoint = try makeCheckpoint()
            let sent = try await sendUntilAllIsThere()
            let keys = settings.configuration.vault.encrypts ? "remote.key and vault.encrypt_key_file" : "remote.key"
            return sent
                ?? .init(
                    .copy, .elsewhere, "the second copy has all, checkpoint \(checkpoint.id) too",
                    remedy: "on a host that takes over: 'holdfast remote clone' with \(keys) of this one")
        } catch {
            return .init(.copy, .here, "not sent: \(Failure(of: error).message)")
        }
    }

    /// What came between the first sync and the companion's end. Nothing changes the archive any more.
    private func sendRest(_ before: [String: Int64]) async -> HostDrain.Line {
        let now = said, spool = Spool(folder: settings.state.spool)
        let changed = now.filter { before[$0.key] != $0.value }.keys.sorted(), notes = spool.count
        let again = "run 'holdfast drain-host' again when nobody works here"
        if let first = changed.first {
            return .init(
                .copy, .here, "\(counted(changed.count, "transcript")) written to meanwhile (\(first))", remedy: again)
        }
        guard notes == 0 else {
            return .init(.copy, .here, "\(counted(notes, "note")) left by hooks meanwhile", remedy: again)
        }
        do {
            return try await sendUntilAllIsThere()
                ?? .init(.copy, .done, "nothing was said meanwhile, and the second copy lacks nothing")
        } catch {
            return .init(.copy, .here, "not sent: \(Failure(of: error).message)", remedy: again)
        }
    }

    /// - Returns: nil once nothing is lacking.
    private func sendUntilAllIsThere() async throws -> HostDrain.Line? {
        // The companion may be at it, for as long as a first copy takes.
        let busy = Stopwatch(limit: .seconds(3600)), restless = Stopwatch(limit: Self.patience)
        while true {
            do {
                let sent = try await syncRemote(isForced: true)
                if let error = sent.error { return .init(.copy, .here, "the second copy lacks something: \(error)") }
                if sent.lacking_items == 0 { return nil }
                guard !restless.isOver else {
                    return .init(
                        .copy, .here,
                        "the second copy lacks \(counted(sent.lacking_items, "item")) that changed while read",
                        remedy: "run 'holdfast drain-host' again")
                }
            } catch let failure as Failure where failure.code == .busy && !busy.isOver {
                usleep(100_000)
            }
        }
    }

    private static func megabytes(_ bytes: Int64) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
