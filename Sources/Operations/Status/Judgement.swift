internal import Domain
internal import Platform
internal import Redis

/// What a status is judged by beside its figures.
struct Clues: Sendable {
    var redisFailure: RedisError?
    var usesEmbeddedRedis = true
    /// Whether it is the companion that serves Redis, or leads to it.
    var reachesRedisByCompanion = true
    /// A companion runs on this host.
    var companionRuns = false
    /// When a person stopped it; nil when nobody did.
    var stoppedAt: Timestamp?
    /// This host's last heartbeat.
    var lastBeat: Timestamp?
    /// Since when the spool has been taking no notes.
    var spoolFullSince: Timestamp?
    var minimumFreeBytes: Int64 = 0
    var oldestDead: Timestamp?
    /// Why the configured provider cannot be used at all, as the companion says.
    var providerError = ""
    var providerErrorSince: Timestamp?
    /// When this host's companion took its lock.
    var companionStarted: Timestamp?
    /// Settings that wait for a restart of this host's companion, and since when.
    var restartNeeded: [String] = []
    var restartNeededSince: Timestamp?
    /// Why Redis takes no writes though it answers.
    var writeFailure: RedisError?
    /// Why the state folder takes none.
    var stateFailure: FileError?
    var statePath = ""
    /// Why the companion, or its Redis, could not start; nil where nothing was said.
    var startFailure: String?
    /// Whether the companion's relay leads to it, which passes on nothing that changes who is master.
    var isRelayed = false
    /// `redis-cli` for the server that is meant.
    var redisClient = "redis-cli"
    /// How to give the provider another key: where it is read from, by name.
    var keyRemedy = ""
    /// How old a note may be that waits for its answer, ms.
    var noteGrace: Int64 = 300_000
    /// What in the configuration is not understood.
    var configurationFault: String?
    /// This host's pool, and who had its archive last.
    var pool = ""
    var archiveEpoch: ArchiveEpochRecord?
    /// Why this host's companion does not write it; empty where it does, or has not looked yet.
    var archiveStanding = ""
    /// Why this host's companion does not serve the page; empty where it does.
    var dashboardError = ""
    /// Since when transcripts are not kept in the vault.
    var vaultErrorSince: Timestamp?
    /// How old the companion's last look at all transcripts may be, ms.
    var lookGrace: Int64 = 3_600_000
    /// Since when no call of the provider succeeded.
    var providerDownSince: Timestamp?
}

extension Clues {
    /// What kept the companion from starting, as a clause behind a sentence.
    var startClause: String { startFailure.map { ": it could not start (\($0))" } ?? "" }

    /// What was tried in vain is not to be tried again as it is.
    var startRemedy: String {
        startFailure == nil
            ? "'holdfast up'; if it ends again, \(statePath)/log/companion.log says why"
            : "mend that, then 'holdfast up'"
    }
}

/// Judges how things stand. Pure: what was observed goes in, troubles come out, the worst first. What is wrong with a
/// section it judges itself; here is what concerns all of them.
package struct Judgement {
    let status: Status
    let clues: Clues

    var now: Timestamp { status.observed_at }

    var evidence: [Evidence] { status.sections.flatMap { $0.evidence(self) } }

    /// What the sections judge; and, for a promise whose evidence fails and of which none of them speaks, that alone. So
    /// nothing can fail and leave the status well.
    var troubles: [Trouble] {
        var all = status.sections.flatMap { $0.troubles(self) }
        for failing in evidence where !failing.holds {
            guard !all.contains(where: { $0.kind.promises.contains(failing.promise) }) else { continue }
            all.append(
                Trouble(
                    .failing(failing.promise), "\(failing.witness): \(failing.meaning)", since: failing.failed,
                    atRisk: failing.promise.risk, remedy: "'holdfast doctor' says what to mend"))
        }
        return all.sorted { $0.kind < $1.kind }
    }

    var service: Status.Service {
        if !clues.companionRuns { return .stopped }
        return troubles.isEmpty ? .running : .degraded
    }

    func sentence(of troubles: [Trouble]) -> String {
        guard let worst = troubles.first else { return wellSentence }
        let others = troubles.dropFirst().map { $0.kind.rawValue.replacing("_", with: " ") }
        let also = others.isEmpty ? "" : " Also: \(others.joined(separator: ", "))."
        return worst.sentence(now: now) + also
    }

    /// What is still to do where nothing was seen yet: a house in which nothing can be wrong is not one in which all is well.
    private var firstSteps: String? {
        guard status.sessions.recorded == 0, status.queue_status.last_captured == nil, status.archive.episodes == 0
        else { return nil }
        let model =
            status.llm_status.isConfigured
            ? ""
            : " No provider is configured, so words are searchable and no memories are made (optional: provider.kind)."
        guard status.capture.last_hook != nil else {
            return
                "Ready, and nothing is recorded yet: no hook of Claude Code was seen on this host; to do: 'holdfast hooks install', "
                + "then start claude; 'holdfast hooks status' says whether they are installed.\(model)"
        }
        return
            "Ready, hooks fire, and no session is recorded yet; to do: start claude, or dispatch it.\(model)"
    }

    private var wellSentence: String {
        if let firstSteps { return firstSteps }
        let queue = status.queue_status
        let waiting =
            queue.oldest_pending.map {
                ", the \(waitingCount > 1 ? "oldest of \(waitingCount) waiting episodes" : "waiting episode") is \($0.age(now)) old"
            } ?? ""
        let last = status.llm_status.isConfigured ? queue.last_completed : queue.last_captured
        let success =
            last.map { ", the last \(status.llm_status.isConfigured ? "success" : "episode") was \($0.ago(now))" } ?? ""
        let saved =
            status.saved.resumes > 0
            ? ", \(status.saved.resumes) resume\(status.saved.resumes == 1 ? "" : "s") not wasted" : ""
        return
            "All is well: \(status.sessions.bound) of \(status.sessions.recorded) sessions bound\(waiting)\(success)\(saved); nothing is lost."
    }
}

/// Words that the troubles of several sections have in common.
extension Judgement {
    /// Episodes without a memory so far.
    private var waitingCount: Int64 {
        status.queue_status.scheduled + status.queue_status.processing + status.queue_status.backlog
    }

    var episodes: String { "\(waitingCount) episode\(waitingCount == 1 ? "" : "s")" }

    var waiting: String { "\(episodes) wait\(waitingCount == 1 ? "s" : "")" }

    var searchable: String {
        waitingCount == 1
            ? "\(waiting) and is searchable already" : "\(waiting) and are searchable already"
    }

    var notes: String { "\(status.capture.notes) note\(status.capture.notes == 1 ? "" : "s")" }

    /// `Memory is 3 h behind: `, where something has waited for a minute.
    var delay: String {
        let retried = status.retry_queue.count > 0 ? clues.providerDownSince : nil
        guard let oldest = [status.queue_status.oldest_pending, retried].compactMap({ $0 }).min(),
            now.milliseconds - oldest.milliseconds >= 60_000
        else { return "" }
        return "Memory is \(oldest.age(now)) behind: "
    }
}

extension Status {
    /// The same with what follows from it: level, troubles, sentence.
    /// - Parameter date: gives troubles their beginning that have none.
    func judged(by clues: Clues, date: ([Trouble]) -> [Trouble] = { $0 }) -> Status {
        var status = self
        var standing: DegradationLevel =
            redis.available && redis.writable && llm_status.isConfigured && clues.providerError.isEmpty
            ? DegradationLevel(circuit: Circuit.State(rawValue: circuit.state) ?? .closed) : .rawOnly
        if standing == .full, circuit.isUnanswered { standing = .partial }
        status.level = standing.rawValue
        status.level_name = standing.title
        status.level_reason =
            if standing == .full {
                ""
            } else if !redis.available {
                "Redis is away"
            } else if !redis.writable {
                "Redis takes no writes"
            } else if !clues.providerError.isEmpty {
                "\(llm_status.isConfigured ? llm_status.provider : "the provider") cannot be used: \(clues.providerError)"
            } else if !llm_status.isConfigured {
                "no provider is configured"
            } else if !circuit.isAgainstCalls {
                "\(llm_status.provider) answered \(circuit.unansweredWords)"
            } else {
                "the circuit of \(llm_status.provider) is \(circuit.state): \(circuit.reason)"
            }
        let judgement = Judgement(status: status, clues: clues)
        status.evidence = judgement.evidence
        status.troubles = date(judgement.troubles)
        status.service_status = judgement.service
        status.sentence = judgement.sentence(of: status.troubles)
        return status
    }
}
