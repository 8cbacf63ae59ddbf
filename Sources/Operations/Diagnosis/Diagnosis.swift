internal import Domain

/// Judges how things stand. Pure: what was observed goes in, troubles come out, the worst first.
struct Diagnosis {
    let status: Status
    let clues: Clues

    var now: Timestamp { status.observed_at }

    var troubles: [Trouble] {
        let found = [
            stopped, redis, companion, hung, disk, spoolFull, redisMemory, archive, misconfigured, provider, queueFull,
            endangered, budget,
            restart, deadLetters, corruptNotes, memoryBehind, notesWaiting, spoolLow, noCapture,
        ].compactMap { $0 }
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
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

    private var wellSentence: String {
        let queue = status.queue_status
        let waiting =
            queue.oldest_pending.map {
                ", the \(waitingCount > 1 ? "oldest of \(waitingCount) waiting episodes" : "waiting episode") is \($0.age(now)) old"
            } ?? ""
        let last = status.llm_status.provider == "none" ? queue.last_captured : queue.last_completed
        let success =
            last.map { ", the last \(status.llm_status.provider == "none" ? "episode" : "success") was \($0.ago(now))" }
            ?? ""
        let saved =
            status.saved.resumes > 0
            ? ", \(status.saved.resumes) resume\(status.saved.resumes == 1 ? "" : "s") not wasted" : ""
        return
            "All is well: \(status.sessions.bound) of \(status.sessions.recorded) sessions bound\(waiting)\(success)\(saved); nothing is lost."
    }

    /// Episodes without a memory so far.
    var waitingCount: Int64 {
        status.queue_status.scheduled + status.queue_status.processing + status.queue_status.backlog
    }

    var episodes: String { "\(waitingCount) episode\(waitingCount == 1 ? "" : "s")" }

    var waiting: String { "\(episodes) wait\(waitingCount == 1 ? "s" : "")" }

    var notes: String { "\(status.capture.notes) note\(status.capture.notes == 1 ? "" : "s")" }
}
